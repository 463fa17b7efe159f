/* Any bytes as a lesson. What is read is text, and every question has an answer. */
#include "store/cpg-lesson.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void check (gboolean holds)
{
  if (!holds)
    abort ();
}

static void check_step (const CpgLessonStep *step)
{
  gboolean right = FALSE;
  check (*step->text && g_utf8_validate (step->text, -1, NULL) && g_utf8_validate (step->title, -1, NULL));
  check (step->show >= 0 && step->n_settings <= CPG_LESSON_SETTINGS && step->n_answers <= CPG_LESSON_ANSWERS);
  for (guint i = 0; i < step->n_settings; i++)
    check (*step->settings[i].name && (!step->settings[i].text || g_utf8_validate (step->settings[i].text, -1, NULL)));
  for (guint i = 0; i < step->n_answers; i++) {
    right = right || step->answers[i].right;
    check (*step->answers[i].text && g_utf8_validate (step->answers[i].why, -1, NULL));
  }
  check (right || !*step->question);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgLesson) lesson = cpg_lesson_new (bytes, "a.json", FALSE, &error);
  guint n;
  check ((lesson != NULL) == (error == NULL));
  if (!lesson) {
    check (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  const CpgLessonStep *steps = cpg_lesson_get_steps (lesson, &n);
  check (n > 0 && n <= CPG_LESSON_STEPS && *cpg_lesson_get_id (lesson) && *cpg_lesson_get_title (lesson));
  for (guint i = 0; i < n; i++)
    check_step (&steps[i]);
  return 0;
}
