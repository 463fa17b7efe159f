#include "core/text/text.h"

#include <glib.h>
#include <string.h>

static void assert_clean (const char *text, const char *expected)
{
  CosmosError err = {0};
  g_autofree char *cleaned = cosmos_text_clean (text, strlen (text), &err);
  g_assert_cmpstr (cleaned, ==, expected);
  g_autofree char *again = cosmos_text_clean (cleaned, strlen (cleaned), &err);
  g_assert_cmpstr (again, ==, cleaned);
}

static void test_check (void)
{
  CosmosError err = {0};
  g_assert_true (cosmos_text_check (NULL, 0, &err));
  g_assert_true (cosmos_text_check ("a\xc3\xa9", 3, &err));
  g_assert_false (cosmos_text_check ("a\xc3", 2, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT);
  g_assert_nonnull (strstr (err.message, "not UTF-8 at byte 1 (0xc3)"));
  g_assert_false (cosmos_text_check ("h\0i\0", 4, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT);
  g_assert_nonnull (strstr (err.message, "zero byte at 1"));
  g_assert_nonnull (strstr (err.message, "UTF-16"));
  g_assert_false (cosmos_text_check ("a", (size_t) COSMOS_TEXT_MAX_SIZE + 1, &err)); /* not read */
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_null (cosmos_text_clean ("\xff", 1, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT);
  g_assert_null (cosmos_text_clean ("\xed\xa0\x80", 3, NULL)); /* half a surrogate pair */
}

static void test_next (void)
{
  const char text[] = "a\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80\xff\xe6\xbc";
  const int32_t points[] = {'a', 0xe9, 0x6f22, 0x1f600, 0xfffd, 0xfffd, 0xfffd};
  const size_t ends[] = {1, 3, 6, 10, 11, 12, 13};
  size_t at = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (points); i++) {
    g_assert_cmpint (cosmos_text_next (text, sizeof text - 1, &at), ==, points[i]);
    g_assert_cmpuint (at, ==, ends[i]);
  }
}

static void test_clean (void)
{
  assert_clean ("", "");
  assert_clean (" \t\r\n\xc2\xa0\xe3\x80\x80\xef\xbb\xbf", "");
  assert_clean ("  one \t\n two\r\n\r\nthree  ", "one two three");
  assert_clean ("\xef\xbb\xbfit\xe2\x80\x99s \xe2\x80\x9cso\xe2\x80\x9d\xe2\x80\xa6", "it's \"so\"...");
  assert_clean ("a\xe2\x80\x94"
                "b \xe2\x80\x94 c\xe2\x80\x94",
                "a - b - c -");
  assert_clean ("3\xe2\x80\x93"
                "5 \xe2\x88\x92"
                "1",
                "3-5 -1");
  assert_clean ("so\xc2\xad"
                "ft hy\xe2\x80\x8bphen\x01\x7f",
                "soft hyphen");
  assert_clean ("e\xcc\x81", "\xc3\xa9");                                /* NFC */
  assert_clean ("a\xcc\xa8\xcc\x81", "\xc4\x85\xcc\x81");                /* marks of two classes */
  assert_clean ("a\xcc\x81\xcc\xa8", "\xc4\x85\xcc\x81");                /* the same in the other order */
  assert_clean ("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"); /* Hangul jamo */
  assert_clean ("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
                "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"); /* joined emoji */
  assert_clean ("\xcc\x81", "\xcc\x81");                         /* a mark with nothing to stand on */
}

static void test_right_to_left (void)
{
  /* Letters in their order, marks on them; the signs that only turn the direction go. */
  assert_clean (
      "\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8e \xe2\x80\xab\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85\xe2\x80\xac",
      "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85");
  assert_clean ("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88",
                "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88"); /* non-joiner of Persian */
}

static void test_huge (void)
{
  static const char *const units[] = {"a",
                                      "ab ",
                                      " ",
                                      "\xcc\x81",
                                      "\xcc\x81\xcc\xa7",
                                      "\xe2\x80\x94",
                                      "\xe2\x80\xa6",
                                      "\xe6\xbc\xa2",
                                      "\xe2\x80\x8b",
                                      "\xe1\x84\x92\xe1\x85\xa1",
                                      "\xf0\x9f\x91\xa9\xe2\x80\x8d",
                                      "\xd7\xa9 "};
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++) {
    GString *text = g_string_new (NULL);
    while (text->len < 1000000)
      g_string_append (text, units[i]);
    CosmosError err = {0};
    g_autofree char *cleaned = cosmos_text_clean (text->str, text->len, &err);
    g_assert_nonnull (cleaned);
    g_assert_cmpuint (strlen (cleaned), <=, text->len);
    size_t cut = cosmos_text_cut (text->str, text->len, 100000);
    g_assert_cmpuint (cut, >, 49000);
    g_assert_cmpuint (cut, <=, 100000);
    g_string_free (text, TRUE);
  }
}

static void test_cut (void)
{
#define CUT(text, max) cosmos_text_cut (text, strlen (text), max)
  g_assert_cmpuint (CUT ("", 0), ==, 0);
  g_assert_cmpuint (CUT ("abc", 3), ==, 3);
  g_assert_cmpuint (CUT ("abc", 0), ==, 0);
  g_assert_cmpuint (CUT ("abc", 1), ==, 1);
  g_assert_cmpuint (CUT ("abc def", 3), ==, 3);
  g_assert_cmpuint (CUT ("abc def", 5), ==, 3);
  g_assert_cmpuint (CUT ("a bcdefghijkl", 9), ==, 9); /* the word end would lose too much */
  g_assert_cmpuint (CUT ("abc\xc3\xa9", 4), ==, 3);
  g_assert_cmpuint (CUT ("abce\xcc\x81", 4), ==, 3); /* a letter keeps its mark */
  g_assert_cmpuint (CUT ("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 8), ==,
                    7); /* too long an emoji: between its characters */
  g_assert_cmpuint (CUT ("x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 9), ==, 1);
  g_assert_cmpuint (CUT ("\xff\xff\xff", 2), ==, 2); /* no UTF-8 does no harm */
#undef CUT
}

static void test_decompose (void)
{
  size_t n = 3;
  int32_t *points = g_new (int32_t, 3);
  points[0] = 0x1e69; /* s with dots above and below: the one below comes first */
  points[1] = 0xd55c;
  points[2] = 0x110000; /* no character: kept */
  g_assert_true (cosmos_text_decompose (&points, &n));
  const int32_t expected[] = {'s', 0x323, 0x307, 0x1112, 0x1161, 0x11ab, 0x110000};
  g_assert_cmpmem (points, n * sizeof *points, expected, sizeof expected);
  g_free (points);

  /* Marks in every order, with others of their class kept in order. */
  const int32_t mixed[] = {'a', 0x301, 0x327, 0x300, 0x323, 'b', 0x323, 0x301};
  const int32_t sorted[] = {'a', 0x327, 0x323, 0x301, 0x300, 'b', 0x323, 0x301};
  n = G_N_ELEMENTS (mixed);
  points = g_memdup2 (mixed, sizeof mixed);
  g_assert_true (cosmos_text_decompose (&points, &n));
  g_assert_cmpmem (points, n * sizeof *points, sorted, sizeof sorted);
  g_free (points);
}

static void test_is_space (void)
{
  static const int32_t spaces[] = {9,      10,     11,     12,     13,     ' ',    0x85,   0xa0,
                                   0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
  int n = 0;
  for (int32_t point = 0; point < 0x110000; point++)
    n += cosmos_text_is_space (point);
  g_assert_cmpint (n, ==, 25); /* White_Space of Unicode */
  for (size_t i = 0; i < G_N_ELEMENTS (spaces); i++)
    g_assert_true (cosmos_text_is_space (spaces[i]));
}

static void test_from_bytes (void)
{
#define BAD "\xef\xbf\xbd"
  static const struct {
    const char *bytes, *text;
  } cases[] = {
    {"", ""},
    {"abc", "abc"},
    {"a\xff"
     "b",
     "a" BAD "b"},
    {"\xc3\xa9\xc3", "\xc3\xa9" BAD},
    {"\xf0\x9f\x98", BAD}, /* one piece that could have begun a character */
    {"\xf0\x9f\x98"
     "a",
     BAD "a"},
    {"\xe0\x80\x80", BAD BAD BAD}, /* over-long */
    {"\xed\xa0\x80", BAD BAD BAD}, /* surrogate */
    {"\xf5\x80", BAD BAD},         /* beyond Unicode */
    {"\xf4\x90\x80\x80", BAD BAD BAD BAD},
    {"\x80\x80", BAD BAD},
    {"\xc0\xaf", BAD BAD},
  };
#undef BAD
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = cosmos_text_from_bytes (cases[i].bytes, strlen (cases[i].bytes));
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_true (g_utf8_validate (text, -1, NULL));
  }
  g_autofree char *zero = cosmos_text_from_bytes ("a\0b\0", 4);
  g_assert_cmpstr (zero, ==,
                   "a\xef\xbf\xbd"
                   "b\xef\xbf\xbd");
}

static void test_tidy (void)
{
  static const struct {
    const char *from, *to;
  } cases[] = {
    {"", ""},
    {"Hello , world . Is it ? Yes !", "Hello, world. Is it? Yes!"},
    {"it ' s Anna ' s", "it's Anna's"},
    {"do n't I 'm she 's they 've we 're", "don't I'm she's they've we're"},
    {"ten - year $ 25 ; so : so", "ten - year $ 25 ; so : so"},
    {" . . .", "..."},
    {"a ' b ' c", "a'b'c"},
    {"I 'll go", "I 'll go"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup (cases[i].from);
    cosmos_text_tidy_spaces (text);
    g_assert_cmpstr (text, ==, cases[i].to);
  }
}

static void test_buffer (void)
{
  CosmosTextBuffer buffer = {0};
  g_autofree char *empty = cosmos_text_buffer_finish (&buffer);
  g_assert_cmpstr (empty, ==, "");
  for (int i = 0; i < 1000; i++) {
    cosmos_text_buffer_append (&buffer, "abc", 3);
    cosmos_text_buffer_append_point (&buffer, 0x1f600);
  }
  g_assert_cmpuint (buffer.length, ==, 7000);
  g_autofree char *text = cosmos_text_buffer_finish (&buffer);
  g_assert_cmpuint (strlen (text), ==, 7000);
  g_assert_true (g_str_has_prefix (text, "abc\xf0\x9f\x98\x80"
                                         "abc"));
  g_assert_null (buffer.data);
  g_assert_cmpuint (buffer.length, ==, 0);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/check", test_check);
  g_test_add_func ("/text/next", test_next);
  g_test_add_func ("/text/clean", test_clean);
  g_test_add_func ("/text/right-to-left", test_right_to_left);
  g_test_add_func ("/text/huge", test_huge);
  g_test_add_func ("/text/cut", test_cut);
  g_test_add_func ("/text/decompose", test_decompose);
  g_test_add_func ("/text/is-space", test_is_space);
  g_test_add_func ("/text/from-bytes", test_from_bytes);
  g_test_add_func ("/text/tidy", test_tidy);
  g_test_add_func ("/text/buffer", test_buffer);
  return g_test_run ();
}
