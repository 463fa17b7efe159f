#include "fixture.h"

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
    {"nonsense\n", "line 1 is neither"},
    {"[model]\nsource-tokens = 400\n", "positions: 256 is too few"},
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

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/recipe/values", Fixture, NULL, fixture_set_up, test_values, fixture_tear_down);
  g_test_add ("/recipe/faults", Fixture, NULL, fixture_set_up, test_faults, fixture_tear_down);
  g_test_add ("/recipe/missing", Fixture, NULL, fixture_set_up, test_missing, fixture_tear_down);
  g_test_add_func ("/recipe/ours", test_ours);
  return g_test_run ();
}
