#include "app/cpg-bookmark.h"

#include <glib/gi18n.h>
#include <inttypes.h>

enum { EXCERPT = 80 };

struct _CpgBookmark {
  GObject parent_instance;
  CpgRun *run;
  int step;
  char *title;
};

G_DEFINE_FINAL_TYPE (CpgBookmark, cpg_bookmark, G_TYPE_OBJECT)

CpgRun *cpg_bookmark_get_run (CpgBookmark *self)
{
  return self->run;
}

int cpg_bookmark_get_step (CpgBookmark *self)
{
  return self->step;
}

const char *cpg_bookmark_get_title (CpgBookmark *self)
{
  return self->title;
}

char *cpg_bookmark_get_excerpt (CpgBookmark *self)
{
  CpgStep *step = cpg_run_get_step (self->run, self->step);
  const char *text = step ? cpg_step_get_text (step) : "";
  if (g_utf8_strlen (text, -1) <= EXCERPT)
    return g_strdup (text);
  g_autofree char *start = g_utf8_substring (text, 0, EXCERPT);
  return g_strconcat (start, "…", NULL);
}

static void cpg_bookmark_finalize (GObject *object)
{
  CpgBookmark *self = CPG_BOOKMARK (object);
  g_clear_object (&self->run);
  g_free (self->title);
  G_OBJECT_CLASS (cpg_bookmark_parent_class)->finalize (object);
}

static void cpg_bookmark_class_init (CpgBookmarkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cpg_bookmark_finalize;
}

static void cpg_bookmark_init (CpgBookmark *self)
{
}

CpgBookmark *cpg_bookmark_new (CpgRun *run, int step)
{
  CpgBookmark *self = g_object_new (CPG_TYPE_BOOKMARK, NULL);
  guint64 seed;
  g_object_get (cpg_run_get_settings (run), "seed", &seed, NULL);
  self->run = g_object_ref (run);
  self->step = step;
  /* Translators: a bookmark's title: which step of how many, and the number that the run's noise was made from. */
  self->title = g_strdup_printf (_ ("Step %d of %d, seed %" PRIu64), step + 1, cpg_run_get_n_steps (run), seed);
  return self;
}
