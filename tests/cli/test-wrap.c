#include "cli/wrap.h"

#include <glib.h>
#include <string.h>

/* The lines of a text, joined by '|'. */
static void check (const char *text, int columns, const char *expected)
{
  CliLine lines[64];
  size_t n = cli_wrap (text, strlen (text), columns, lines, G_N_ELEMENTS (lines));
  GString *all = g_string_new (NULL);
  for (size_t i = 0; i < n; i++) {
    g_string_append_printf (all, "%s%.*s", i ? "|" : "", (int) (lines[i].end - lines[i].start), text + lines[i].start);
    g_assert_cmpint (lines[i].width, ==, cli_text_width (text + lines[i].start, lines[i].end - lines[i].start));
    g_assert_cmpint (lines[i].width, <=, columns);
  }
  g_assert_cmpstr (all->str, ==, expected);
  g_string_free (all, TRUE);
}

static void words (void)
{
  check ("", 10, "");
  check ("one two three", 80, "one two three");
  check ("one two three", 7, "one two|three");
  check ("one two three", 8, "one two|three");
  check ("one two three", 6, "one|two|three");
  check ("one two three", 3, "one|two|thr|ee");
  check ("a longword here", 4, "a|long|word|here");
  check ("one\ntwo three", 80, "one|two three");
}

static void wide_and_narrow (void)
{
  g_assert_cmpint (cli_text_width ("a\xcc\x81", 3), ==, 1); /* a with a combining acute */
  g_assert_cmpint (cli_text_width ("漢字", 6), ==, 4);
  g_assert_cmpint (cli_text_width ("👩‍👩‍👧", strlen ("👩‍👩‍👧")), ==, 2); /* one family */
  check ("漢字漢字", 5, "漢字|漢字");
  check ("ééé ééé", 3, "ééé|ééé");
}

static void capacity (void)
{
  CliLine lines[2];
  g_assert_cmpint (cli_wrap ("a b c d", 7, 2, lines, 2), ==, 4);
  g_assert_cmpint (lines[1].start, ==, 2);
}

static void printable (void)
{
  char text[] = "a\033[2Jb\tc\nd\xc2\x9b"
                "e\x7f";
  cli_make_printable (text);
  g_assert_cmpstr (text, ==, "a?[2Jb c d??e?");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wrap/words", words);
  g_test_add_func ("/wrap/wide-and-narrow", wide_and_narrow);
  g_test_add_func ("/wrap/capacity", capacity);
  g_test_add_func ("/wrap/printable", printable);
  return g_test_run ();
}
