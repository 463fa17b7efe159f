#include "engine/cpg-difference.h"

#include "core/study/difference.h"
#include "core/study/words.h"

static GString *join (const CpgToken *tokens, int n)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < n; i++)
    g_string_append (text, tokens[i].text);
  return text;
}

/* For each word of a: whether it differs from b's. NULL: out of memory, or too long. */
static bool *compare (const GString *a, const GString *b)
{
  CosmosWords *words = cosmos_words_new ();
  bool *differs = NULL;
  if (words && cosmos_words_add (words, a->str, a->len) && cosmos_words_add (words, b->str, b->len)) {
    size_t n_a, n_b;
    const int32_t *ids_a = cosmos_words_get_text (words, 0, &n_a), *ids_b = cosmos_words_get_text (words, 1, &n_b);
    differs = g_new0 (bool, n_a + 1);
    if (!cosmos_difference (ids_a, n_a, ids_b, n_b, differs))
      g_clear_pointer (&differs, g_free);
  }
  cosmos_words_free (words);
  return differs;
}

void cpg_difference_find (const CpgToken *tokens, int n, const CpgToken *other, int n_other, gboolean *differs)
{
  g_autoptr (GString) text = join (tokens, n), other_text = join (other, n_other);
  g_autofree bool *by_word = compare (text, other_text);
  size_t at = 0, start = 0, word = 0;
  bool has_word = cosmos_words_next (text->str, text->len, &at, &start);
  size_t begin = 0; /* of the token */
  for (int i = 0; i < n; i++) {
    size_t end = begin + strlen (tokens[i].text);
    differs[i] = FALSE;
    while (has_word && start < end) {
      differs[i] = differs[i] || (by_word && by_word[word]);
      if (at > end)
        break; /* the word goes on in the next token */
      has_word = cosmos_words_next (text->str, text->len, &at, &start);
      word++;
    }
    begin = end;
  }
}
