#include "store/cpg-download-private.h"

struct _CpgDownload {
  GObject parent_instance;
  char *model_id, *name, *path;
  CpgTransfer *transfer;
  CpgTransferLoop *loop; /* NULL: detached */
  CpgTransferStatus status;
};

G_DEFINE_FINAL_TYPE (CpgDownload, cpg_download, G_TYPE_OBJECT)

enum {
  PROP_MODEL_ID = 1,
  PROP_NAME,
  PROP_PATH,
  PROP_STATE,
  PROP_RECEIVED,
  PROP_TOTAL,
  PROP_SPEED,
  PROP_PROGRESS,
  PROP_ERROR,
  PROP_SHA256,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* ---- for CpgDownloads ---- */

CpgDownload *cpg_download_new (const char *model_id, const char *path, CpgTransfer *transfer, CpgTransferLoop *loop)
{
  CpgDownload *self = g_object_new (CPG_TYPE_DOWNLOAD, NULL);
  self->model_id = g_strdup (model_id);
  self->path = g_strdup (path);
  self->name = g_path_get_basename (path);
  self->transfer = cpg_transfer_ref (transfer);
  self->loop = loop;
  cpg_transfer_get_status (transfer, &self->status);
  return self;
}

CpgTransfer *cpg_download_get_transfer (CpgDownload *self)
{
  return self->transfer;
}

void cpg_download_detach (CpgDownload *self)
{
  cpg_download_update (self);
  self->loop = NULL;
}

static void notify_if (CpgDownload *self, guint prop, gboolean changed)
{
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void cpg_download_update (CpgDownload *self)
{
  CpgTransferStatus old = self->status;
  double progress = cpg_download_get_progress (self);
  cpg_transfer_get_status (self->transfer, &self->status);
  g_object_freeze_notify (G_OBJECT (self));
  notify_if (self, PROP_RECEIVED, old.received != self->status.received);
  notify_if (self, PROP_TOTAL, old.total != self->status.total);
  notify_if (self, PROP_SPEED, old.speed < self->status.speed || old.speed > self->status.speed);
  notify_if (self, PROP_PROGRESS, progress < cpg_download_get_progress (self) || progress > cpg_download_get_progress (self));
  notify_if (self, PROP_SHA256, g_strcmp0 (old.sha256, self->status.sha256) != 0);
  notify_if (self, PROP_ERROR,
             g_strcmp0 (old.error ? old.error->message : NULL, self->status.error ? self->status.error->message : NULL) != 0);
  notify_if (self, PROP_STATE, old.state != self->status.state);
  g_object_thaw_notify (G_OBJECT (self));
  cpg_transfer_status_clear (&old);
}

/* ---- what it says ---- */

const char *cpg_download_get_model_id (CpgDownload *self)
{
  return self->model_id;
}

const char *cpg_download_get_name (CpgDownload *self)
{
  return self->name;
}

const char *cpg_download_get_path (CpgDownload *self)
{
  return self->path;
}

CpgDownloadState cpg_download_get_state (CpgDownload *self)
{
  return self->status.state;
}

guint64 cpg_download_get_received (CpgDownload *self)
{
  return self->status.received;
}

guint64 cpg_download_get_total (CpgDownload *self)
{
  return self->status.total;
}

double cpg_download_get_bytes_per_second (CpgDownload *self)
{
  return self->status.speed;
}

double cpg_download_get_progress (CpgDownload *self)
{
  const CpgTransferStatus *status = &self->status;
  guint64 done = status->state == CPG_DOWNLOAD_CHECKING ? status->checked : status->received;
  if (status->state == CPG_DOWNLOAD_DONE)
    return 1;
  return status->total ? (double) MIN (done, status->total) / (double) status->total : 0;
}

const GError *cpg_download_get_error (CpgDownload *self)
{
  return self->status.error;
}

const char *cpg_download_get_sha256 (CpgDownload *self)
{
  return self->status.state == CPG_DOWNLOAD_DONE ? self->status.sha256 : NULL;
}

gboolean cpg_download_is_active (CpgDownload *self)
{
  return self->loop && self->status.state != CPG_DOWNLOAD_PAUSED && self->status.state < CPG_DOWNLOAD_DONE;
}

/* ---- what it is told ---- */

static void want (CpgDownload *self, CpgTransferWish wish)
{
  if (!self->loop)
    return;
  cpg_transfer_want (self->transfer, wish);
  cpg_transfer_loop_wake (self->loop);
}

void cpg_download_pause (CpgDownload *self)
{
  want (self, CPG_TRANSFER_PAUSE);
}

void cpg_download_resume (CpgDownload *self)
{
  want (self, CPG_TRANSFER_RUN);
}

void cpg_download_cancel (CpgDownload *self)
{
  want (self, CPG_TRANSFER_CANCEL);
}

/* ---- as an object ---- */

static void cpg_download_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgDownload *self = CPG_DOWNLOAD (object);
  switch (id) {
  case PROP_MODEL_ID:
    g_value_set_string (value, self->model_id);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_STATE:
    g_value_set_int (value, (int) self->status.state);
    break;
  case PROP_RECEIVED:
    g_value_set_uint64 (value, self->status.received);
    break;
  case PROP_TOTAL:
    g_value_set_uint64 (value, self->status.total);
    break;
  case PROP_SPEED:
    g_value_set_double (value, self->status.speed);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, cpg_download_get_progress (self));
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->status.error ? self->status.error->message : NULL);
    break;
  case PROP_SHA256:
    g_value_set_string (value, cpg_download_get_sha256 (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_download_finalize (GObject *object)
{
  CpgDownload *self = CPG_DOWNLOAD (object);
  cpg_transfer_status_clear (&self->status);
  cpg_transfer_unref (self->transfer);
  g_free (self->model_id);
  g_free (self->name);
  g_free (self->path);
  G_OBJECT_CLASS (cpg_download_parent_class)->finalize (object);
}

static void cpg_download_class_init (CpgDownloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  object_class->get_property = cpg_download_get_property;
  object_class->finalize = cpg_download_finalize;
  props[PROP_MODEL_ID] = g_param_spec_string ("model-id", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, CPG_DOWNLOAD_CANCELLED, 0, flags);
  props[PROP_RECEIVED] = g_param_spec_uint64 ("received", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_SPEED] = g_param_spec_double ("bytes-per-second", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  props[PROP_SHA256] = g_param_spec_string ("sha256", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void cpg_download_init (CpgDownload *self)
{
  (void) self;
}
