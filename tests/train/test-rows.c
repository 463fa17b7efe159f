#include "train/rows.h"

#include "fixture.h"

typedef struct {
  GString *all; /* target < source; ... */
  int left;     /* rows until the reading is to end */
} Taken;

static bool take (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err)
{
  Taken *self = data;
  g_string_append_len (self->all, target.data, (gssize) target.length);
  if (source.data) {
    g_string_append (self->all, " < ");
    g_string_append_len (self->all, source.data, (gssize) source.length);
  }
  g_string_append (self->all, "; ");
  return --self->left != 0 || cosmos_error_set (err, COSMOS_STATUS_RANGE, "enough");
}

static bool read_rows (const Fixture *self, const char *patterns, const char *source, int left, char **all, CosmosError *err)
{
  CosmosTextsRecipe recipe = {.target = "target"};
  Taken taken = {g_string_new (NULL), left};
  strcpy (recipe.source, source);
  bool ok = cosmos_rows_read (&recipe, self->folder, patterns, take, &taken, NULL, err);
  *all = g_string_free (taken.all, FALSE);
  return ok;
}

static void test_rows (Fixture *self, gconstpointer unused)
{
  static const struct {
    const char *patterns, *source, *expected;
  } cases[] = {
    {"a.jsonl", "", "One. Two!; Three; "},
    {"a.jsonl", "text", "One. Two! < x; Three < y; "},
    {"a.jsonl", "more text", "One. Two! < 1 | x; Three < 2 | y; "},
    {"a.jsonl", "first-sentence", "One. Two! < One.; Three < Three; "},
    {"b.jsonl a.jsonl", "", "Four; One. Two!; Three; "},
    {"?.jsonl", "", "One. Two!; Three; Four; "},
  };
  CosmosError err;
  fixture_write (
      self, "a.jsonl",
      "{\"target\":\"One. Two!\",\"text\":\"x\",\"more\":\"1\"}\n\n{\"target\":\"Three\",\"text\":\"y\",\"more\":\"2\"}\n");
  fixture_write (self, "b.jsonl", "{\"target\":\"Four\"}");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *all = NULL;
    assert_ok (read_rows (self, cases[i].patterns, cases[i].source, -1, &all, &err), &err);
    g_assert_cmpstr (all, ==, cases[i].expected);
  }
}

static void test_refusals (Fixture *self, gconstpointer unused)
{
  CosmosError err;
  char *all;
  fixture_write (self, "a.jsonl", "{\"target\":\"One\"}\n{\"target\":2}\n");
  fixture_write (self, "b.jsonl", "{\"target\":\"One\"}\nnonsense\n");
  g_assert_false (read_rows (self, "a.jsonl", "", -1, &all, &err));
  g_assert_nonnull (strstr (err.message, "line 2 has no text \"target\""));
  g_free (all);
  g_assert_false (read_rows (self, "b.jsonl", "", -1, &all, &err));
  g_assert_nonnull (strstr (err.message, "line 2 is not JSON"));
  g_free (all);
  g_assert_false (read_rows (self, "a.jsonl", "source", -1, &all, &err));
  g_assert_nonnull (strstr (err.message, "line 1 has no text \"source\""));
  g_free (all);
  g_assert_false (read_rows (self, "none*.jsonl", "", -1, &all, &err));
  g_assert_nonnull (strstr (err.message, "no such file"));
  g_free (all);
  g_assert_false (read_rows (self, "b.jsonl", "", 1, &all, &err)); /* the callback's own failure comes out */
  g_assert_cmpstr (err.message, ==, "enough");
  g_free (all);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/rows/rows", Fixture, NULL, fixture_set_up, test_rows, fixture_tear_down);
  g_test_add ("/rows/refusals", Fixture, NULL, fixture_set_up, test_refusals, fixture_tear_down);
  return g_test_run ();
}
