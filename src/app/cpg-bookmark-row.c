#include "app/cpg-bookmark-row.h"

struct _CpgBookmarkRow {
  AdwActionRow parent_instance;
  CpgBookmark *bookmark;
};

G_DEFINE_FINAL_TYPE (CpgBookmarkRow, cpg_bookmark_row, ADW_TYPE_ACTION_ROW)

CpgBookmark *cpg_bookmark_row_get_bookmark (CpgBookmarkRow *self)
{
  return self->bookmark;
}

static void cpg_bookmark_row_dispose (GObject *object)
{
  g_clear_object (&CPG_BOOKMARK_ROW (object)->bookmark);
  G_OBJECT_CLASS (cpg_bookmark_row_parent_class)->dispose (object);
}

static void cpg_bookmark_row_class_init (CpgBookmarkRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cpg_bookmark_row_dispose;
}

static void cpg_bookmark_row_init (CpgBookmarkRow *self)
{
}

CpgBookmarkRow *cpg_bookmark_row_new (CpgBookmark *bookmark)
{
  CpgBookmarkRow *self = g_object_new (CPG_TYPE_BOOKMARK_ROW, "use-markup", FALSE, "activatable", TRUE, "subtitle-lines", 2,
                                       NULL);
  g_autofree char *excerpt = cpg_bookmark_get_excerpt (bookmark);
  self->bookmark = g_object_ref (bookmark);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), cpg_bookmark_get_title (bookmark));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), excerpt);
  return self;
}
