#include "store/cpg-log-query.h"

enum { MAX_WORDS = 64 };

/* The tokenizer makes nothing of a word without them, and FTS5 then finds nothing at all. */
static gboolean has_token (const char *word)
{
  for (; *word; word = g_utf8_next_char (word)) {
    if (g_unichar_isalnum (g_utf8_get_char (word)))
      return TRUE;
  }
  return FALSE;
}

char *cpg_log_query_from_words (const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words ? words : "", -1);
  g_auto (GStrv) all = g_strsplit_set (valid, " \t\r\n\f\v", -1);
  g_autoptr (GString) query = g_string_new (NULL);
  int n = 0;
  for (char **word = all; *word && n < MAX_WORDS; word++) {
    if (!has_token (*word))
      continue;
    g_string_append (query, n++ ? " \"" : "\"");
    for (const char *at = *word; *at; at++) {
      if (*at == '"')
        g_string_append_c (query, '"');
      g_string_append_c (query, *at);
    }
    g_string_append (query, "\"*");
  }
  return n ? g_strdup (query->str) : NULL;
}
