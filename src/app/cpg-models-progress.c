#include "app/cpg-models-progress.h"

#include "app/cpg-config.h"
#include "app/cpg-models-name.h"

#include <glib/gi18n.h>

struct _CpgModelsProgress {
  GtkBox parent_instance;
  char *subject;
  gboolean can_pause, paused;

  GtkProgressBar *bar;
  GtkButton *pause, *cancel;
  GtkLabel *words;
};

enum { PROP_CAN_PAUSE = 1, PROP_PAUSED, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
enum { PAUSE, CANCEL, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgModelsProgress, cpg_models_progress, GTK_TYPE_BOX)

static void cpg_models_progress_update_names (CpgModelsProgress *self)
{
  const char *subject = self->subject ? self->subject : "";
  cpg_models_name (self->bar, _ ("Progress of %s"), subject);
  cpg_models_name (self->cancel, _ ("Cancel %s"), subject);
  cpg_models_name (self->pause, self->paused ? _ ("Resume %s") : _ ("Pause %s"), subject);
}

void cpg_models_progress_set_subject (CpgModelsProgress *self, const char *subject)
{
  g_set_str (&self->subject, subject);
  cpg_models_progress_update_names (self);
}

void cpg_models_progress_show (CpgModelsProgress *self, double fraction, const char *words)
{
  if (fraction < 0)
    gtk_progress_bar_pulse (self->bar);
  else
    gtk_progress_bar_set_fraction (self->bar, MIN (fraction, 1));
  gtk_label_set_label (self->words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

void cpg_models_progress_set_paused (CpgModelsProgress *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  cpg_models_progress_update_names (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

void cpg_models_progress_set_can_pause (CpgModelsProgress *self, gboolean can_pause)
{
  if (self->can_pause == can_pause)
    return;
  self->can_pause = can_pause;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_PAUSE]);
}

/* ---- for the template ---- */

static char *cpg_models_progress_get_icon (CpgModelsProgress *self, gboolean paused)
{
  return g_strdup (paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
}

static char *cpg_models_progress_get_hint (CpgModelsProgress *self, gboolean paused)
{
  return g_strdup (paused ? _ ("Resume") : _ ("Pause"));
}

static void cpg_models_progress_on_pause (CpgModelsProgress *self)
{
  g_signal_emit (self, signals[PAUSE], 0);
}

static void cpg_models_progress_on_cancel (CpgModelsProgress *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

/* ---- the object ---- */

static void cpg_models_progress_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgModelsProgress *self = CPG_MODELS_PROGRESS (object);
  switch (id) {
  case PROP_CAN_PAUSE:
    g_value_set_boolean (value, self->can_pause);
    break;
  case PROP_PAUSED:
    g_value_set_boolean (value, self->paused);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_models_progress_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgModelsProgress *self = CPG_MODELS_PROGRESS (object);
  switch (id) {
  case PROP_CAN_PAUSE:
    cpg_models_progress_set_can_pause (self, g_value_get_boolean (value));
    break;
  case PROP_PAUSED:
    cpg_models_progress_set_paused (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_models_progress_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_MODELS_PROGRESS);
  G_OBJECT_CLASS (cpg_models_progress_parent_class)->dispose (object);
}

static void cpg_models_progress_finalize (GObject *object)
{
  g_free (CPG_MODELS_PROGRESS (object)->subject);
  G_OBJECT_CLASS (cpg_models_progress_parent_class)->finalize (object);
}

static void cpg_models_progress_class_init (CpgModelsProgressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_models_progress_get_property;
  object_class->set_property = cpg_models_progress_set_property;
  object_class->dispose = cpg_models_progress_dispose;
  object_class->finalize = cpg_models_progress_finalize;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_CAN_PAUSE] = g_param_spec_boolean ("can-pause", NULL, NULL, FALSE, flags);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[PAUSE] = g_signal_new ("pause", CPG_TYPE_MODELS_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CANCEL] = g_signal_new ("cancel", CPG_TYPE_MODELS_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-models-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgModelsProgress, bar);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsProgress, pause);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsProgress, cancel);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsProgress, words);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_progress_get_icon);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_progress_get_hint);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_progress_on_pause);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_progress_on_cancel);
}

static void cpg_models_progress_init (CpgModelsProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
