#include "fixture.h"

#include "core/model/compressor.h"
#include "core/model/decompressor.h"
#include "core/model/denoiser.h"
#include "core/model/encoder.h"

static bool read_text (Fixture *self, const char *text, CosmosRecipe *recipe, CosmosError *err)
{
  g_autofree char *path = fixture_path (self, "recipe.ini");
  fixture_write (self, "recipe.ini", text);
  return cosmos_recipe_read (recipe, path, err);
}

static const char task[] = "[task story]\ntrain = story/train.jsonl\ntarget = text\n";

static void test_values (Fixture *self, gconstpointer unused)
{
  CosmosRecipe recipe;
  CosmosError err;
  g_autofree char *text = g_strconcat ("; a comment\n[model]\nname = mine\nseed = 18446744073709551615\ntokens = 40\n"
                                       "[denoiser]\nrate = 2.5e-4\naverage=0.9\nsource-layers = 2\n[autoencoder]\naligned = no\n"
                                       "[encoder]\nwidth = 128\n",
                                       task, "source = answer source\nshare = 0.5\n[task detox]\ntrain = detox/*.jsonl\n", NULL);
  assert_ok (read_text (self, text, &recipe, &err), &err);
  g_assert_cmpstr (recipe.name, ==, "mine");
  g_assert_true (recipe.seed == UINT64_MAX);
  g_assert_cmpint (recipe.config.tokens, ==, 40);
  g_assert_cmpfloat (recipe.denoiser.stage.rate, ==, 2.5e-4);
  g_assert_cmpfloat (recipe.denoiser.stage.average_decay, ==, .9);
  g_assert_false (recipe.autoencoder.aligned);
  g_assert_cmpint (recipe.config.compressor.width, ==, 128); /* the encoder's */
  g_assert_cmpint (recipe.config.decompressor.width, ==, 128);
  g_assert_cmpint (recipe.config.n_tasks, ==, 2);
  g_assert_cmpint (recipe.config.denoiser.tasks, ==, 2);
  g_assert_true (recipe.config.denoiser.source_input);
  g_assert_cmpstr (recipe.tasks[0].texts.source, ==, "answer source");
  g_assert_cmpfloat (recipe.tasks[0].share, ==, .5);
  g_assert_cmpstr (recipe.tasks[1].texts.target, ==, "target");
  g_assert_cmpint (recipe.baseline.sizes.context, >, 40);
}

static void test_faults (Fixture *self, gconstpointer unused)
{
  static const struct {
    const char *text, *said;
  } faults[] = {
    {"[model]\ntokns = 40\n", "[model] tokns: is not known here"},
    {"[modell]\ntokens = 40\n", "[modell] tokens: is not known here"},
    {"[model]\ntokens = 40.5\n", "[model] tokens: \"40.5\" is no whole number from 4 to 4096"},
    {"[model]\ntokens = 40 \n[encoder]\nrate = nan\n", "[encoder] rate: \"nan\" is no number from 0 to 1"},
    {"[model]\ntokens =\n", "[model] tokens: \"\" is no whole number"},
    {"[model]\nseed = -1\n", "[model] seed: \"-1\" is no whole number"},
    {"[autoencoder]\naligned = maybe\n", "[autoencoder] aligned: \"maybe\" is neither yes nor no"},
    {"[encoder]\nbatch = 10\nmicro-batch = 4\n", "[encoder] batch: 10 is not a whole number of micro-batches of 4"},
    {"[task story]\nsteps = 4\n", "[task story] steps: is not known here"},
    {"[baseline]\nheads = 3\n", "[baseline] width: 256 is not 3 heads"},
    {"[autoencoder]\nfolded = no\n", "[autoencoder] aligned: yes needs folded = yes"},
    {"nonsense\n", "line 1 is neither"},
    {"[model]\nsource-tokens = 400\n", "positions: 256 is too few"},
    {"[denoiser]\nbatch = 64\n[task other]\nnoises = 3\n", "[task other] noises: 3 does not divide the batch of 64"},
    {"[model]\nsource-tokens = 20\n[task other]\nsource-tokens = 30\n",
     "[task other] source-tokens: 30 is more than the 20 of [model] source-tokens"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (faults); i++) {
    CosmosRecipe recipe = {.seed = 77};
    CosmosError err;
    g_autofree char *text = g_strconcat (faults[i].text, task, NULL);
    g_test_message ("%s", faults[i].text);
    g_assert_false (read_text (self, text, &recipe, &err));
    g_test_message ("%s", err.message);
    g_assert_nonnull (strstr (err.message, faults[i].said));
    g_assert_cmpuint (recipe.seed, ==, 77); /* untouched */
  }
}

/* In place of the file's, whole recipes to read again. */
static void test_values_given (Fixture *self, gconstpointer unused)
{
  CosmosRecipe recipe, again;
  CosmosError err;
  g_autofree char *path = fixture_path (self, "recipe.ini"),
                  *whole = g_strconcat ("[autoencoder]\ndropout = 0.2", "\n", task, NULL);
  static const char *const values[] = {"autoencoder.dropout=0", "task story.share=0.25", "model.description=a = b"},
                           *const bad[] = {"dropout=0", "autoencoder.dropout", ".dropout=1", "autoencoder.=1", "a.b=1\n[model]"};
  char *text = NULL;
  fixture_write (self, "recipe.ini", whole);
  assert_ok (cosmos_recipe_read_with (&recipe, path, values, 3, &text, &err), &err);
  g_assert_cmpfloat (recipe.autoencoder.dropout, ==, 0);
  g_assert_cmpfloat (recipe.tasks[0].share, ==, .25);
  g_assert_cmpstr (recipe.description, ==, "a = b");
  g_assert_cmpint (recipe.config.n_tasks, ==, 1);
  fixture_write (self, "recipe.ini", text);
  free (text);
  assert_ok (cosmos_recipe_read (&again, path, &err), &err);
  g_assert_cmpfloat (again.autoencoder.dropout, ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (cosmos_recipe_read_with (&recipe, path, &bad[i], 1, &text, &err));
    g_assert_nonnull (strstr (err.message, "is no value of a recipe: SECTION.KEY=VALUE"));
  }
  const char *unknown = "autoencoder.dropp=0";
  g_assert_false (cosmos_recipe_read_with (&recipe, path, &unknown, 1, &text, &err));
  g_assert_nonnull (strstr (err.message, "[autoencoder] dropp: is not known here"));
}

static void test_missing (Fixture *self, gconstpointer unused)
{
  CosmosRecipe recipe;
  CosmosError err;
  g_assert_false (cosmos_recipe_read (&recipe, "/nowhere/recipe.ini", &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_false (read_text (self, "[model]\nname = x\n", &recipe, &err));
  g_assert_nonnull (strstr (err.message, "no [task NAME]"));
}

/* Every recipe that comes with the program can be read. */
static void test_ours (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "recipes", NULL);
  GDir *recipes = g_dir_open (folder, 0, NULL);
  const char *name;
  int n = 0;
  while ((name = g_dir_read_name (recipes))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    CosmosRecipe recipe;
    CosmosError err;
    assert_ok (cosmos_recipe_read (&recipe, path, &err), &err);
    n++;
  }
  g_dir_close (recipes);
  g_assert_cmpint (n, >=, 1);
}

/* ---- networks of the recipes that come with the program ---- */

typedef struct {
  int64_t encoder, compressor, decompressor, denoiser, baseline; /* parameters */
} Counts;

static CosmosRecipe read_ours (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "recipes", name, NULL);
  CosmosRecipe recipe;
  CosmosError err;
  assert_ok (cosmos_recipe_read (&recipe, path, &err), &err);
  return recipe;
}

/* Builds every network at its sizes. A store after the other, as the paper's are large. */
static Counts count_parameters (const CosmosRecipe *recipe)
{
  const CosmosCompute compute = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};
  Counts counts;
  CosmosError err;
#define COUNT(part, make, free_network)                                            \
  {                                                                                \
    CosmosParameters *store = cosmos_parameters_new_random (1, compute);           \
    void *network = make;                                                          \
    assert_ok (network, &err);                                                     \
    counts.part = cosmos_parameters_count (store, "");                             \
    g_test_message ("%s: %s %" G_GINT64_FORMAT, recipe->name, #part, counts.part); \
    free_network (network);                                                        \
    cosmos_parameters_free (store);                                                \
  }
  COUNT (encoder, cosmos_encoder_new (&recipe->config, store, &err), cosmos_encoder_free)
  COUNT (compressor, cosmos_compressor_new (&recipe->config, store, &err), cosmos_compressor_free)
  COUNT (decompressor, cosmos_decompressor_new (&recipe->config, store, &err), cosmos_decompressor_free)
  COUNT (denoiser, cosmos_denoiser_new (&recipe->config, store, &err), cosmos_denoiser_free)
  CosmosLanguageModelSizes sizes = recipe->baseline.sizes;
  sizes.vocabulary = recipe->config.vocabulary;
  COUNT (baseline, cosmos_language_model_new (&sizes, store, &err), cosmos_language_model_free)
#undef COUNT
  return counts;
}

/* Spec 1.2, 1.3 and 1.9: the counts that the authors' code prints. */
static void test_paper (void)
{
  CosmosRecipe recipe = read_ours ("paper.ini");
  CosmosConfig paper = cosmos_config_paper (16);
  paper.denoiser.cross_norm = recipe.config.denoiser.cross_norm; /* of networks with a source */
  g_assert_cmpmem (&recipe.config.encoder, sizeof paper.encoder, &paper.encoder, sizeof paper.encoder);
  g_assert_cmpmem (&recipe.config.compressor, sizeof paper.compressor, &paper.compressor, sizeof paper.compressor);
  g_assert_cmpint (recipe.config.tokens, ==, paper.tokens);
  g_assert_cmpint (recipe.config.vocabulary, ==, paper.vocabulary);
  g_assert_cmpfloat (recipe.config.schedule_d, ==, paper.schedule_d);
  Counts counts = count_parameters (&recipe);
  /* BERT-base (cased) without pooler, token types being folded into the positions */
  g_assert_cmpint (counts.encoder, ==, (28996 + 512 + 2) * 768 + 12 * 7087872);
  g_assert_cmpint (counts.compressor, ==, 99287040);
  g_assert_cmpint (counts.decompressor, ==, 126266162);
  g_assert_cmpint (counts.denoiser, ==, 129801216);
}

static void test_counts (void)
{
  static const struct {
    const char *name;
    double denoiser, baseline; /* millions */
  } recipes[] = {{"story.ini", 9.8, 8}, {"tiny.ini", .2, .1}};
  for (size_t i = 0; i < G_N_ELEMENTS (recipes); i++) {
    CosmosRecipe recipe = read_ours (recipes[i].name);
    Counts counts = count_parameters (&recipe);
    g_assert_cmpfloat_with_epsilon ((double) counts.denoiser / 1e6, recipes[i].denoiser, .3);
    g_assert_cmpfloat_with_epsilon ((double) counts.baseline / 1e6, recipes[i].baseline, 1);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/recipe/values", Fixture, NULL, fixture_set_up, test_values, fixture_tear_down);
  g_test_add ("/recipe/faults", Fixture, NULL, fixture_set_up, test_faults, fixture_tear_down);
  g_test_add ("/recipe/values-given", Fixture, NULL, fixture_set_up, test_values_given, fixture_tear_down);
  g_test_add ("/recipe/missing", Fixture, NULL, fixture_set_up, test_missing, fixture_tear_down);
  g_test_add_func ("/recipe/ours", test_ours);
  g_test_add_func ("/recipe/counts", test_counts);
  g_test_add_func ("/recipe/paper", test_paper);
  return g_test_run ();
}
