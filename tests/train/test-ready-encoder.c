/* A BERT of others under a training of small networks: its states are measured once, and all later stages and the bundle find them. */
#include "fixture.h"

#include "core/model/convert.h"
#include "core/model/pipeline.h"
#include "train/bundle.h"
#include "train/encoder-statistics.h"
#include "train/ready-encoder.h"

#include <math.h>

typedef struct {
  Fixture fixture;
  CosmosRecipe recipe;
  CosmosTokenizer *tokenizer;
  CosmosCorpus *corpus;
  CosmosPool *pool;
  char *out, *ready, *made;
  double first, last; /* losses */
} Setting;

static const char recipe_text[]
    = "[model]\nname = small\ntokens = 8\nlatents = 4\nlatent-width = 16\nsource-tokens = 8\n"
      "[encoder]\nlayers = 2\nwidth = 16\nheads = 2\nffn = 24\npositions = 12\nnorm-eps = 1e-3\n"
      "[autoencoder]\nlayers = 1\nhead = 16\nffn = 64\nsteps = 40\nbatch = 8\nmicro-batch = 8\nwarm-up = 4\nrate = 0.003\n"
      "folded = no\naligned = no\n"
      "[denoiser]\nlayers = 2\nwidth = 32\nhead = 16\nffn = 64\nsteps = 8\nbatch = 8\nmicro-batch = 8\nwarm-up = 4\n"
      "[task story]\ntrain = story.jsonl\nvalid = story.jsonl\ntarget = text\n";
static const char stories[]
    = "{\"text\": \"the cat sat on the mat\"}\n{\"text\": \"a dog sat on a cat\"}\n{\"text\": \"the dog, the cat.\"}\n"
      "{\"text\": \"A Cat on a mat.\"}\n";

static void copy_golden (Setting *self, const char *from, const char *to)
{
  g_autofree char *contents = NULL, *source = g_build_filename (g_getenv ("GOLDEN"), "bert", from, NULL),
                  *target = g_build_filename (self->fixture.folder, "bert", to, NULL);
  gsize size;
  g_assert_true (g_file_get_contents (source, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (target, contents, (gssize) size, NULL));
}

static void convert (Setting *self, CosmosDtype dtype)
{
  g_autofree char *folder = fixture_path (&self->fixture, "bert");
  CosmosError err;
  CosmosConverted result;
  CosmosConversion what = {.input = folder, .output = self->ready, .dtype = dtype};
  assert_ok (cosmos_convert (&what, &result, NULL, &err), &err);
}

static void set_up (Setting *self, gconstpointer unused)
{
  CosmosError err;
  fixture_set_up (&self->fixture, NULL);
  fixture_write (&self->fixture, "recipe.ini", recipe_text);
  fixture_write (&self->fixture, "story.jsonl", stories);
  fixture_write (&self->fixture, "bert/here", "");
  copy_golden (self, "pretraining.safetensors", "model.safetensors");
  copy_golden (self, "config.json", "config.json");
  copy_golden (self, "vocab.txt", "vocab.txt");
  self->out = fixture_path (&self->fixture, "out");
  self->ready = fixture_path (&self->fixture, "bert.gguf");
  self->made = g_build_filename (self->out, "encoder.gguf", NULL);
  g_mkdir (self->out, 0777);
  convert (self, COSMOS_DTYPE_BF16);
  g_autofree char *path = fixture_path (&self->fixture, "recipe.ini");
  assert_ok (cosmos_recipe_read (&self->recipe, path, &err), &err);
  strcpy (self->recipe.encoder.stage.file, self->ready);
  CosmosGguf *file = cosmos_gguf_open (self->ready, &err);
  self->tokenizer = cosmos_tokenizer_new_from_gguf (file, &err);
  cosmos_gguf_free (file);
  assert_ok (self->tokenizer, &err);
  self->recipe.config.vocabulary = cosmos_tokenizer_get_size (self->tokenizer);
  self->corpus = cosmos_corpus_load (&self->recipe, self->tokenizer, self->fixture.folder, NULL, &err);
  assert_ok (self->corpus, &err);
  self->pool = cosmos_pool_new (2);
}

static void tear_down (Setting *self, gconstpointer unused)
{
  g_free (self->out);
  g_free (self->ready);
  g_free (self->made);
  cosmos_pool_free (self->pool);
  cosmos_corpus_free (self->corpus);
  cosmos_tokenizer_free (self->tokenizer);
  fixture_tear_down (&self->fixture, NULL);
}

static CosmosTraining get_training (Setting *self)
{
  return (CosmosTraining) {.recipe = &self->recipe,
                           .tokenizer = self->tokenizer,
                           .corpus = self->corpus,
                           .folder = self->out,
                           .pool = self->pool,
                           .compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32}};
}

static void hear (const CosmosTrainingReport *report, void *data)
{
  Setting *self = data;
  if (isnan (self->first))
    self->first = report->loss;
  if (isfinite (report->loss))
    self->last = report->loss;
}

static bool train (Setting *self, const char *stage, bool resume, CosmosError *err)
{
  CosmosTraining training = get_training (self);
  CosmosTrainingOptions options = {.resume = resume, .checkpoint_seconds = 1e9, .report = hear, .data = self};
  self->first = NAN;
  return cosmos_train_stage (&training, cosmos_stage_find (stage), &options, NULL, err);
}

/* Mean 0 and deviation 1 in units of their own statistics. */
static void check_statistics (Setting *self, CosmosGguf *file)
{
  CosmosError err;
  CosmosTraining training = get_training (self);
  CosmosParameters *store = cosmos_parameters_new_from_gguf (file, training.compute);
  CosmosEncoder *encoder = cosmos_encoder_new (&self->recipe.config, store, &err);
  float mean[16], std[16];
  assert_ok (encoder, &err);
  assert_ok (cosmos_encoder_statistics_measure (&training, encoder, mean, std, &err), &err);
  g_assert_cmpmem (mean, sizeof mean, cosmos_parameters_constant (store, 0, 16, "encoder.mean")->data, sizeof mean);
  g_assert_cmpmem (std, sizeof std, cosmos_parameters_constant (store, 0, 16, "encoder.std")->data, sizeof std);
  for (int i = 0; i < 16; i++)
    g_assert_cmpfloat (std[i], >, .05);
  cosmos_encoder_free (encoder);
  cosmos_parameters_free (store);
}

static void test_training (Setting *self, gconstpointer unused)
{
  CosmosError err;
  g_autofree char *bundle = fixture_path (&self->fixture, "small.gguf");
  CosmosBundleRequest request = {.output = bundle, .dtype = COSMOS_DTYPE_F32};
  assert_ok (train (self, "autoencoder", false, &err), &err);
  g_test_message ("loss %g, then %g", self->first, self->last);
  g_assert_cmpfloat (self->last, <, self->first);
  assert_ok (train (self, "denoiser", false, &err), &err);
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, NULL, &err), &err);

  CosmosGguf *ready = cosmos_gguf_open (self->ready, &err), *made = cosmos_gguf_open (self->made, &err);
  assert_ok (made, &err);
  g_assert_true (cosmos_ready_encoder_is_bare (ready));
  g_assert_false (cosmos_ready_encoder_is_bare (made));
  check_statistics (self, made);
  const char *name = "encoder.layers.1.attention.qkv.weight";
  const CosmosTensorInfo *a = cosmos_gguf_find_tensor (ready, name), *b = cosmos_gguf_find_tensor (made, name);
  g_assert_cmpint (b->dtype, ==, COSMOS_DTYPE_BF16);
  g_assert_cmpmem (a->data, a->size, b->data, b->size);
  cosmos_gguf_free (ready);
  cosmos_gguf_free (made);

  CosmosGguf *file = cosmos_gguf_open (bundle, &err);
  const char *text;
  assert_ok (file, &err);
  check_statistics (self, file);
  g_assert_true (cosmos_gguf_get_string (file, "general.provenance", &text, &err));
  g_assert_nonnull (strstr (text, "encoder from bert.gguf"));
  cosmos_gguf_free (file);
}

/* What an autoencoder was trained on stays while it goes on, and is made anew with it. */
static void test_kept (Setting *self, gconstpointer unused)
{
  CosmosError err;
  g_autofree char *before = NULL, *after = NULL;
  gsize size;
  assert_ok (train (self, "autoencoder", false, &err), &err);
  g_assert_true (g_file_get_contents (self->made, &before, &size, NULL));
  self->recipe.autoencoder.stage.steps = 50;
  assert_ok (train (self, "autoencoder", true, &err), &err);
  convert (self, COSMOS_DTYPE_F16); /* another encoder */
  self->recipe.autoencoder.stage.steps = 60;
  g_assert_false (train (self, "autoencoder", true, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, "is not the encoder of"));
  g_assert_true (g_file_get_contents (self->made, &after, &size, NULL));
  g_assert_cmpmem (before, size, after, size);
  assert_ok (train (self, "autoencoder", false, &err), &err);
  CosmosGguf *made = cosmos_gguf_open (self->made, &err);
  g_assert_cmpint (cosmos_gguf_find_tensor (made, "encoder.layers.1.attention.qkv.weight")->dtype, ==, COSMOS_DTYPE_F16);
  cosmos_gguf_free (made);
}

static void test_refused (Setting *self, gconstpointer unused)
{
  CosmosError err;
  g_assert_false (train (self, "denoiser", false, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, "the statistics of the encoder's states"));
  self->recipe.config.encoder.heads = 4;
  g_assert_false (train (self, "autoencoder", false, &err));
  g_assert_nonnull (strstr (err.message, "2 heads"));
  g_assert_false (g_file_test (self->made, G_FILE_TEST_EXISTS));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ready-encoder/training", Setting, NULL, set_up, test_training, tear_down);
  g_test_add ("/ready-encoder/kept", Setting, NULL, set_up, test_kept, tear_down);
  g_test_add ("/ready-encoder/refused", Setting, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
