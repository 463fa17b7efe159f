/* Tiny random models with all four tasks, and texts for them. */
#pragma once

#include "core/model/convert.h"
#include "evaluate/bench.h"

#include "../model-folder.h"

#include <glib.h>

typedef struct {
  char *folder;
  CosmosPipeline *pipeline;
  CosmosLanguageModel *baseline;
  CosmosPool *pool;
} Fixture;

#define assert_ok(call, err)          \
  do {                                \
    if (!(call))                      \
      g_error ("%s", (err)->message); \
  } while (0)

static inline char *fixture_convert (const Fixture *self, const char *input, const char *output)
{
  g_autofree char *in = g_build_filename (self->folder, input, NULL);
  char *out = g_build_filename (self->folder, output, NULL);
  CosmosConversion what = {.input = in, .output = out, .dtype = COSMOS_DTYPE_F32, .name = output};
  CosmosConverted result;
  CosmosError err;
  assert_ok (cosmos_convert (&what, &result, NULL, &err), &err);
  return out;
}

/* rows: n, each an object of JSON. */
static inline void fixture_write (const Fixture *self, const char *name, const char *const *rows, size_t n)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL), *folder = g_path_get_dirname (path);
  g_autoptr (GString) lines = g_string_new (NULL);
  for (size_t i = 0; i < n; i++)
    g_string_append_printf (lines, "%s\n", rows[i]);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
}

static inline void fixture_write_texts (const Fixture *self)
{
  static const char *const story[] = {"{\"text\":\"the cat sat.\"}",
                                      "{\"text\":\"a dog ran home.\"}",
                                      "{\"text\":\"she went on a walk.\"}",
                                      "{\"text\":\"he saw the wine.\"}",
                                      "{\"text\":\"her hat is on.\"}",
                                      "{\"text\":\"the sun set in it.\"}",
                                      "{\"text\":\"the cat sat again and it was much too long a text for so small a model\"}"};
  static const char *const pairs[] = {"{\"source\":\"the silly damn cat sat\",\"target\":\"the cat sat\",\"answer\":\"a cat\"}",
                                      "{\"source\":\"the silly damn cat sat\",\"target\":\"a cat sat\",\"answer\":\"a cat\"}",
                                      "{\"source\":\"damn this rain\",\"target\":\"it rains\",\"answer\":\"rain\"}",
                                      "{\"source\":\"he is a damn liar\",\"target\":\"he is not honest\",\"answer\":\"he\"}"};
  for (int i = 0; i < 2; i++) {
    const char *part = i ? "train" : "valid";
    g_autofree char *first = g_strdup_printf ("story/%s.jsonl", part), *second = g_strdup_printf ("summary/news-%s.jsonl", part);
    g_autofree char *third = g_strdup_printf ("question/%s.jsonl", part), *fourth = g_strdup_printf ("detox/%s.jsonl", part);
    fixture_write (self, first, story, G_N_ELEMENTS (story));
    fixture_write (self, second, pairs, G_N_ELEMENTS (pairs));
    fixture_write (self, third, pairs, G_N_ELEMENTS (pairs));
    const char *many[20 * G_N_ELEMENTS (pairs)]; /* so that "damn" is no chance */
    for (size_t k = 0; k < G_N_ELEMENTS (many); k++)
      many[k] = pairs[k % G_N_ELEMENTS (pairs)];
    fixture_write (self, fourth, i ? many : pairs, i ? G_N_ELEMENTS (many) : G_N_ELEMENTS (pairs));
  }
}

static inline void fixture_set_up (Fixture *self, gconstpointer unused)
{
  (void) unused;
  const CosmosCompute compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  CosmosError err;
  self->folder = model_folder_new_temporary ();
  g_autofree char *cosmos = g_build_filename (self->folder, "cosmos", NULL),
                  *llama = g_build_filename (self->folder, "llama", NULL);
  model_folder_write_cosmos_with_sources (cosmos);
  model_folder_write_llama (llama, TRUE);
  g_autofree char *bundle = fixture_convert (self, "cosmos", "bundle.gguf"),
                  *model = fixture_convert (self, "llama", "model.gguf");
  self->pipeline = cosmos_pipeline_open (bundle, compute, &err);
  assert_ok (self->pipeline, &err);
  self->baseline = cosmos_language_model_open (model, compute, &err);
  assert_ok (self->baseline, &err);
  self->pool = cosmos_pool_new (2);
  fixture_write_texts (self);
}

static inline void fixture_tear_down (Fixture *self, gconstpointer unused)
{
  (void) unused;
  cosmos_pipeline_free (self->pipeline);
  cosmos_language_model_free (self->baseline);
  cosmos_pool_free (self->pool);
  model_folder_remove (self->folder);
}

/* Of a task; to be prepared. */
static inline CosmosBench fixture_bench (const Fixture *self, const char *task)
{
  CosmosBench bench = {.pipeline = self->pipeline,
                       .baseline = self->baseline,
                       .judge = self->baseline,
                       .pool = self->pool,
                       .settings = cosmos_settings_default (cosmos_pipeline_get_config (self->pipeline)),
                       .autoregress = cosmos_autoregress_settings_default (NULL),
                       .task = task,
                       .folder = self->folder,
                       .count = 3,
                       .batch = 2};
  g_assert_true (cosmos_examples_find_texts (task, &bench.texts));
  bench.settings.task = cosmos_config_find_task (cosmos_pipeline_get_config (self->pipeline), task);
  bench.settings.seed = 4;
  return bench;
}
