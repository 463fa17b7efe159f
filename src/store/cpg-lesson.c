#include "store/cpg-lesson.h"

#include "core/sample/sampler.h"
#include "store/cpg-json-reader.h"

#include <glib/gi18n-lib.h>

enum { VERSION = 1, LONGEST_WORD = 200, LONGEST_TEXT = 4000 }; /* characters */

struct _CpgLesson {
  gatomicrefcount refs;
  char *id, *title, *about;
  int minutes;
  CpgLessonStep *steps;
  guint n_steps;
};

/* ---- what there is to say ---- */

static const char *const lesson_keys[] = {"version", "id", "title", "about", "minutes", "steps", NULL};
static const char *const step_keys[] = {"title",    "text", "page", "experiment", "picture",  "noisy",
                                        "settings", "run",  "show", "hide",       "question", NULL};
static const char *const question_keys[] = {"text", "answers", NULL};
static const char *const answer_keys[] = {"text", "why", "right", NULL};
static const char *const pages[] = {"denoise", "compare", "explore", "models", NULL};
static const char *const experiments[] = {"reconstruct", "perturb", "interpolate", "edit", "studies", NULL};
static const char *const pictures[] = {"latents", "path", "change", "schedule", NULL};
static const char *const hidden[] = {"sessions", "pictures", NULL}; /* bit i of CpgLessonHidden */

typedef enum { TEXT, SAMPLER, NUMBER, WHOLE, SWITCH } Kind;

static const struct {
  const char *name;
  Kind kind;
  double min, max;
} settings[] = {
  {"task", TEXT, 0, LONGEST_WORD},
  {"source", TEXT, 0, LONGEST_TEXT},
  {"seed", WHOLE, 0, 9007199254740992.}, /* as far as a double counts */
  {"steps", WHOLE, 1, 1000},
  {"sampler", SAMPLER, 0, 0},
  {"guidance", NUMBER, 0, 100},
  {"self-conditioning", SWITCH, 0, 1},
  {"noise-scale", NUMBER, 0, 2},
  {"strength", NUMBER, 0.1, 1},
  {"schedule-d", NUMBER, 0, 1000},
  {"t-end", NUMBER, 0, 1},
};

/* ---- reading ---- */

typedef struct {
  CpgJsonReader json;
  gboolean translated;
} Reader;

static char *take_text (Reader *self, const char *key, yyjson_val *value, gsize longest)
{
  char *text = cpg_json_reader_take_text (&self->json, key, value, longest, TRUE);
  if (!self->translated || !*text)
    return text;
  char *translation = g_strdup (_ (text));
  g_free (text);
  return translation;
}

static char *get_text (Reader *self, yyjson_val *object, const char *key, gsize longest)
{
  return take_text (self, key, yyjson_obj_get (object, key), longest);
}

/* min where there is none, or a fault. */
static double get_number (Reader *self, yyjson_val *object, const char *key, double min, double max, gboolean whole)
{
  yyjson_val *value = yyjson_obj_get (object, key);
  double number = yyjson_get_num (value);
  if (!value)
    return min;
  if (!yyjson_is_num (value))
    cpg_json_reader_fail (&self->json, key, _ ("no number"));
  else if (!(number >= min && number <= max) || (whole && number != (double) (gint64) number))
    cpg_json_reader_fail (&self->json, key, whole ? _ ("no whole number, or out of range") : _ ("out of range"));
  else
    return number;
  return min;
}

static gboolean get_switch (Reader *self, yyjson_val *object, const char *key)
{
  yyjson_val *value = yyjson_obj_get (object, key);
  if (value && !yyjson_is_bool (value))
    cpg_json_reader_fail (&self->json, key, _ ("neither true nor false"));
  return yyjson_get_bool (value);
}

/* One of these words; "" where there is none. */
static char *get_choice (Reader *self, yyjson_val *object, const char *key, const char *const *choices)
{
  char *word = cpg_json_reader_take_text (&self->json, key, yyjson_obj_get (object, key), LONGEST_WORD, FALSE);
  if (*word && !g_strv_contains (choices, word))
    cpg_json_reader_fail (&self->json, key, _ ("not one of the words that may stand here"));
  return word;
}

/* A misspelt key would do nothing, and nobody would know why. */
static void check_object (Reader *self, yyjson_val *object, const char *name, const char *const *keys)
{
  yyjson_obj_iter iter;
  yyjson_val *key;
  if (object && !yyjson_is_obj (object))
    cpg_json_reader_fail (&self->json, name, _ ("no object"));
  if (!yyjson_obj_iter_init (object, &iter))
    return;
  while ((key = yyjson_obj_iter_next (&iter)))
    if (!g_strv_contains (keys, yyjson_get_str (key)))
      cpg_json_reader_fail (&self->json, yyjson_get_str (key), _ ("not known here"));
}

static void read_setting (Reader *self, CpgLessonSetting *setting, yyjson_val *object, const char *name)
{
  CosmosSampler sampler;
  gsize i = 0;
  while (i < G_N_ELEMENTS (settings) && !g_str_equal (settings[i].name, name))
    i++;
  if (i == G_N_ELEMENTS (settings)) {
    cpg_json_reader_fail (&self->json, name, _ ("not known here"));
    return;
  }
  setting->name = g_strdup (name);
  switch (settings[i].kind) {
  case TEXT:
  case SAMPLER:
    setting->text = cpg_json_reader_take_text (&self->json, name, yyjson_obj_get (object, name),
                                               settings[i].kind == TEXT ? (gsize) settings[i].max : LONGEST_WORD, TRUE);
    if (settings[i].kind == SAMPLER && !cosmos_sampler_from_name (setting->text, &sampler, NULL))
      cpg_json_reader_fail (&self->json, name, _ ("no sampler of that name"));
    break;
  case NUMBER:
  case WHOLE:
    setting->number = get_number (self, object, name, settings[i].min, settings[i].max, settings[i].kind == WHOLE);
    break;
  case SWITCH:
    setting->number = get_switch (self, object, name);
  }
}

static void read_settings (Reader *self, CpgLessonStep *step, yyjson_val *object)
{
  yyjson_obj_iter iter;
  yyjson_val *key;
  step->has_settings = object != NULL;
  if (object && !yyjson_is_obj (object))
    cpg_json_reader_fail (&self->json, "settings", _ ("no object"));
  else if (yyjson_obj_size (object) > CPG_LESSON_SETTINGS)
    cpg_json_reader_fail (&self->json, "settings", _ ("too long"));
  if (self->json.failed || !yyjson_obj_iter_init (object, &iter))
    return;
  step->settings = g_new0 (CpgLessonSetting, yyjson_obj_size (object));
  while ((key = yyjson_obj_iter_next (&iter)))
    read_setting (self, &step->settings[step->n_settings++], object, yyjson_get_str (key));
}

static void read_hidden (Reader *self, CpgLessonStep *step, yyjson_val *object)
{
  guint n, bit;
  yyjson_val *list = cpg_json_reader_get_list (&self->json, object, "hide", G_N_ELEMENTS (hidden), &n), *value;
  gsize i, max;
  yyjson_arr_foreach (list, i, max, value) {
    for (bit = 0; hidden[bit] && !yyjson_equals_str (value, hidden[bit]);)
      bit++;
    if (!hidden[bit])
      cpg_json_reader_fail (&self->json, "hide", _ ("not one of the words that may stand here"));
    else
      step->hidden |= 1u << bit;
  }
}

static void read_question (Reader *self, CpgLessonStep *step, yyjson_val *object)
{
  gboolean any_right = FALSE;
  check_object (self, object, "question", question_keys);
  step->question = get_text (self, object, "text", LONGEST_TEXT);
  yyjson_val *list = cpg_json_reader_get_list (&self->json, object, "answers", CPG_LESSON_ANSWERS, &step->n_answers), *value;
  gsize i, max;
  step->answers = g_new0 (CpgLessonAnswer, step->n_answers);
  yyjson_arr_foreach (list, i, max, value) {
    check_object (self, value, "answers", answer_keys);
    step->answers[i] = (CpgLessonAnswer) {.text = get_text (self, value, "text", LONGEST_WORD),
                                          .why = get_text (self, value, "why", LONGEST_TEXT),
                                          .right = get_switch (self, value, "right")};
    any_right = any_right || step->answers[i].right;
    if (!*step->answers[i].text)
      cpg_json_reader_fail (&self->json, "answers", _ ("one without a text"));
  }
  if (object && (!*step->question || !any_right))
    cpg_json_reader_fail (&self->json, "question", _ ("it needs a text, and answers of which one is right"));
}

static void read_step (Reader *self, CpgLessonStep *step, yyjson_val *object)
{
  check_object (self, object, "steps", step_keys);
  step->title = get_text (self, object, "title", LONGEST_WORD);
  step->text = get_text (self, object, "text", LONGEST_TEXT);
  step->page = get_choice (self, object, "page", pages);
  step->experiment = get_choice (self, object, "experiment", experiments);
  step->picture = get_choice (self, object, "picture", pictures);
  step->noisy = yyjson_obj_get (object, "noisy") ? get_switch (self, object, "noisy") : -1;
  read_settings (self, step, yyjson_obj_get (object, "settings"));
  step->run = get_switch (self, object, "run");
  step->show = (int) get_number (self, object, "show", 0, 1000, TRUE);
  read_hidden (self, step, object);
  read_question (self, step, yyjson_obj_get (object, "question"));
  if (!*step->text)
    cpg_json_reader_fail (&self->json, "text", _ ("there is none"));
}

static gboolean refuse (GError **error, const char *name, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("“%s” cannot be read as a lesson: %s"), name, why);
  return FALSE;
}

static gboolean read_steps (Reader *reader, CpgLesson *self, yyjson_val *root, const char *name, GError **error)
{
  yyjson_val *list = cpg_json_reader_get_list (&reader->json, root, "steps", CPG_LESSON_STEPS, &self->n_steps), *value;
  gsize i, max;
  if (reader->json.failed || self->n_steps == 0)
    return refuse (error, name, reader->json.failed ? reader->json.fault : _ ("it has no steps"));
  self->steps = g_new0 (CpgLessonStep, self->n_steps);
  yyjson_arr_foreach (list, i, max, value) {
    read_step (reader, &self->steps[i], value);
    if (reader->json.failed) {
      g_autofree char *why = g_strdup_printf (_ ("step %zu, %s"), i + 1, reader->json.fault);
      return refuse (error, name, why);
    }
  }
  return TRUE;
}

static gboolean read_lesson (Reader *reader, CpgLesson *self, yyjson_val *root, const char *name, GError **error)
{
  check_object (reader, root, "lesson", lesson_keys);
  if (yyjson_obj_get (root, "version") && get_number (reader, root, "version", 1, 1e9, TRUE) > VERSION)
    return refuse (error, name, _ ("it was made for a newer program"));
  self->id = cpg_json_reader_take_text (&reader->json, "id", yyjson_obj_get (root, "id"), LONGEST_WORD, FALSE);
  self->title = get_text (reader, root, "title", LONGEST_WORD);
  self->about = get_text (reader, root, "about", LONGEST_TEXT);
  self->minutes = (int) get_number (reader, root, "minutes", 0, 600, TRUE);
  if (!*self->id)
    cpg_json_reader_fail (&reader->json, "id", _ ("there is none"));
  if (!*self->title)
    cpg_json_reader_fail (&reader->json, "title", _ ("there is none"));
  return read_steps (reader, self, root, name, error);
}

/* Not even something that was meant as one. */
static void disown (GError **error, const char *name, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("“%s” is no lesson: %s"), name, why);
}

CpgLesson *cpg_lesson_new (GBytes *json, const char *name, gboolean translated, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (json, &size);
  yyjson_read_err why;
  Reader reader = {.translated = translated};
  if (size > CPG_LESSON_BYTES) {
    disown (error, name, _ ("it is larger than a megabyte"));
    return NULL;
  }
  g_autoptr (yyjson_doc) doc = yyjson_read_opts ((char *) data, size, YYJSON_READ_NOFLAG, NULL, &why);
  yyjson_val *root = yyjson_doc_get_root (doc);
  if (!doc) {
    g_autofree char *words = g_strdup_printf (_ ("no JSON: %s, at byte %zu"), why.msg, why.pos);
    disown (error, name, words);
    return NULL;
  }
  if (!yyjson_obj_get (root, "steps")) {
    disown (error, name, _ ("it has no steps"));
    return NULL;
  }
  g_autoptr (CpgLesson) self = g_new0 (CpgLesson, 1);
  g_atomic_ref_count_init (&self->refs);
  return read_lesson (&reader, self, root, name, error) ? g_steal_pointer (&self) : NULL;
}

/* ---- life ---- */

CpgLesson *cpg_lesson_ref (CpgLesson *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void clear_step (CpgLessonStep *step)
{
  char *const texts[] = {step->title, step->text, step->page, step->experiment, step->picture, step->question};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  for (guint i = 0; i < step->n_settings; i++) {
    g_free (step->settings[i].name);
    g_free (step->settings[i].text);
  }
  for (guint i = 0; step->answers && i < step->n_answers; i++) {
    g_free (step->answers[i].text);
    g_free (step->answers[i].why);
  }
  g_free (step->settings);
  g_free (step->answers);
}

void cpg_lesson_unref (CpgLesson *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; self->steps && i < self->n_steps; i++)
    clear_step (&self->steps[i]);
  g_free (self->steps);
  g_free (self->id);
  g_free (self->title);
  g_free (self->about);
  g_free (self);
}

/* ---- what is in it ---- */

const char *cpg_lesson_get_id (CpgLesson *self)
{
  return self->id;
}

const char *cpg_lesson_get_title (CpgLesson *self)
{
  return self->title;
}

const char *cpg_lesson_get_about (CpgLesson *self)
{
  return self->about;
}

int cpg_lesson_get_minutes (CpgLesson *self)
{
  return self->minutes;
}

const CpgLessonStep *cpg_lesson_get_steps (CpgLesson *self, guint *n)
{
  *n = self->n_steps;
  return self->steps;
}
