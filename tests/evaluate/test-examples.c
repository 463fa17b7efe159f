#include "fixture.h"

#include <string.h>

static CosmosExamples load (const Fixture *self, const char *task, CosmosTextsRecipe *texts)
{
  CosmosExamples examples = {0};
  CosmosError err;
  g_assert_true (cosmos_examples_find_texts (task, texts));
  assert_ok (cosmos_examples_load (&examples, texts, self->folder, NULL, &err), &err);
  return examples;
}

/* Where the program's tasks have their texts, and what becomes of rows. */
static void test_tasks (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTextsRecipe texts;
  CosmosExamples story = load (self, "story", &texts), question = load (self, "question", &texts);
  g_assert_cmpuint (story.n, ==, 7);
  g_assert_null (story.items[0].source);
  g_assert_cmpuint (question.n, ==, 3);
  g_assert_cmpstr (question.items[0].source, ==,
                   "a cat | the silly damn cat sat"); /* the answer first, so that no cut takes it */
  g_assert_cmpuint (question.items[0].n_references, ==, 2);
  g_assert_cmpstr (question.items[0].references[1], ==, "a cat sat");
  g_assert_cmpuint (question.items[1].n_references, ==, 1);
  cosmos_examples_clear (&story);
  cosmos_examples_clear (&question);
}

/* Thinning takes from all over the file and splitting takes turns; nothing is lost or there twice. */
static void test_choosing (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTextsRecipe texts;
  CosmosError err;
  for (size_t n = 1; n <= 9; n++) {
    CosmosExamples examples = load (self, "story", &texts), others;
    g_autofree char *first = g_strdup (examples.items[0].references[0]), *middle = g_strdup (examples.items[3].references[0]);
    cosmos_examples_thin (&examples, n);
    g_assert_cmpuint (examples.n, ==, n < 7 ? n : 7);
    g_assert_cmpstr (examples.items[0].references[0], ==, first);
    if (n == 2)
      g_assert_cmpstr (examples.items[1].references[0], ==, middle);
    for (size_t i = 1; i < examples.n; i++)
      g_assert_cmpstr (examples.items[i].references[0], !=, examples.items[i - 1].references[0]);
    g_autofree char *second = examples.n > 1 ? g_strdup (examples.items[1].references[0]) : NULL;
    size_t before = examples.n;
    assert_ok (cosmos_examples_split (&examples, &others, &err), &err);
    g_assert_cmpuint (examples.n, ==, (before + 1) / 2);
    g_assert_cmpuint (others.n, ==, before / 2);
    if (second)
      g_assert_cmpstr (others.items[0].references[0], ==, second);
    cosmos_examples_clear (&examples);
    cosmos_examples_clear (&others);
  }
}

static void test_nothing (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTextsRecipe texts;
  CosmosExamples examples = {0};
  CosmosError err;
  g_assert_true (cosmos_examples_find_texts ("story", &texts));
  fixture_write (self, "story/valid.jsonl", NULL, 0);
  g_assert_false (cosmos_examples_load (&examples, &texts, self->folder, NULL, &err));
  g_assert_nonnull (strstr (err.message, "there is no text"));
  g_assert_null (examples.items);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/examples/tasks", Fixture, NULL, fixture_set_up, test_tasks, fixture_tear_down);
  g_test_add ("/examples/choosing", Fixture, NULL, fixture_set_up, test_choosing, fixture_tear_down);
  g_test_add ("/examples/nothing", Fixture, NULL, fixture_set_up, test_nothing, fixture_tear_down);
  return g_test_run ();
}
