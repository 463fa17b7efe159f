#include "app/cpg-session.h"

#include "app/cpg-bookmark.h"
#include "app/cpg-examples.h"

#include <glib/gi18n.h>

enum { FIRST_SEED = 7, MAX_SEED = 999999, MAX_EARLIER = 8, MAX_EARLIER_STEPS = 1000 };

struct _CpgSession {
  GObject parent_instance;
  CpgEngine *engine;
  CpgLibrary *library; /* NULL before somebody wants it */
  CpgSettings *settings;
  GHashTable *sources; /* of tasks that were left: id -> source */
  CosmosSettings own;  /* the model's */
  gboolean has_own;
  CpgPlayer *player;
  CpgRun *run;
  GPtrArray *earlier; /* CpgRun, that were shown before, the latest first */
  CpgRecorder *recorder;
  GListStore *bookmarks;
  GCancellable *cancellable; /* of the loading */
  char *path, *problem;
  gboolean loading, noisy, fresh_seed, takes_source;
  gboolean waits;     /* a first model starts no run */
  gboolean is_chosen; /* the model, by a person: it stays for every task that it has */
};

enum {
  PROP_SETTINGS = 1,
  PROP_TASK,
  PROP_PLAYER,
  PROP_RUN,
  PROP_HAS_MODEL,
  PROP_LOADING,
  PROP_MODEL_NAME,
  PROP_TAKES_SOURCE,
  PROP_TAKES_STRENGTH,
  PROP_PROBLEM,
  PROP_NOISY,
  PROP_FRESH_SEED,
  PROP_BOOKMARKS,
  PROP_RECORDER,
  N_PROPERTIES
};
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgSession, cpg_session, G_TYPE_OBJECT)

static void cpg_session_notify (CpgSession *self, int property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* What was the old model's own becomes the new one's. */
static void cpg_session_follow_model (CpgSession *self)
{
  if (!cpg_session_has_model (self))
    return;
  CosmosSettings own = cosmos_settings_default (cpg_engine_get_config (self->engine));
  if (self->has_own)
    cpg_settings_follow (self->settings, &self->own, &own);
  self->own = own;
  self->has_own = TRUE;
}

static gboolean cpg_session_reads (CpgSession *self)
{
  return cpg_session_has_model (self) && cpg_engine_get_config (self->engine)->denoiser.source_layers >= 0;
}

static void cpg_session_update_takes_source (CpgSession *self)
{
  gboolean is_free = cpg_session_has_model (self) && !self->is_chosen;
  g_autofree char *reader = is_free && !cpg_session_reads (self) ? cpg_engine_find_reader (cpg_settings_get_task (self->settings))
                                                                 : NULL;
  gboolean takes = cpg_session_reads (self) || reader;
  if (self->takes_source == takes)
    return;
  self->takes_source = takes;
  cpg_session_notify (self, PROP_TAKES_SOURCE);
}

static void cpg_session_notify_model (CpgSession *self)
{
  cpg_session_follow_model (self);
  cpg_session_update_takes_source (self);
  for (int property = PROP_HAS_MODEL; property <= PROP_PROBLEM; property++)
    cpg_session_notify (self, property);
}

static void cpg_session_set_task (CpgSession *self, const char *task);
static void cpg_session_give_source (CpgSession *self);
static void cpg_session_put_source_away (CpgSession *self);

/* ---- the model ---- */

CpgEngine *cpg_session_get_engine (CpgSession *self)
{
  return self->engine;
}

gboolean cpg_session_has_model (CpgSession *self)
{
  return self->engine && cpg_engine_has_model (self->engine);
}

gboolean cpg_session_has_task (CpgSession *self, const char *task)
{
  if (!cpg_session_has_model (self))
    return FALSE;
  if (cosmos_config_find_task (cpg_engine_get_config (self->engine), task) >= 0)
    return TRUE;
  g_autofree char *other = cpg_engine_find_model (task);
  return other != NULL;
}

static void cpg_session_set_problem (CpgSession *self, const char *problem)
{
  g_set_str (&self->problem, problem);
  self->loading = FALSE;
  cpg_session_notify_model (self);
}

/* The first run, where there is none. */
static void cpg_session_begin (CpgSession *self)
{
  if (self->run || self->waits)
    return;
  g_object_set (self->settings, "seed", (guint64) FIRST_SEED, NULL);
  cpg_session_start_run (self);
}

static void cpg_session_adopt_model (CpgSession *self)
{
  const CosmosConfig *config = cpg_engine_get_config (self->engine);
  if (!self->run)
    cpg_settings_reset (self->settings, config);
  if (config->n_tasks > 0 && cosmos_config_find_task (config, cpg_settings_get_task (self->settings)) < 0)
    cpg_session_set_task (self, config->tasks[0]);
  if (!self->run && !*cpg_settings_get_source (self->settings))
    cpg_session_give_source (self);
  if (!cpg_session_reads (self))
    cpg_session_put_source_away (self);
  cpg_session_set_problem (self, NULL);
  cpg_session_begin (self);
}

void cpg_session_set_begins (CpgSession *self, gboolean begins)
{
  self->waits = !begins;
  if (cpg_session_has_model (self))
    cpg_session_begin (self);
}

static void cpg_session_on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSession) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = cpg_engine_load_finish (CPG_ENGINE (source), result, &error);
  if (CPG_ENGINE (source) != self->engine || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* another loading has begun */
  if (done)
    cpg_session_adopt_model (self);
  else
    cpg_session_set_problem (self, error->message);
}

static char *cpg_session_find_model (CpgSession *self, const char *task)
{
  char *path = *cpg_settings_get_source (self->settings) ? cpg_engine_find_reader (task) : NULL;
  return path ? path : cpg_engine_find_model (task);
}

/* path NULL: as in cpg_session_load (). */
static void cpg_session_load_file (CpgSession *self, const char *path)
{
  const char *const tasks[] = {cpg_settings_get_task (self->settings), "story", NULL};
  g_autofree char *found = g_strdup (path);
  for (gsize i = 0; i < G_N_ELEMENTS (tasks) && !found; i++)
    found = cpg_session_find_model (self, tasks[i]);
  if (!found) {
    cpg_session_set_problem (self, _ ("No model is installed."));
    return;
  }
  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  g_set_str (&self->path, found);
  self->loading = TRUE;
  cpg_session_notify (self, PROP_LOADING);
  cpg_engine_load_async (self->engine, found, self->cancellable, cpg_session_on_loaded, g_object_ref (self));
}

void cpg_session_load (CpgSession *self, const char *path)
{
  self->is_chosen = path != NULL;
  cpg_session_load_file (self, path);
}

void cpg_session_set_engine (CpgSession *self, int threads, const char *compute)
{
  g_autoptr (CpgEngine) before = g_steal_pointer (&self->engine);
  self->engine = cpg_engine_new (threads, compute);
  g_ptr_array_set_size (self->earlier, 0);
  /* Where a run needs another model, the engine opens it by itself. */
  g_signal_connect_object (self->engine, "notify::model-name", G_CALLBACK (cpg_session_notify_model), self, G_CONNECT_SWAPPED);
  if (self->recorder)
    cpg_recorder_watch_engine (self->recorder, self->engine);
  if (before)
    cpg_session_load_file (self, self->path);
}

CpgLibrary *cpg_session_get_library (CpgSession *self)
{
  if (!self->library)
    self->library = cpg_library_new ();
  return self->library;
}

void cpg_session_set_recorder (CpgSession *self, CpgRecorder *recorder)
{
  g_set_object (&self->recorder, recorder);
  if (self->engine)
    cpg_recorder_watch_engine (recorder, self->engine);
  cpg_session_notify (self, PROP_RECORDER);
}

CpgRecorder *cpg_session_get_recorder (CpgSession *self)
{
  return self->recorder;
}

/* ---- settings ---- */

CpgSettings *cpg_session_get_settings (CpgSession *self)
{
  return self->settings;
}

/* The source that the task had, or, where it needs one, an example. */
static void cpg_session_give_source (CpgSession *self)
{
  const char *task = cpg_settings_get_task (self->settings), *source = g_hash_table_lookup (self->sources, task);
  g_object_set (self->settings, "source", source ? source : cpg_examples_get_source (task), NULL);
}

void cpg_session_keep_source (CpgSession *self, const char *task, const char *source)
{
  g_hash_table_insert (self->sources, g_strdup (task), g_strdup (source));
}

/* It is there again when the task is chosen anew. */
static void cpg_session_put_source_away (CpgSession *self)
{
  const char *source = cpg_settings_get_source (self->settings);
  if (!*source)
    return;
  cpg_session_keep_source (self, cpg_settings_get_task (self->settings), source);
  g_object_set (self->settings, "source", "", NULL);
}

void cpg_session_reset_source (CpgSession *self)
{
  g_hash_table_remove (self->sources, cpg_settings_get_task (self->settings));
  cpg_session_give_source (self);
}

const char *cpg_session_get_model_path (CpgSession *self)
{
  return self->loading ? self->path : cpg_engine_get_model_path (self->engine);
}

gboolean cpg_session_has_chosen_model (CpgSession *self)
{
  return self->is_chosen;
}

void cpg_session_load_best (CpgSession *self)
{
  g_autofree char *path = cpg_session_find_model (self, cpg_settings_get_task (self->settings));
  if (!path || g_strcmp0 (path, cpg_session_get_model_path (self)) == 0)
    return;
  self->is_chosen = FALSE;
  cpg_session_load_file (self, path);
}

static void cpg_session_set_task (CpgSession *self, const char *task)
{
  const char *before = cpg_settings_get_task (self->settings);
  if (!task || g_str_equal (task, before))
    return;
  cpg_session_keep_source (self, before, cpg_settings_get_source (self->settings));
  g_object_set (self->settings, "task", task, NULL);
  cpg_session_give_source (self);
  if (cpg_session_has_model (self)
      && !(self->is_chosen && cosmos_config_find_task (cpg_engine_get_config (self->engine), task) >= 0))
    cpg_session_load_best (self);
  cpg_session_update_takes_source (self);
}

/* The first letter of a source is enough. */
static void cpg_session_on_source (CpgSession *self)
{
  if (*cpg_settings_get_source (self->settings) && cpg_session_has_model (self) && !cpg_session_reads (self) && !self->is_chosen)
    cpg_session_load_best (self);
}

static void cpg_session_on_task (CpgSession *self)
{
  cpg_session_notify (self, PROP_TASK);
}

void cpg_session_reset_settings (CpgSession *self)
{
  if (cpg_session_has_model (self))
    cpg_settings_reset (self->settings, cpg_engine_get_config (self->engine));
}

void cpg_session_draw_seed (CpgSession *self)
{
  g_object_set (self->settings, "seed", (guint64) g_random_int_range (0, MAX_SEED), NULL);
}

/* ---- runs ---- */

CpgPlayer *cpg_session_get_player (CpgSession *self)
{
  return self->player;
}

CpgRun *cpg_session_get_run (CpgSession *self)
{
  return self->run;
}

static void cpg_session_apply_show (CpgSession *self)
{
  if (self->run)
    cpg_run_set_show (self->run, self->noisy ? COSMOS_SHOW_XT : COSMOS_SHOW_X0);
}

/* The latents of a run take some hundred kilobytes, those of one of many steps some ten megabytes. */
static void cpg_session_keep_earlier (CpgSession *self, CpgRun *run)
{
  cpg_run_set_others (run, NULL, 0);
  if (cpg_run_get_n_done (run) == 0)
    return;
  g_ptr_array_insert (self->earlier, 0, g_object_ref (run));
  int n_steps = 0;
  for (guint i = 0; i < self->earlier->len; i++) {
    n_steps += cpg_run_get_n_steps (g_ptr_array_index (self->earlier, i));
    if (i == MAX_EARLIER || (i > 0 && n_steps > MAX_EARLIER_STEPS)) {
      g_ptr_array_set_size (self->earlier, (int) i);
      break;
    }
  }
}

void cpg_session_set_run (CpgSession *self, CpgRun *run)
{
  if (self->run == run)
    return;
  g_autoptr (CpgRun) before = g_steal_pointer (&self->run);
  g_set_object (&self->run, run);
  if (before)
    cpg_session_keep_earlier (self, before);
  if (run) {
    g_ptr_array_remove (self->earlier, run);
    cpg_run_set_others (run, (CpgRun **) self->earlier->pdata, (int) self->earlier->len);
  }
  cpg_session_apply_show (self);
  cpg_player_set_run (self->player, run);
  cpg_session_notify (self, PROP_RUN);
}

/* Who leaves a run that still goes on does not want the rest of it. */
void cpg_session_replace_run (CpgSession *self, CpgRun *run)
{
  if (self->run && cpg_run_is_active (self->run))
    cpg_run_cancel (self->run);
  cpg_session_set_run (self, run);
  cpg_player_set_playing (self->player, TRUE);
}

void cpg_session_start_run (CpgSession *self)
{
  g_return_if_fail (cpg_session_has_model (self));
  g_autoptr (CpgRun) run = cpg_engine_start_run (self->engine, self->settings);
  cpg_session_replace_run (self, run);
}

gboolean cpg_session_can_branch (CpgSession *self)
{
  if (!self->run || !cpg_session_has_model (self))
    return FALSE;
  int step = cpg_run_get_current_step (self->run);
  return step >= 1 && step + 1 < cpg_run_get_n_steps (self->run);
}

gboolean cpg_session_branch (CpgSession *self, GError **error)
{
  g_return_val_if_fail (cpg_session_can_branch (self), FALSE);
  static const char *const kept[] = {"steps", "schedule-d", "t-end", "pins", NULL};
  int step = cpg_run_get_current_step (self->run);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (self->settings);
  for (int i = 0; kept[i]; i++) {
    g_auto (GValue) value = G_VALUE_INIT;
    g_object_get_property (G_OBJECT (cpg_run_get_settings (self->run)), kept[i], &value);
    g_object_set_property (G_OBJECT (settings), kept[i], &value);
  }
  g_autoptr (CpgRun) run = cpg_engine_branch_run (self->engine, self->run, step, settings, error);
  if (!run)
    return FALSE;
  cpg_session_replace_run (self, run);
  cpg_run_set_current_step (run, step - 1); /* the last one that both have; the player goes on from there */
  return TRUE;
}

/* ---- bookmarks ---- */

GListModel *cpg_session_get_bookmarks (CpgSession *self)
{
  return G_LIST_MODEL (self->bookmarks);
}

static gboolean has_bookmark (CpgSession *self, CpgRun *run, int step)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->bookmarks)); i++) {
    g_autoptr (CpgBookmark) bookmark = g_list_model_get_item (G_LIST_MODEL (self->bookmarks), i);
    if (cpg_bookmark_get_run (bookmark) == run && cpg_bookmark_get_step (bookmark) == step)
      return TRUE;
  }
  return FALSE;
}

void cpg_session_restore_bookmark (CpgSession *self, CpgRun *run, int step)
{
  g_autoptr (CpgBookmark) bookmark = cpg_bookmark_new (run, step);
  if (step >= 0 && step < cpg_run_get_n_steps (run) && !has_bookmark (self, run, step))
    g_list_store_append (self->bookmarks, bookmark);
}

gboolean cpg_session_add_bookmark (CpgSession *self)
{
  g_return_val_if_fail (self->run && cpg_run_get_current_step (self->run) >= 0, FALSE);
  int step = cpg_run_get_current_step (self->run);
  if (has_bookmark (self, self->run, step))
    return FALSE;
  g_autoptr (CpgBookmark) bookmark = cpg_bookmark_new (self->run, step);
  g_list_store_append (self->bookmarks, bookmark);
  if (self->recorder)
    cpg_recorder_add_bookmark (self->recorder, self->run, step, cpg_bookmark_get_title (bookmark));
  return TRUE;
}

/* ---- the object ---- */

static void cpg_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgSession *self = CPG_SESSION (object);
  switch (id) {
  case PROP_SETTINGS:
    g_value_set_object (value, self->settings);
    break;
  case PROP_TASK:
    g_value_set_string (value, cpg_settings_get_task (self->settings));
    break;
  case PROP_PLAYER:
    g_value_set_object (value, self->player);
    break;
  case PROP_RUN:
    g_value_set_object (value, self->run);
    break;
  case PROP_HAS_MODEL:
    g_value_set_boolean (value, cpg_session_has_model (self));
    break;
  case PROP_LOADING:
    g_value_set_boolean (value, self->loading);
    break;
  case PROP_MODEL_NAME:
    g_value_set_string (value, cpg_session_has_model (self) ? cpg_engine_get_model_name (self->engine) : "");
    break;
  case PROP_TAKES_SOURCE:
    g_value_set_boolean (value, self->takes_source);
    break;
  case PROP_TAKES_STRENGTH:
    g_value_set_boolean (value, cpg_session_has_model (self) && cpg_engine_get_config (self->engine)->denoiser.source_latents);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  case PROP_NOISY:
    g_value_set_boolean (value, self->noisy);
    break;
  case PROP_FRESH_SEED:
    g_value_set_boolean (value, self->fresh_seed);
    break;
  case PROP_BOOKMARKS:
    g_value_set_object (value, self->bookmarks);
    break;
  case PROP_RECORDER:
    g_value_set_object (value, self->recorder);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgSession *self = CPG_SESSION (object);
  switch (id) {
  case PROP_TASK:
    cpg_session_set_task (self, g_value_get_string (value));
    break;
  case PROP_RUN:
    cpg_session_set_run (self, g_value_get_object (value));
    break;
  case PROP_NOISY:
    if (self->noisy == g_value_get_boolean (value))
      break;
    self->noisy = g_value_get_boolean (value);
    cpg_session_apply_show (self);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_FRESH_SEED:
    if (self->fresh_seed == g_value_get_boolean (value))
      break;
    self->fresh_seed = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_session_dispose (GObject *object)
{
  CpgSession *self = CPG_SESSION (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->run && cpg_run_is_active (self->run))
    cpg_run_cancel (self->run);
  g_clear_object (&self->player);
  g_clear_object (&self->bookmarks);
  g_clear_pointer (&self->earlier, g_ptr_array_unref);
  g_clear_object (&self->run);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->sources, g_hash_table_unref);
  g_clear_object (&self->library);
  g_clear_object (&self->engine);
  g_clear_object (&self->recorder);
  G_OBJECT_CLASS (cpg_session_parent_class)->dispose (object);
}

static void cpg_session_finalize (GObject *object)
{
  CpgSession *self = CPG_SESSION (object);
  g_free (self->path);
  g_free (self->problem);
  G_OBJECT_CLASS (cpg_session_parent_class)->finalize (object);
}

static void cpg_session_class_init (CpgSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_session_get_property;
  object_class->set_property = cpg_session_set_property;
  object_class->dispose = cpg_session_dispose;
  object_class->finalize = cpg_session_finalize;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = readable | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY;
  properties[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, CPG_TYPE_SETTINGS, readable);
  properties[PROP_TASK] = g_param_spec_string ("task", NULL, NULL, "story", writable);
  properties[PROP_PLAYER] = g_param_spec_object ("player", NULL, NULL, CPG_TYPE_PLAYER, readable);
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, CPG_TYPE_RUN, writable);
  properties[PROP_HAS_MODEL] = g_param_spec_boolean ("has-model", NULL, NULL, FALSE, readable);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, readable);
  properties[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, readable);
  properties[PROP_TAKES_SOURCE] = g_param_spec_boolean ("takes-source", NULL, NULL, FALSE, readable);
  properties[PROP_TAKES_STRENGTH] = g_param_spec_boolean ("takes-strength", NULL, NULL, FALSE, readable);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, readable);
  properties[PROP_NOISY] = g_param_spec_boolean ("noisy", NULL, NULL, FALSE, writable);
  properties[PROP_FRESH_SEED] = g_param_spec_boolean ("fresh-seed", NULL, NULL, TRUE, writable);
  properties[PROP_BOOKMARKS] = g_param_spec_object ("bookmarks", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  properties[PROP_RECORDER] = g_param_spec_object ("recorder", NULL, NULL, CPG_TYPE_RECORDER, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_session_init (CpgSession *self)
{
  self->settings = cpg_settings_new ();
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect_object (self->settings, "notify::task", G_CALLBACK (cpg_session_on_task), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "notify::source", G_CALLBACK (cpg_session_on_source), self, G_CONNECT_SWAPPED);
  self->player = cpg_player_new ();
  self->earlier = g_ptr_array_new_with_free_func (g_object_unref);
  self->bookmarks = g_list_store_new (CPG_TYPE_BOOKMARK);
  self->fresh_seed = TRUE;
}

CpgSession *cpg_session_new (void)
{
  return g_object_new (CPG_TYPE_SESSION, NULL);
}
