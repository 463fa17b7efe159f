/* A lesson, read from JSON (docs/lessons.md): steps that are read one after the other, each with words, what it sets up beside them, and perhaps a
 * question.
 *
 * Constant and reference-counted. The bytes are those of a stranger: what is missing is empty, what is of another kind, too much, or not known is
 * refused in words that name the step. Any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* At most. */
enum { CPG_LESSON_BYTES = 1 << 20, CPG_LESSON_STEPS = 50, CPG_LESSON_ANSWERS = 6, CPG_LESSON_SETTINGS = 16 };

/* One value of the next run: name is that of a property of CpgSettings. */
typedef struct {
  char *name;
  char *text;    /* of task, source and sampler; else NULL */
  double number; /* of the others; of switches 0 or 1 */
} CpgLessonSetting;

typedef struct {
  char *text, *why; /* why: said when it is chosen; "" nothing */
  gboolean right;
} CpgLessonAnswer;

/* What a step has out of the way. */
typedef enum { CPG_LESSON_HIDES_SESSIONS = 1 << 0, CPG_LESSON_HIDES_PICTURES = 1 << 1 } CpgLessonHidden;

typedef struct {
  char *title, *text;
  char *page;       /* "denoise", "compare", "explore" or "models"; "": as it is, also below */
  char *experiment; /* of the Explore page */
  char *picture;    /* of the Denoise page */
  int noisy;        /* whether x_t is shown and not the guess; -1: as it is */
  gboolean has_settings;
  CpgLessonSetting *settings; /* those that are not the model's own */
  guint n_settings;
  gboolean run;
  int show; /* stands at this step of the run, the first being 1; 0: is played */
  guint hidden;
  char *question; /* "": none */
  CpgLessonAnswer *answers;
  guint n_answers;
} CpgLessonStep;

typedef struct _CpgLesson CpgLesson;

/* name: for messages. translated: its words are those of the program, and are shown in its language. What was not even meant as a lesson is
 * G_IO_ERROR_NOT_SUPPORTED, all other faults are G_IO_ERROR_INVALID_DATA. */
CpgLesson *cpg_lesson_new (GBytes *json, const char *name, gboolean translated, GError **error);
CpgLesson *cpg_lesson_ref (CpgLesson *self);
void cpg_lesson_unref (CpgLesson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgLesson, cpg_lesson_unref)

const char *cpg_lesson_get_id (CpgLesson *self); /* the same for ever, by which it is known what was done; never empty */
const char *cpg_lesson_get_title (CpgLesson *self);
const char *cpg_lesson_get_about (CpgLesson *self); /* a sentence */
int cpg_lesson_get_minutes (CpgLesson *self);       /* 0: not said */
const CpgLessonStep *cpg_lesson_get_steps (CpgLesson *self, guint *n);

G_END_DECLS
