#include "core/base/status.h"

#include <string.h>

#include <glib.h>

static void test_texts (void)
{
  for (int code = COSMOS_STATUS_OK; code <= COSMOS_STATUS_CORRUPT; code++) {
    g_assert_cmpstr (cosmos_status_text (code), !=, "unknown status");
    for (int other = 0; other < code; other++)
      g_assert_cmpstr (cosmos_status_text (code), !=, cosmos_status_text (other));
  }
  g_assert_cmpstr (cosmos_status_text ((CosmosStatus) 1000), ==, "unknown status");
}

static void test_set (void)
{
  CosmosError err;
  g_assert_false (cosmos_error_set (&err, COSMOS_STATUS_RANGE, "%s has %d rows", "weight", 3));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_cmpstr (err.message, ==, "weight has 3 rows");
  g_assert_false (cosmos_error_set (NULL, COSMOS_STATUS_IO, "nobody listens"));
}

static void test_prefix (void)
{
  CosmosError err;
  cosmos_error_set (&err, COSMOS_STATUS_IO, "cannot be read");
  g_assert_false (cosmos_error_prefix (&err, "%s", "model.gguf"));
  g_assert_cmpstr (err.message, ==, "model.gguf: cannot be read");
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_false (cosmos_error_prefix (NULL, "x"));
}

/* A message of any length is cut between characters: what is left is the start of the text, short by less than one. */
static void test_cut_at_a_character (void)
{
  static const char *characters[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8c\x8c"};
  for (size_t k = 0; k < G_N_ELEMENTS (characters); k++) {
    for (int shift = 0; shift < 4; shift++) {
      g_autoptr (GString) text = g_string_new (NULL);
      for (int i = 0; i < shift; i++)
        g_string_append_c (text, '-');
      while (text->len < 300)
        g_string_append (text, characters[k]);
      CosmosError err;
      cosmos_error_set (&err, COSMOS_STATUS_FORMAT, "%s", text->str);
      size_t length = strlen (err.message);
      g_assert_true (g_utf8_validate (err.message, -1, NULL));
      g_assert_cmpuint (length + strlen (characters[k]), >, sizeof err.message - 1);
      g_assert_true (g_str_has_prefix (text->str, err.message));

      cosmos_error_set (&err, COSMOS_STATUS_FORMAT, "%.*s", 120 + shift, "");
      cosmos_error_prefix (&err, "%s", text->str);
      g_assert_true (g_utf8_validate (err.message, -1, NULL));
      g_assert_true (g_str_has_prefix (text->str, err.message));
    }
  }
}

/* A prefix that leaves room for a part of the message only. */
static void test_prefix_cuts_the_message (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  while (text->len < 210)
    g_string_append (text, "\xe2\x82\xac");
  CosmosError err;
  for (size_t i = 1; i < 60; i++) {
    g_autofree char *prefix = g_strnfill (i, 'p');
    g_autofree char *whole = g_strconcat (prefix, ": ", text->str, NULL);
    cosmos_error_set (&err, COSMOS_STATUS_FORMAT, "%s", text->str);
    cosmos_error_prefix (&err, "%s", prefix);
    g_assert_true (g_utf8_validate (err.message, -1, NULL));
    g_assert_true (g_str_has_prefix (whole, err.message));
    g_assert_cmpuint (strlen (err.message), >=, MIN (strlen (whole), sizeof err.message - 3));
  }
}

/* Names out of hostile files: no control characters, no second line, no bytes that are not UTF-8; nothing else is lost. */
static void test_hostile_bytes (void)
{
  static const struct {
    const char *in, *out;
  } cases[] = {
    {"plain", "plain"},
    {"two\nlines\r\tend", "two?lines??end"},
    {"\033[31mred\177", "?[31mred?"},
    {"csi \302\2332J", "csi ??2J"},
    {"line \342\200\250sep", "line ???sep"},
    {"latin caf\xe9", "latin caf?"},
    {"caf\xe9s", "caf?s"},
    {"end \xe2\x82", "end ??"},
    {"end \xf0\x9f\x8c", "end ???"},
    {"over\xc0\xaf long", "over?? long"},
    {"half \xed\xa0\x80 pair", "half ??? pair"},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x8c", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x8c"},
    {"", ""},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err;
    cosmos_error_set (&err, COSMOS_STATUS_FORMAT, "%s", cases[i].in);
    g_assert_cmpstr (err.message, ==, cases[i].out);
  }
}

static void test_any_bytes (void)
{
  GRand *rand = g_rand_new_with_seed (1);
  for (int round = 0; round < 5000; round++) {
    char bytes[300];
    int length = g_rand_int_range (rand, 0, sizeof bytes);
    for (int i = 0; i < length; i++)
      bytes[i] = (char) g_rand_int_range (rand, round % 2 ? 1 : 0x80, 256);
    CosmosError err;
    cosmos_error_set (&err, COSMOS_STATUS_FORMAT, "%.*s", length, bytes);
    g_assert_true (g_utf8_validate (err.message, -1, NULL));
    g_assert_cmpuint (strlen (err.message), >=, MIN ((size_t) length, sizeof err.message - 1 - 3));
    for (const char *at = err.message; *at; at++)
      g_assert_false (g_ascii_iscntrl (*at));
  }
  g_rand_free (rand);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status/texts", test_texts);
  g_test_add_func ("/status/set", test_set);
  g_test_add_func ("/status/prefix", test_prefix);
  g_test_add_func ("/status/cut-at-a-character", test_cut_at_a_character);
  g_test_add_func ("/status/prefix-cuts-the-message", test_prefix_cuts_the_message);
  g_test_add_func ("/status/hostile-bytes", test_hostile_bytes);
  g_test_add_func ("/status/any-bytes", test_any_bytes);
  return g_test_run ();
}
