#include "app/cpg-sessions-list.h"

#include <gtk/gtk.h>

enum { PAGE = 100, PAUSE = 60 /* ms, in which changes are gathered */ };

struct _CpgSessionsList {
  GObject parent_instance;
  CpgRecorder *recorder;
  GListModel *tasks;
  GListStore *items;       /* CpgSessionsItem */
  GtkSortListModel *model; /* of them, in sections */
  GCancellable *asking;
  guint timer;
  char *words;
  gboolean ready, more;
};

enum { PROP_WORDS = 1, PROP_READY, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgSessionsList, cpg_sessions_list, G_TYPE_OBJECT)

/* ---- what is there ---- */

GListModel *cpg_sessions_list_get_model (CpgSessionsList *self)
{
  return G_LIST_MODEL (self->model);
}

gboolean cpg_sessions_list_is_ready (CpgSessionsList *self)
{
  return self->ready;
}

static guint count (CpgSessionsList *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

/* (transfer none): the store keeps it. */
static CpgSessionsItem *item_at (CpgSessionsList *self, guint i)
{
  g_autoptr (CpgSessionsItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
  return item;
}

CpgSessionsItem *cpg_sessions_list_find (CpgSessionsList *self, const char *id)
{
  for (guint i = 0; id && i < count (self); i++)
    if (g_str_equal (cpg_sessions_item_get_id (item_at (self, i)), id))
      return item_at (self, i);
  return NULL;
}

static void set_ready (CpgSessionsList *self, gboolean ready)
{
  self->ready = ready;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

/* ---- taking answers ---- */

static gboolean is_same (CpgSessionsList *self, guint i, const CpgLogRun *run)
{
  return g_str_equal (cpg_sessions_item_get_id (item_at (self, i)), run->id);
}

/* Rows that stay are not made anew: who looks at one keeps his place. */
static void take_all (CpgSessionsList *self, GPtrArray *runs)
{
  guint before = count (self), first = 0, last = 0;
  while (first < before && first < runs->len && is_same (self, first, runs->pdata[first]))
    first++;
  while (last < before - first && last < runs->len - first
         && is_same (self, before - 1 - last, runs->pdata[runs->len - 1 - last]))
    last++;
  for (guint i = 0; i < first; i++)
    cpg_sessions_item_set_record (item_at (self, i), runs->pdata[i]);
  for (guint i = 1; i <= last; i++)
    cpg_sessions_item_set_record (item_at (self, before - i), runs->pdata[runs->len - i]);
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = first; i < runs->len - last; i++)
    g_ptr_array_add (added, cpg_sessions_item_new (runs->pdata[i], self->tasks));
  if (added->len > 0 || before > first + last)
    g_list_store_splice (self->items, first, before - first - last, added->pdata, added->len);
}

static void append (CpgSessionsList *self, GPtrArray *runs)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < runs->len; i++)
    g_ptr_array_add (added, cpg_sessions_item_new (runs->pdata[i], self->tasks));
  g_list_store_splice (self->items, count (self), 0, added->pdata, added->len);
}

typedef struct {
  CpgSessionsList *list;
  guint limit;
  gboolean next; /* page */
} Question;

static void on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (CpgSessionsList) self = question->list;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (CPG_SESSION_LOG (source), result, &error);
  guint limit = question->limit;
  gboolean next = question->next;
  g_free (question);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* another question was asked */
  g_clear_object (&self->asking);
  if (runs) {
    self->more = runs->len == limit;
    if (next)
      append (self, runs);
    else
      take_all (self, runs);
  }
  set_ready (self, TRUE);
}

static void ask (CpgSessionsList *self, gboolean next)
{
  CpgSessionLog *log = self->recorder ? cpg_recorder_get_log (self->recorder) : NULL;
  guint n = count (self);
  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (!log) {
    g_list_store_remove_all (self->items);
    set_ready (self, TRUE);
    return;
  }
  Question *question = g_new (Question, 1);
  *question = (Question) {g_object_ref (self), next ? PAGE : MAX (PAGE, n), next};
  CpgLogQuery query = {
    .words = self->words,
    .limit = (int) question->limit,
    .after = next && n > 0 ? cpg_sessions_item_get_record (item_at (self, n - 1)) : NULL,
  };
  self->asking = g_cancellable_new ();
  cpg_session_log_find_async (log, &query, self->asking, on_found, question);
}

static gboolean on_timer (gpointer data)
{
  CpgSessionsList *self = data;
  self->timer = 0;
  ask (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void ask_soon (CpgSessionsList *self)
{
  if (!self->timer)
    self->timer = g_timeout_add (PAUSE, on_timer, self);
}

/* ---- questions ---- */

void cpg_sessions_list_set_recorder (CpgSessionsList *self, CpgRecorder *recorder)
{
  if (recorder && recorder == self->recorder)
    return;
  if (self->recorder)
    g_signal_handlers_disconnect_by_data (self->recorder, self);
  g_set_object (&self->recorder, recorder);
  if (recorder) {
    g_signal_connect_object (recorder, "changed", G_CALLBACK (ask_soon), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (recorder, "notify::problem", G_CALLBACK (ask_soon), self, G_CONNECT_SWAPPED);
  }
  ask (self, FALSE);
}

void cpg_sessions_list_set_words (CpgSessionsList *self, const char *words)
{
  if (!g_set_str (&self->words, words))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORDS]);
  g_list_store_remove_all (self->items); /* of another question */
  ask (self, FALSE);
}

void cpg_sessions_list_load_more (CpgSessionsList *self)
{
  if (self->more && !self->asking)
    ask (self, TRUE);
}

/* ---- the object ---- */

static int compare_days (gconstpointer a, gconstpointer b, gpointer data)
{
  guint first = cpg_sessions_item_get_day ((gpointer) a), second = cpg_sessions_item_get_day ((gpointer) b);
  return (first < second) - (first > second);
}

static void cpg_sessions_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgSessionsList *self = CPG_SESSIONS_LIST (object);
  if (id == PROP_WORDS)
    g_value_set_string (value, self->words);
  else if (id == PROP_READY)
    g_value_set_boolean (value, self->ready);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_sessions_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_WORDS)
    cpg_sessions_list_set_words (CPG_SESSIONS_LIST (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_sessions_list_dispose (GObject *object)
{
  CpgSessionsList *self = CPG_SESSIONS_LIST (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->recorder);
  G_OBJECT_CLASS (cpg_sessions_list_parent_class)->dispose (object);
}

static void cpg_sessions_list_finalize (GObject *object)
{
  CpgSessionsList *self = CPG_SESSIONS_LIST (object);
  g_object_unref (self->model);
  g_object_unref (self->items);
  g_object_unref (self->tasks);
  g_free (self->words);
  G_OBJECT_CLASS (cpg_sessions_list_parent_class)->finalize (object);
}

static void cpg_sessions_list_class_init (CpgSessionsListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_sessions_list_get_property;
  object_class->set_property = cpg_sessions_list_set_property;
  object_class->dispose = cpg_sessions_list_dispose;
  object_class->finalize = cpg_sessions_list_finalize;
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, "",
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_sessions_list_init (CpgSessionsList *self)
{
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_days, NULL, NULL));
  self->words = g_strdup ("");
  self->tasks = cpg_task_list_new ();
  self->items = g_list_store_new (CPG_TYPE_SESSIONS_ITEM);
  self->model = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->items)), NULL);
  gtk_sort_list_model_set_section_sorter (self->model, sorter);
  g_object_unref (sorter);
}

CpgSessionsList *cpg_sessions_list_new (void)
{
  return g_object_new (CPG_TYPE_SESSIONS_LIST, NULL);
}
