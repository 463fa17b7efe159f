/* A language model of others, SmolLM2-135M-Instruct as GGUF (Q4_1, Q8_0), against what other programs make of it: tools/golden/smollm2.py. */
#include "fetched.h"
#include "language-golden.h"

#include "core/sample/autoregress.h"
#include "core/sample/instruction.h"

#include <stdlib.h>

/* In f32 on both sides; what differs is the order of sums in 30 layers. Logits go up to 30. */
static void test_golden (void)
{
  Setting setting = {0};
  g_autofree char *path = fetched_find ("fetch-smollm2.py");
  if (!path)
    return;
  set_up (&setting, path, "smollm2.ini");
  g_assert_cmpint (cosmos_language_model_get_begin (setting.model), ==, -1); /* its file says: none is put before a text */
  test_texts (&setting, 6, 1e-3, 1e-4);
  tear_down (&setting);
}

/* It was tuned to talk: asked for a task in the turns of its template, it answers, and ends by their mark. */
static void test_asked (void)
{
  static const char source[]
      = "Tom: Are you coming tonight? Ann: No, I have to work until ten. Tom: A pity. We will eat pizza at my place.";
  Setting setting = {0};
  CosmosError err;
  g_autofree char *path = fetched_find ("fetch-smollm2.py");
  if (!path)
    return;
  set_up (&setting, path, "smollm2.ini");
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (setting.model);
  g_assert_cmpint (cosmos_asking_find (setting.model, "summary"), ==, COSMOS_ASKING_INSTRUCTION);
  g_assert_cmpint (cosmos_asking_find (setting.model, NULL), ==, COSMOS_ASKING_CONTINUE);
  g_assert_cmpint (cosmos_instruction_get_end (setting.model), ==, 2);
  char *turns = cosmos_instruction_new ("summary", source, strlen (source));
  int32_t ids[512];
  size_t n, marks = 0;
  g_assert_true (cosmos_tokenizer_encode (tokenizer, turns, strlen (turns), ids, G_N_ELEMENTS (ids), &n, &err));
  for (size_t i = 0; i < n; i++)
    marks += ids[i] == 1 || ids[i] == 2;
  g_assert_cmpuint (marks, ==, 5); /* two turns and the beginning of a third */
  free (turns);

  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (NULL);
  settings.temperature = 0;
  CosmosAutoregress *writer = cosmos_autoregress_new_for_task (setting.model, setting.pool, &settings, "summary", source,
                                                               strlen (source), &err);
  g_assert_nonnull (writer);
  bool done = false;
  while (!done)
    g_assert_true (cosmos_autoregress_advance (writer, NULL, &done, &err));
  g_assert_cmpint (cosmos_autoregress_get_n_tokens (writer), >, 4);
  g_assert_cmpint (cosmos_autoregress_get_n_tokens (writer), <, settings.max_tokens);
  char *text = cosmos_autoregress_get_text (writer);
  g_test_message ("%s", text);
  g_assert_null (strstr (text, "Summarize"));
  g_assert_nonnull (strstr (text, "Tom"));
  free (text);
  cosmos_autoregress_free (writer);
  tear_down (&setting);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/language-model/smollm2", test_golden);
  g_test_add_func ("/language-model/smollm2-asked", test_asked);
  return g_test_run ();
}
