/* The whole way with networks of a few numbers: that it learns, that it goes on bit by bit, and that it ends well at any moment. */
#include "fixture.h"

#include "train/bundle.h"
#include "train/checkpoint.h"

#include "core/model/pipeline.h"

#include <math.h>

typedef struct {
  Fixture fixture;
  CosmosRecipe recipe;
  CosmosTokenizer *tokenizer;
  CosmosCorpus *corpus;
  CosmosPool *pool;
  CosmosProgress progress;
  char *out;
} Setting;

static const char recipe_text[]
    = "[model]\nname = small\ntokens = 12\nlatents = 4\nlatent-width = 8\nsource-tokens = 12\n"
      "[tokenizer]\nsize = 300\n"
      "[encoder]\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\npositions = 12\nsteps = 20\nbatch = 8\n"
      "micro-batch = 4\nwarm-up = 4\nmasked = 0.3\n"
      "[autoencoder]\nlayers = 1\nhead = 16\nffn = 64\nsteps = 30\nbatch = 8\nmicro-batch = 4\nwarm-up = 4\n"
      "rate = 0.003\nlatent-noise = 0.5\n"
      "[denoiser]\nlayers = 2\nwidth = 32\nhead = 16\nffn = 64\nsource-layers = 1\nsteps = 30\nbatch = 8\n"
      "micro-batch = 4\nwarm-up = 4\naverage = 0.9\nrate = 0.003\n"
      "[baseline]\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\nsteps = 30\nbatch = 8\nmicro-batch = 4\n"
      "warm-up = 4\nrate = 0.003\n"
      "[task story]\ntrain = story.jsonl\nvalid = story.jsonl\ntarget = text\nsource = first-sentence\n"
      "source-tokens = 8\nunconditional = 0.5\n"
      "[task detox]\ntrain = detox.jsonl\nvalid = detox.jsonl\nsource = source\nsource-tokens = 8\n";
static const char stories[] = "{\"text\": \"Sally saw a dog. It ran.\"}\n{\"text\": \"Tom went home. He was sad.\"}\n"
                              "{\"text\": \"A cat sat. It slept.\"}\n{\"text\": \"Tom saw Sally. They ran.\"}\n";
static const char detox[] = "{\"source\": \"go away you dog\", \"target\": \"please go\"}\n"
                            "{\"source\": \"this is a sad cat\", \"target\": \"this is sad\"}\n";

static void set_up (Setting *self, gconstpointer unused)
{
  CosmosError err;
  size_t length;
  fixture_set_up (&self->fixture, NULL);
  fixture_write (&self->fixture, "recipe.ini", recipe_text);
  fixture_write (&self->fixture, "story.jsonl", stories);
  fixture_write (&self->fixture, "detox.jsonl", detox);
  g_autofree char *path = fixture_path (&self->fixture, "recipe.ini");
  assert_ok (cosmos_recipe_read (&self->recipe, path, &err), &err);
  CosmosBytePairTrainer *words = cosmos_byte_pair_trainer_new (&err);
  assert_ok (cosmos_corpus_count_words (&self->recipe, self->fixture.folder, words, NULL, &err), &err);
  char *json = cosmos_byte_pair_trainer_finish (words, self->recipe.config.vocabulary, &length, NULL, &err);
  self->tokenizer = cosmos_tokenizer_new_from_json_bytes (json, length, "made", &err);
  assert_ok (self->tokenizer, &err);
  self->recipe.config.vocabulary = cosmos_tokenizer_get_size (self->tokenizer);
  free (json);
  cosmos_byte_pair_trainer_free (words);
  self->corpus = cosmos_corpus_load (&self->recipe, self->tokenizer, self->fixture.folder, NULL, &err);
  assert_ok (self->corpus, &err);
  self->pool = cosmos_pool_new (2);
  self->out = fixture_path (&self->fixture, "out");
  g_mkdir (self->out, 0777);
}

static void tear_down (Setting *self, gconstpointer unused)
{
  g_free (self->out);
  cosmos_pool_free (self->pool);
  cosmos_corpus_free (self->corpus);
  cosmos_tokenizer_free (self->tokenizer);
  fixture_tear_down (&self->fixture, NULL);
}

static CosmosTraining get_training (Setting *self)
{
  const CosmosCompute openblas = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  return (CosmosTraining) {.recipe = &self->recipe,
                           .tokenizer = self->tokenizer,
                           .corpus = self->corpus,
                           .folder = self->out,
                           .pool = self->pool,
                           .compute = openblas,
                           .progress = &self->progress};
}

typedef struct {
  double first, last;
  int n, stop_at; /* reports; after which the progress is cancelled, 0 never */
  CosmosProgress *progress;
  CosmosEvaluation evaluation;
} Heard;

static void hear (const CosmosTrainingReport *report, void *data)
{
  Heard *self = data;
  if (self->n++ == 0)
    self->first = report->loss;
  if (isfinite (report->loss))
    self->last = report->loss;
  if (report->evaluation)
    self->evaluation = *report->evaluation;
  if (self->n == self->stop_at)
    atomic_store (&self->progress->cancelled, true);
}

/* reports every step */
static bool train (Setting *self, const char *stage, bool resume, int stop_at, Heard *heard)
{
  CosmosError err;
  bool done = false;
  CosmosTraining training = get_training (self);
  *heard = (Heard) {.stop_at = stop_at, .progress = &self->progress};
  CosmosTrainingOptions options = {.resume = resume, .checkpoint_seconds = 1e9, .report = hear, .data = heard};
  atomic_store (&self->progress.cancelled, false);
  assert_ok (cosmos_train_stage (&training, cosmos_stage_find (stage), &options, &done, &err), &err);
  return done;
}

static const char *const stages[] = {"encoder", "autoencoder", "denoiser", "baseline"};

static void test_all_stages (Setting *self, gconstpointer unused)
{
  for (size_t i = 0; i < G_N_ELEMENTS (stages); i++) {
    Heard heard;
    g_assert_true (train (self, stages[i], false, 0, &heard));
    g_test_message ("%s: loss %g, then %g", stages[i], heard.first, heard.last);
    g_assert_true (isfinite (heard.last));
    g_assert_cmpfloat (heard.last, <, heard.first);
    g_assert_cmpint (heard.n, >=, 20);
  }
  CosmosError err;
  CosmosBundleResult result;
  g_autofree char *bundle = fixture_path (&self->fixture, "small.gguf"),
                  *baseline = fixture_path (&self->fixture, "small-ar.gguf");
  CosmosBundleRequest request = {.output = bundle, .dtype = COSMOS_DTYPE_F32};
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, &result, &err), &err);
  g_assert_cmpint (result.n_parameters, >, 10000);
  request = (CosmosBundleRequest) {.output = baseline, .dtype = COSMOS_DTYPE_F16, .baseline = true};
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, &result, &err), &err);
  /* its own latents have mean 0 and deviation 1: the statistics are those of the texts */
  CosmosPipeline *pipeline = cosmos_pipeline_open (bundle, get_training (self).compute, &err);
  assert_ok (pipeline, &err);
  g_assert_cmpint (cosmos_pipeline_get_config (pipeline)->n_tasks, ==, 2);
  cosmos_pipeline_free (pipeline);
}

/* Whole, or cut anywhere and resumed: the same bytes. */
static void test_resume (Setting *self, gconstpointer unused)
{
  Heard heard;
  for (size_t i = 0; i < G_N_ELEMENTS (stages); i++) {
    g_autofree char *name = g_strconcat (stages[i], ".gguf", NULL), *path = g_build_filename (self->out, name, NULL);
    g_assert_true (train (self, stages[i], false, 0, &heard));
    double whole = heard.last;
    CosmosError err;
    CosmosGguf *file = cosmos_gguf_open (path, &err);
    assert_ok (file, &err);
    GBytes *before[400];
    size_t n = cosmos_gguf_get_n_tensors (file);
    g_assert_cmpuint (n, <, G_N_ELEMENTS (before));
    for (size_t k = 0; k < n; k++) {
      const CosmosTensorInfo *tensor = cosmos_gguf_get_tensor (file, k);
      before[k] = g_bytes_new (tensor->data, tensor->count * sizeof (float));
    }
    cosmos_gguf_free (file);
    g_assert_cmpint (g_unlink (path), ==, 0);
    g_assert_false (train (self, stages[i], true, 7, &heard)); /* cancelled after 7 steps, with a checkpoint */
    g_assert_false (train (self, stages[i], true, 5, &heard));
    g_assert_true (train (self, stages[i], true, 0, &heard));
    g_assert_cmpfloat (heard.last, ==, whole);
    file = cosmos_gguf_open (path, &err);
    assert_ok (file, &err);
    for (size_t k = 0; k < n; k++) {
      const CosmosTensorInfo *tensor = cosmos_gguf_get_tensor (file, k);
      g_test_message ("%s", tensor->name);
      g_assert_cmpmem (tensor->data, tensor->count * sizeof (float), g_bytes_get_data (before[k], NULL),
                       g_bytes_get_size (before[k]));
      g_bytes_unref (before[k]);
    }
    cosmos_gguf_free (file);
  }
}

/* How a batch is cut changes only the order of sums. */
static void test_micro_batches (Setting *self, gconstpointer unused)
{
  Heard one, four;
  train (self, "encoder", false, 0, &one);
  self->recipe.encoder.stage.micro_batch = 8;
  train (self, "encoder", false, 0, &four);
  g_assert_cmpfloat_with_epsilon (one.last, four.last, 1e-4);
  train (self, "autoencoder", false, 0, &one);
  self->recipe.autoencoder.latent_noise = 0; /* its unit is the deviation of the micro-batch */
  train (self, "autoencoder", false, 0, &one);
  self->recipe.autoencoder.stage.micro_batch = 8;
  train (self, "autoencoder", false, 0, &four);
  g_assert_cmpfloat_with_epsilon (one.last, four.last, 1e-3);
}

static void test_faults (Setting *self, gconstpointer unused)
{
  CosmosError err;
  CosmosTraining training = get_training (self);
  CosmosTrainingOptions options = {.checkpoint_seconds = 1e9};
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("denoiser"), &options, NULL, &err));
  g_assert_nonnull (strstr (err.message, "The stage encoder must be trained first"));
  /* another recipe's checkpoint */
  Heard heard;
  train (self, "encoder", false, 3, &heard);
  self->recipe.config.encoder.ffn = 32;
  options.resume = true;
  atomic_store (&self->progress.cancelled, false);
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("encoder"), &options, NULL, &err));
  g_assert_nonnull (strstr (err.message, "the recipe has changed"));
  /* a folder that is not there */
  training.folder = "/nowhere";
  options.resume = false;
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("baseline"), &options, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
}

static void test_rate (void)
{
  CosmosStageRecipe recipe = {.steps = 110, .warm_up = 10, .rate = 1, .final_rate = .1};
  g_assert_cmpfloat_with_epsilon (cosmos_training_get_rate (&recipe, 0), .1, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosmos_training_get_rate (&recipe, 9), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosmos_training_get_rate (&recipe, 10), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosmos_training_get_rate (&recipe, 60), .55, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosmos_training_get_rate (&recipe, 110), .1, 1e-12);
  g_assert_cmpfloat_with_epsilon (cosmos_training_get_rate (&recipe, 1000), .1, 1e-12);
  for (int step = 11; step < 110; step++)
    g_assert_cmpfloat (cosmos_training_get_rate (&recipe, step), <, cosmos_training_get_rate (&recipe, step - 1));
}

static void test_places (void)
{
  CosmosPlace places[] = {{0, 3}, {1, 9}, {2, 3}, {3, 12}, {4, 9}};
  static const int want[] = {3, 1, 4, 0, 2};
  cosmos_stage_sort_places (places, 5);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (places[i].place, ==, want[i]);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/trainer/all-stages", Setting, NULL, set_up, test_all_stages, tear_down);
  g_test_add ("/trainer/resume", Setting, NULL, set_up, test_resume, tear_down);
  g_test_add ("/trainer/micro-batches", Setting, NULL, set_up, test_micro_batches, tear_down);
  g_test_add ("/trainer/faults", Setting, NULL, set_up, test_faults, tear_down);
  g_test_add_func ("/trainer/rate", test_rate);
  g_test_add_func ("/trainer/places", test_places);
  return g_test_run ();
}
