/* A line of the list of bookmarks: where, and how its text begins. */
#pragma once

#include "app/cpg-bookmark.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_BOOKMARK_ROW (cpg_bookmark_row_get_type ())
G_DECLARE_FINAL_TYPE (CpgBookmarkRow, cpg_bookmark_row, CPG, BOOKMARK_ROW, AdwActionRow)

CpgBookmarkRow *cpg_bookmark_row_new (CpgBookmark *bookmark);
CpgBookmark *cpg_bookmark_row_get_bookmark (CpgBookmarkRow *self);

G_END_DECLS
