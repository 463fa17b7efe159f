#include "core/text/byte-level.h"

#include <glib.h>
#include <string.h>

/* The words with a bar between. */
static char *cut (const char *text, size_t (*next) (const char *text, size_t length))
{
  GString *words = g_string_new (NULL);
  for (size_t left = strlen (text); left;) {
    size_t n = next (text, left);
    g_assert_cmpuint (n, >, 0);
    g_assert_cmpuint (n, <=, left);
    g_string_append_printf (words, "%s%.*s", words->len ? "|" : "", (int) n, text);
    text += n;
    left -= n;
  }
  return g_string_free (words, FALSE);
}

static void test_words (void)
{
  static const struct {
    const char *text, *words;
  } cases[] = {
    {"Hello, world!", "Hello|,| world|!"},
    {"it's they'll I'd we've you're I'm can't", "it|'s| they|'ll| I|'d| we|'ve| you|'re| I|'m| can|'t"},
    {"IT'S 'x 's", "IT|'|S| '|x| '|s"},
    {"'sand", "'s|and"},
    {"'", "'"},
    {"'l", "'|l"},
    {"a1b22 3", "a|1|b|22| 3"},
    {"a  b", "a| | b"},
    {"a   ", "a|   "},
    {" ", " "},
    {"  ", "  "},
    {" a", " a"},
    {"a \n b", "a| \n| b"},
    {"a\nb\n", "a|\n|b|\n"},
    {"a\n\nb", "a|\n|\n|b"},
    {"a\t b", "a|\t| b"},
    {"a\xc2\xa0"
     "b",
     "a|\xc2\xa0|b"},
    {"!'s", "!'|s"},
    {"caf\xc3\xa9 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "caf\xc3\xa9| \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
    {"e\xcc\x81", "e|\xcc\x81"},                                      /* a mark is no letter */
    {"\xe2\x85\xa7\xc2\xbd\xd9\xa3", "\xe2\x85\xa7\xc2\xbd\xd9\xa3"}, /* numbers of three kinds */
    {"\xf0\x9f\x98\x80\xf0\x9f\x98\x80 \xe2\x82\xac", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80| \xe2\x82\xac"},
    {"a\x01", "a|\x01"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = cut (cases[i].text, cosmos_byte_level_next_word);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void test_number_split (void)
{
  static const struct {
    const char *text, *pieces;
  } cases[] = {{"abc", "abc"}, {"1", "1"}, {"123", "1|2|3"}, {"in 1984, 2", "in |1|9|8|4|, |2"}, {"\xd9\xa3x", "\xd9\xa3|x"}};
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *pieces = cut (cases[i].text, cosmos_byte_level_next_number_split);
    g_assert_cmpstr (pieces, ==, cases[i].pieces);
  }
}

static void test_alphabet (void)
{
  bool seen[0x144] = {false};
  for (int byte = 0; byte < 256; byte++) {
    int32_t point = cosmos_byte_level_to_point ((unsigned char) byte);
    g_assert_cmpint (point, <, 0x144);
    g_assert_false (seen[point]);
    seen[point] = true;
    g_assert_cmpint (cosmos_byte_level_from_point (point), ==, byte);
  }
  for (int32_t point = 0; point < 0x144; point++) {
    if (!seen[point])
      g_assert_cmpint (cosmos_byte_level_from_point (point), ==, -1);
  }
  g_assert_cmpint (cosmos_byte_level_to_point (' '), ==, 0x120); /* known from every such vocabulary */
  g_assert_cmpint (cosmos_byte_level_to_point ('\n'), ==, 0x10a);
  g_assert_cmpint (cosmos_byte_level_from_point (-1), ==, -1);
  g_assert_cmpint (cosmos_byte_level_from_point (0x144), ==, -1);
  g_assert_cmpint (cosmos_byte_level_from_point (0x10ffff), ==, -1);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/byte-level/words", test_words);
  g_test_add_func ("/byte-level/number-split", test_number_split);
  g_test_add_func ("/byte-level/alphabet", test_alphabet);
  return g_test_run ();
}
