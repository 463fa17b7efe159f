/* What somebody types into a search field, as an FTS5 query. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every word must occur; each may be the beginning of a longer one, as while it is being typed. Nothing in it is an operator: quotes, * and AND
 * are what they look like. NULL where no letter or digit is in it: nothing to look for. (transfer full) */
char *cpg_log_query_from_words (const char *words);

G_END_DECLS
