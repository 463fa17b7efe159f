/* A GPT-2 as GGUF, written by other programs, against what PyTorch makes of it: tools/golden/gpt2.py. */
#include "language-golden.h"

static void open_golden (Setting *self)
{
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "gpt2.gguf", NULL);
  *self = (Setting) {0};
  set_up (self, path, "gpt2.ini");
}

static void test_golden (void)
{
  Setting setting;
  open_golden (&setting);
  const CosmosLanguageModelSizes *sizes = cosmos_language_model_get_sizes (setting.model);
  g_assert_cmpint (sizes->architecture, ==, COSMOS_LANGUAGE_GPT2);
  g_assert_true (sizes->tied);
  g_assert_cmpint (cosmos_language_model_get_begin (setting.model), ==, -1);
  test_texts (&setting, 5, 1e-4, 1e-5);
  tear_down (&setting);
}

/* Positions are learned, so that there is none behind the last one. */
static void test_context (void)
{
  Setting setting;
  CosmosError err;
  int32_t ids[121];
  open_golden (&setting);
  const int context = cosmos_language_model_get_sizes (setting.model)->context;
  g_assert_cmpint (context, ==, 120);
  for (int i = 0; i <= context; i++)
    ids[i] = i * 7 % 300;
  CosmosLanguageState *state = cosmos_language_state_new (setting.model, 1000);
  CosmosTensor *at_once = cosmos_language_state_read (state, setting.graph, ids, context);
  g_assert_true (cosmos_graph_check (setting.graph, &err));
  g_autofree float *expected = g_memdup2 (at_once->data, sizeof (float) * (gsize) cosmos_tensor_get_count (at_once));
  cosmos_language_state_clear (state);
  CosmosTensor *logits = NULL;
  for (int i = 0; i < context; i++) {
    cosmos_graph_reset (setting.graph);
    logits = cosmos_language_state_read (state, setting.graph, ids + i, 1);
  }
  for (int64_t i = 0; i < cosmos_tensor_get_count (logits); i++)
    g_assert_cmpfloat_with_epsilon (logits->data[i], expected[i], 1e-4);
  cosmos_language_state_read (state, setting.graph, ids, 1);
  g_assert_false (cosmos_graph_check (setting.graph, &err));
  g_assert_nonnull (strstr (err.message, "1 tokens do not fit behind 120 of at most 120"));
  cosmos_graph_reset (setting.graph);
  cosmos_language_model_run (setting.model, setting.graph, ids, 1, context + 1);
  g_assert_false (cosmos_graph_check (setting.graph, &err));
  g_assert_nonnull (strstr (err.message, "at most 120 tokens"));
  cosmos_language_state_free (state);
  tear_down (&setting);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gpt2/golden", test_golden);
  g_test_add_func ("/gpt2/context", test_context);
  return g_test_run ();
}
