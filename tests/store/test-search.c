/* Searching as people type, in what a long use of the program leaves behind. */
#include "fixture.h"

#include "store/cpg-log-query.h"
#include <string.h>

static void test_query (void)
{
  static const struct {
    const char *words, *query;
  } cases[] = {{"cat", "\"cat\"*"},
               {"  two  words\n", "\"two\"* \"words\"*"},
               {"say \"hi", "\"say\"* \"\"\"hi\"*"},
               {"a AND b", "\"a\"* \"AND\"* \"b\"*"},
               {"title:x", "\"title:x\"*"},
               {"* - \" ( )", NULL},
               {"", NULL},
               {NULL, NULL},
               {"\xff", NULL},
               {"é", "\"é\"*"}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *query = cpg_log_query_from_words (cases[i].words);
    g_assert_cmpstr (query, ==, cases[i].query);
  }
}

typedef struct {
  char *folder;
  CpgSessionLog *log;
} Fixture;

static void add (Fixture *self, const char *title, const char *source, const char *output)
{
  g_autoptr (CpgLogRun) run = fixture_run (title, output);
  g_set_str (&run->source, source);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
}

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->folder = fixture_folder_new ();
  self->log = fixture_log (self->folder);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_clear_object (&self->log);
  fixture_folder_remove (self->folder);
}

static void test_words (Fixture *self, gconstpointer data)
{
  (void) data;
  add (self, "Café Müller", "", "Lily went to the AND gate.");
  add (self, "", "straße in Zürich", "The cat's hat, 3.5 metres");
  add (self, "日本語の題", "", "Ελληνικά κείμενο");
  static const struct {
    const char *words;
    guint n;
  } cases[] = {{"cafe", 1},     {"CAFÉ", 1}, {"mull", 1},  {"zur", 1},  {"lily went", 1},   {"went lily", 1},
               {"lily cat", 0}, {"and", 1},  {"AND", 1},   {"OR", 0},   {"NOT lily", 0},    {"ca", 2},
               {"cat's", 1},    {"3.5", 1},  {"ελλην", 1}, {"日本", 1}, {"title:", 0},      {"the", 2},
               {"", 3},         {"   ", 3},  {"*", 3},     {"\"", 3},   {"\"went to\"", 1}, {"c", 2},
               {"lil* ", 1},    {"(the", 2}, {"xyzzy", 0}, {"-the", 2}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint n = fixture_count (self->log, cases[i].words);
    if (n != cases[i].n)
      g_error ("\"%s\" finds %u and not %u", cases[i].words, n, cases[i].n);
  }
}

static void test_excerpt (Fixture *self, gconstpointer data)
{
  (void) data;
  add (self, "", "",
       "Once upon a time there was a very small owl who could not sleep at night, and so she went out to see the moon.");
  g_autoptr (GPtrArray) runs = fixture_search (self->log, "slee");
  const char *excerpt = ((CpgLogRun *) runs->pdata[0])->excerpt;
  g_assert_nonnull (strstr (excerpt, "not \001sleep\002 at"));
  g_autoptr (GPtrArray) all = fixture_search (self->log, "");
  g_assert_null (((CpgLogRun *) all->pdata[0])->excerpt);
}

/* Anything that can stand in a search field is no error. */
static void test_strange (Fixture *self, gconstpointer data)
{
  (void) data;
  static const char *const pieces[] = {"\"",
                                       "'",
                                       "*",
                                       "(",
                                       ")",
                                       "AND",
                                       "OR",
                                       "NOT",
                                       "NEAR(",
                                       "^",
                                       ":",
                                       "-",
                                       "+",
                                       "{",
                                       "}",
                                       ",",
                                       ".",
                                       "cat",
                                       "\xc3\xa9",
                                       "\xff",
                                       "\xcc\x81",
                                       "\\",
                                       "%",
                                       "_",
                                       "; DROP TABLE runs",
                                       "title :",
                                       " ",
                                       "\t",
                                       "?",
                                       "\x01",
                                       "\xf0\x9f\x90\xb1",
                                       "\xe2\x80\x8b",
                                       "0",
                                       "rank",
                                       "NEAR/2",
                                       "\"\"",
                                       "a\"b",
                                       "''",
                                       "--",
                                       "/*"};
  add (self, "A cat", "", "");
  for (int i = 0; i < 500; i++) {
    g_autoptr (GString) words = g_string_new (NULL);
    for (int n = g_test_rand_int_range (1, 9); n > 0; n--)
      g_string_append (words, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    fixture_count (self->log, words->str); /* asserts that there is no error */
  }
  g_autofree char *many = g_strnfill (100000, 'x'), *quotes = g_strnfill (100000, '"');
  g_autoptr (GString) list = g_string_new (NULL);
  for (int i = 0; i < 20000; i++)
    g_string_append (list, "cat ");
  fixture_count (self->log, many);
  fixture_count (self->log, quotes);
  g_assert_cmpuint (fixture_count (self->log, list->str), ==, 1);
}

/* ---- a lot ---- */

enum { RUNS = 2000, STEPS = 50, WORDS = 60, VOCABULARY = 3000 };

/* Words with the frequencies of a language: the k-th as often as 1 / k. */
static char *make_text (void)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < WORDS; i++) {
    int k = (int) (VOCABULARY * g_test_rand_double () * g_test_rand_double () * g_test_rand_double ());
    g_string_append_printf (text, "%s%c%c%c%d", i ? " " : "", 'a' + k % 26, 'a' + k / 26 % 26, 'a' + k / 676, k % 7);
  }
  return g_string_free (text, FALSE);
}

static double seconds_since (gint64 begin)
{
  return (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
}

static void test_a_lot (Fixture *self, gconstpointer data)
{
  (void) data;
  static const char *const queries[] = {"", "a", "ab", "aba", "baa1", "aa c", "aaa0 baa1", "zz", "cat", "a b c d"};
  gint64 begin = g_get_monotonic_time ();
  for (int i = 0; i < RUNS; i++) {
    g_autofree char *output = make_text (), *source = i % 2 ? make_text () : g_strdup ("");
    g_autoptr (CpgLogRun) run = fixture_run (i == RUNS / 2 ? "the cat" : "", "");
    g_set_str (&run->source, source);
    cpg_session_log_begin_run_async (self->log, run, NULL, NULL, NULL);
    for (int k = 0; k < STEPS; k++)
      cpg_session_log_add_steps_async (self->log, run->id, fixture_steps (k, 1, output), NULL, NULL, NULL);
    run->state = CPG_LOG_DONE;
    g_set_str (&run->output, output);
    if (i % 100 == 99) {
      FIXTURE_WRITE (cpg_session_log_end_run_async, self->log, run);
    } else
      cpg_session_log_end_run_async (self->log, run, NULL, NULL, NULL);
  }
  g_test_message ("%d runs, %d steps written in %.2f s: %.1f us a step", RUNS, RUNS * STEPS, seconds_since (begin),
                  1e6 * seconds_since (begin) / (RUNS * STEPS));
  double slowest = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++) {
    begin = g_get_monotonic_time ();
    g_autoptr (GPtrArray) runs = fixture_find (self->log, &(CpgLogQuery) {.words = queries[i], .limit = 100});
    double seconds = seconds_since (begin);
    slowest = MAX (slowest, seconds);
    g_test_message ("search \"%s\": %u runs in %.1f ms", queries[i], runs->len, 1000 * seconds);
  }
  g_assert_cmpfloat (slowest, <, 2); /* 50 ms are wanted; machines differ, sanitizers more so */
  g_assert_cmpuint (fixture_count (self->log, "the cat"), ==, 1);
  GStatBuf file;
  begin = g_get_monotonic_time ();
  g_clear_object (&self->log);
  double closing = seconds_since (begin);
  begin = g_get_monotonic_time ();
  self->log = fixture_log (self->folder);
  g_assert_cmpint (g_stat (cpg_session_log_get_path (self->log), &file), ==, 0);
  g_test_message ("%.1f MB: closed in %.0f ms, opened again in %.0f ms", 1e-6 * (double) file.st_size, 1000 * closing,
                  1000 * seconds_since (begin));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/query", test_query);
#define ADD(name, function) g_test_add ("/search/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("words", test_words);
  ADD ("excerpt", test_excerpt);
  ADD ("strange", test_strange);
  ADD ("a-lot", test_a_lot);
#undef ADD
  return g_test_run ();
}
