#include "core/base/utf8.h"

#include <glib.h>
#include <string.h>

static void test_valid (void)
{
  static const char *const texts[] = {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x96\x81x", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"};
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (cosmos_utf8_is_valid (texts[i], strlen (texts[i]), NULL));
  g_assert_true (cosmos_utf8_is_valid ("a\0b", 3, NULL));
}

static void test_invalid (void)
{
  static const struct {
    const char *text;
    size_t offset;
  } wrong[] = {{"\x80", 0},
               {"a\xff", 1},
               {"ab\xc3", 2},
               {"\xc0\x80", 0},
               {"\xed\xa0\x80", 0},
               {"x\xe2\x96", 1},
               {"\xf4\x90\x80\x80", 0},
               {"\xc3\xbc\xc3(", 2},
               {"\xf8\x88\x80\x80\x80", 0}};
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    size_t offset = 99, length = strlen (wrong[i].text);
    g_autofree char *exact = g_memdup2 (wrong[i].text, length); /* a sanitizer sees a step beyond */
    g_assert_false (cosmos_utf8_is_valid (exact, length, &offset));
    g_assert_cmpuint (offset, ==, wrong[i].offset);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/utf8/valid", test_valid);
  g_test_add_func ("/base/utf8/invalid", test_invalid);
  return g_test_run ();
}
