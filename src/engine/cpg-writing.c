#include "engine/cpg-writing.h"

#include "core/base/clock.h"
#include "core/text/text.h"
#include "engine/cpg-engine-private.h"
#include "engine/cpg-error.h"

#include <math.h>
#include <stdlib.h>

struct _CpgWriting {
  GObject parent_instance;
  GCancellable *cancellable;
  CpgRunState state;
  GArray *tokens;   /* CpgToken */
  GPtrArray *words; /* their texts */
  GArray *times;    /* double */
  double seconds;
  char *text, *model_name, *error;
  CosmosAsking asking;
  CosmosAutoregressSettings drawing;
};

G_DEFINE_FINAL_TYPE (CpgWriting, cpg_writing, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_N_TOKENS, PROP_SECONDS, PROP_MODEL_NAME, PROP_ERROR, N_PROPS };
static GParamSpec *props[N_PROPS];

static void notify (CpgWriting *self, int id)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[id]);
}

/* ---- on the worker's thread ---- */

typedef struct {
  char *path, *prompt, *task;
  guint64 seed;
  double temperature; /* NAN: the model's own */
  CpgLanguage *language;
  CosmosAutoregress *run;
  double seconds;
} Work;

/* Of the model, once: its name, how it is asked and drawn from. Of a token, or of the beginning: its text and the rest. */
typedef struct {
  char *model_name;
  CosmosAsking asking;
  CosmosAutoregressSettings drawing;
  char *text;
  CosmosTokenGuess guess;
  double time;
} News;

static void free_news (gpointer data)
{
  News *self = data;
  g_free (self->model_name);
  g_free (self->text);
  g_free (self);
}

static void tell (CpgErrand *errand, News news)
{
  cpg_errand_tell (errand, g_memdup2 (&news, sizeof news), free_news);
}

static void free_work (gpointer data)
{
  Work *self = data;
  cosmos_autoregress_free (self->run);
  g_clear_pointer (&self->language, cpg_language_unref);
  g_free (self->path);
  g_free (self->prompt);
  g_free (self->task);
  g_free (self);
}

/* Whether the source is the beginning of the text that is written. */
static gboolean begins_with_source (CosmosAsking asking, const char *task)
{
  return asking == COSMOS_ASKING_CONTINUE || asking == COSMOS_ASKING_UNKNOWN || cosmos_instruction_goes_on (task);
}

static gboolean begin (Work *self, CpgErrand *errand, GError **error)
{
  CosmosError err;
  self->language = cpg_errand_open_language (errand, self->path, error);
  if (!self->language)
    return FALSE;
  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (self->language->model);
  settings.seed = self->seed;
  if (!isnan (self->temperature))
    settings.temperature = self->temperature;
  CosmosAsking asking = cosmos_asking_find (self->language->model, self->task);
  tell (errand, (News) {.model_name = g_strdup (cosmos_language_model_get_name (self->language->model)),
                        .asking = asking,
                        .drawing = settings});
  char *clean = cosmos_text_clean (self->prompt, strlen (self->prompt), &err);
  if (clean)
    self->run = cosmos_autoregress_new_for_task (self->language->model, cpg_errand_get_pool (errand), &settings, self->task,
                                                 clean, strlen (clean), &err);
  if (!self->run)
    cpg_error_from_core (error, &err);
  else if (*clean && begins_with_source (asking, self->task))
    tell (errand, (News) {.text = g_strdup (clean), .guess = {.id = -1, .top = {-1, -1, -1, -1, -1}}});
  free (clean);
  return self->run != NULL;
}

static void tell_token (Work *self, CpgErrand *errand, const CosmosWrittenToken *token)
{
  char text[256];
  News news = {.time = self->seconds};
  cosmos_tokenizer_describe (cosmos_language_model_get_tokenizer (self->language->model), token->id, text, sizeof text);
  news.text = g_strdup (text);
  news.guess = (CosmosTokenGuess) {.id = token->id, .probability = token->probability, .entropy = token->entropy};
  memcpy (news.guess.top, token->top, sizeof news.guess.top);
  memcpy (news.guess.top_probability, token->top_probability, sizeof news.guess.top_probability);
  tell (errand, news);
}

/* A token; at first the model and the beginning. */
static gboolean write_piece (CpgErrand *errand, gpointer data, GError **error)
{
  Work *self = data;
  CosmosError err;
  bool done = false;
  if (!self->run)
    return begin (self, errand, error);
  double start = cosmos_clock_now ();
  int n = cosmos_autoregress_get_n_tokens (self->run);
  if (!cosmos_autoregress_advance (self->run, cpg_errand_get_progress (errand), &done, &err)) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  self->seconds += cosmos_clock_now () - start;
  if (cosmos_autoregress_get_n_tokens (self->run) > n)
    tell_token (self, errand, cosmos_autoregress_get_token (self->run, n));
  if (!done)
    return TRUE;
  char *text = cosmos_autoregress_get_text (self->run);
  cpg_errand_give (errand, g_strdup (text ? text : ""), g_free);
  free (text);
  return FALSE;
}

/* ---- on the main thread ---- */

static void set_state (CpgWriting *self, CpgRunState state)
{
  if (self->state == state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
}

static void take_token (CpgWriting *self, CosmosTokenGuess guess, char *text, double time)
{
  CpgToken token = {.position = (int) self->tokens->len, .guess = guess, .mark = COSMOS_MARK_SAME, .text = text};
  g_ptr_array_add (self->words, text);
  g_array_append_val (self->tokens, token);
  g_array_append_val (self->times, time);
  self->seconds = time;
}

static void hear (gpointer data, gpointer writing)
{
  CpgWriting *self = writing;
  News *news = data;
  set_state (self, CPG_RUN_RUNNING);
  if (news->model_name) {
    self->model_name = g_steal_pointer (&news->model_name);
    self->asking = news->asking;
    self->drawing = news->drawing;
    notify (self, PROP_MODEL_NAME);
    return;
  }
  take_token (self, news->guess, g_steal_pointer (&news->text), news->time);
  notify (self, PROP_SECONDS);
  notify (self, PROP_N_TOKENS);
}

static void on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) data;
  CpgWriting *self = CPG_WRITING (source);
  g_autoptr (GError) error = NULL;
  char *text = g_task_propagate_pointer (G_TASK (result), &error);
  if (text) {
    g_free (self->text);
    self->text = text;
    set_state (self, CPG_RUN_DONE);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    set_state (self, CPG_RUN_CANCELLED);
  } else {
    self->error = g_strdup (error->message);
    notify (self, PROP_ERROR);
    set_state (self, CPG_RUN_FAILED);
  }
}

CpgWriting *cpg_writing_new (CpgEngine *engine, const char *model, CpgSettings *settings, double temperature)
{
  CpgWriting *self = g_object_new (CPG_TYPE_WRITING, NULL);
  Work work = {.path = g_strdup (model),
               .prompt = g_strdup (cpg_settings_get_source (settings)),
               .task = g_strdup (cpg_settings_get_task (settings)),
               .temperature = temperature};
  g_object_get (settings, "seed", &work.seed, NULL);
  GTask *task = g_task_new (self, self->cancellable, on_answer, NULL);
  g_task_set_source_tag (task, cpg_writing_new);
  g_task_set_task_data (task, self, NULL); /* which the task's source holds */
  cpg_engine_send (engine, cpg_errand_new (task, write_piece, hear, g_memdup2 (&work, sizeof work), free_work));
  return self;
}

CpgWriting *cpg_writing_new_written (const char *model_name, const CosmosAutoregressSettings *drawing, const char *text,
                                     const CpgToken *tokens, const double *times, int n, CpgRunState state)
{
  CpgWriting *self = g_object_new (CPG_TYPE_WRITING, NULL);
  self->model_name = g_strdup (model_name);
  self->drawing = *drawing;
  self->state = state;
  g_set_str (&self->text, text);
  for (int i = 0; i < n; i++)
    take_token (self, tokens[i].guess, g_strdup (tokens[i].text), times[i]);
  return self;
}

void cpg_writing_cancel (CpgWriting *self)
{
  if (!cpg_writing_is_active (self))
    return;
  g_cancellable_cancel (self->cancellable);
  set_state (self, CPG_RUN_CANCELLED);
}

/* ---- looking at it ---- */

CpgRunState cpg_writing_get_state (CpgWriting *self)
{
  return self->state;
}

gboolean cpg_writing_is_active (CpgWriting *self)
{
  return self->state == CPG_RUN_WAITING || self->state == CPG_RUN_RUNNING;
}

int cpg_writing_get_n_tokens (CpgWriting *self)
{
  return (int) self->tokens->len;
}

const CpgToken *cpg_writing_get_tokens (CpgWriting *self, int *n)
{
  *n = (int) self->tokens->len;
  return (const CpgToken *) self->tokens->data;
}

double cpg_writing_get_time (CpgWriting *self, int i)
{
  g_return_val_if_fail (i >= 0 && i < (int) self->times->len, 0);
  return g_array_index (self->times, double, i);
}

double cpg_writing_get_seconds (CpgWriting *self)
{
  return self->seconds;
}

const char *cpg_writing_get_text (CpgWriting *self)
{
  return self->text;
}

const char *cpg_writing_get_model_name (CpgWriting *self)
{
  return self->model_name;
}

CosmosAsking cpg_writing_get_asking (CpgWriting *self)
{
  return self->asking;
}

const CosmosAutoregressSettings *cpg_writing_get_drawing (CpgWriting *self)
{
  return &self->drawing;
}

const char *cpg_writing_get_error (CpgWriting *self)
{
  return self->error;
}

/* ---- the object ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgWriting *self = CPG_WRITING (object);
  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, (int) self->state);
    break;
  case PROP_N_TOKENS:
    g_value_set_int (value, (int) self->tokens->len);
    break;
  case PROP_SECONDS:
    g_value_set_double (value, self->seconds);
    break;
  case PROP_MODEL_NAME:
    g_value_set_string (value, self->model_name);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void finalize (GObject *object)
{
  CpgWriting *self = CPG_WRITING (object);
  g_object_unref (self->cancellable);
  g_array_unref (self->tokens);
  g_ptr_array_unref (self->words);
  g_array_unref (self->times);
  g_free (self->text);
  g_free (self->model_name);
  g_free (self->error);
  G_OBJECT_CLASS (cpg_writing_parent_class)->finalize (object);
}

static void cpg_writing_class_init (CpgWritingClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, CPG_TYPE_RUN_STATE, CPG_RUN_WAITING, flags);
  props[PROP_N_TOKENS] = g_param_spec_int ("n-tokens", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_SECONDS] = g_param_spec_double ("seconds", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  props[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, flags);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void cpg_writing_init (CpgWriting *self)
{
  self->cancellable = g_cancellable_new ();
  self->tokens = g_array_new (FALSE, FALSE, sizeof (CpgToken));
  self->words = g_ptr_array_new_with_free_func (g_free);
  self->times = g_array_new (FALSE, FALSE, sizeof (double));
  self->text = g_strdup ("");
  self->drawing = cosmos_autoregress_settings_default (NULL);
}
