/* The whole way with networks of a few numbers: that it learns, that it goes on bit by bit, and that it ends well at any moment. */
#include "fixture.h"

#include "train/bundle.h"
#include "train/checkpoint.h"

#include "core/model/pipeline.h"
#include "core/sample/autoregress.h"
#include "core/study/perplexity.h"

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
      "[denoiser]\nlayers = 2\nwidth = 32\nhead = 16\nffn = 64\nsource-layers = 1\nsource-latents = yes\nsteps = 30\nbatch = 8\n"
      "micro-batch = 4\nwarm-up = 4\naverage = 0.9\nrate = 0.003\nmuon = 2\n"
      "[baseline]\ndescription = word by word\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\nsteps = 30\nbatch = 8\nmicro-batch = 4\n"
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
  double first, last, first_measures[COSMOS_MAX_MEASURES], measures[COSMOS_MAX_MEASURES];
  int n, stop_at; /* reports; after which the progress is cancelled, 0 never */
  CosmosProgress *progress;
  int n_evaluations;
  CosmosEvaluation evaluation; /* the last one, without its samples */
  char samples[4096];          /* of it: "task<source>text|" */
  CosmosStart start;
} Heard;

static void take_evaluation (Heard *self, const CosmosEvaluation *evaluation)
{
  self->samples[0] = 0;
  for (int i = 0; i < evaluation->n_samples; i++) {
    const CosmosSample *sample = &evaluation->samples[i];
    g_autofree char *line = g_strdup_printf ("%s<%s>%s|", sample->task, sample->source ? sample->source : "", sample->text);
    g_strlcat (self->samples, line, sizeof self->samples);
  }
  self->evaluation = *evaluation;
  self->evaluation.n_samples = 0;
  self->n_evaluations++;
}

static double get_value (const Heard *self, const char *name)
{
  for (int i = 0; i < self->evaluation.n; i++)
    if (strcmp (self->evaluation.items[i].name, name) == 0)
      return self->evaluation.items[i].value;
  g_error ("no evaluation \"%s\"", name);
  return NAN;
}

static void hear (const CosmosTrainingReport *report, void *data)
{
  Heard *self = data;
  if (report->start) {
    self->start = *report->start;
    return;
  }
  if (self->n++ == 0) {
    self->first = report->loss;
    memcpy (self->first_measures, report->measures, sizeof self->first_measures);
  }
  if (isfinite (report->loss)) {
    self->last = report->loss;
    memcpy (self->measures, report->measures, sizeof self->measures);
  }
  if (report->evaluation)
    take_evaluation (self, report->evaluation);
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

/* What is finished is not made again: no texts are encoded, nothing is measured anew; with other sizes it is refused. */
static void test_finished (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard heard;
  CosmosTraining training = get_training (self);
  CosmosTrainingOptions options = {.resume = true, .checkpoint_seconds = 1e9};
  for (size_t i = 0; i < 3; i++)
    train (self, stages[i], false, 0, &heard);
  g_assert_true (train (self, "denoiser", true, 0, &heard));
  g_assert_cmpint (heard.n, ==, 0);
  self->recipe.denoiser.stage.steps = 40;
  g_assert_true (train (self, "denoiser", true, 0, &heard));
  g_assert_cmpint (heard.n, ==, 10 + 1);
  self->recipe.config.denoiser.ffn = 32;
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("denoiser"), &options, NULL, &err));
  g_assert_nonnull (strstr (err.message, "the recipe has changed"));
}

static CosmosStageKind interrupted_kind;
static CosmosProgress *interrupted_progress;
static int n_lost;

static CosmosTensor *lose_until_interrupted (void *stage, CosmosGraph *graph, int first, int count, double *measures)
{
  if (++n_lost == 6) /* the second micro-batch of the third step */
    atomic_store (&interrupted_progress->cancelled, true);
  return cosmos_stage_autoencoder.lose (stage, graph, first, count, measures);
}

/* A step that was cancelled before its end is not made, but those before it are kept. */
static void test_interrupt (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard heard;
  train (self, "encoder", false, 0, &heard);
  CosmosTraining training = get_training (self);
  CosmosTrainingOptions options = {.checkpoint_seconds = 1e9, .report_seconds = 1e9};
  bool done = true;
  interrupted_kind = cosmos_stage_autoencoder;
  interrupted_kind.lose = lose_until_interrupted;
  interrupted_progress = &self->progress;
  assert_ok (cosmos_train_stage (&training, &interrupted_kind, &options, &done, &err), &err);
  g_assert_false (done);
  g_autofree char *path = g_build_filename (self->out, "autoencoder.gguf", NULL);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  int64_t step;
  assert_ok (file && cosmos_gguf_get_integer (file, "train.step", 0, 100, &step, &err), &err);
  g_assert_cmpint (step, ==, 2);
  cosmos_gguf_free (file);
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
  g_assert_nonnull (strstr (err.message, "The stage encoder must be trained first, or be taken from a bundle"));
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

/* ---- what is measured at the end ---- */

static void test_evaluation (Setting *self, gconstpointer unused)
{
  Heard heard;
  train (self, "encoder", false, 0, &heard);
  train (self, "autoencoder", false, 0, &heard);
  g_assert_cmpint (heard.evaluation.n, ==, 8 + 5);
  double before = 1;
  for (int i = 0; i < 5; i++) {
    static const char *const names[] = {"story tokens at noise 0", "story tokens at noise 0.25", "story tokens at noise 0.5",
                                        "story tokens at noise 1", "story tokens at noise 2"};
    double found = get_value (&heard, names[i]);
    g_assert_cmpfloat (found, >=, 0);
    g_assert_cmpfloat (found, <=, before + .1); /* few texts */
    before = found;
  }
  g_assert_cmpfloat (get_value (&heard, "detox exact"), <=, get_value (&heard, "detox tokens at noise 0"));
  g_assert_cmpfloat (get_value (&heard, "story latent deviation"), >, 0);
  g_assert_cmpfloat (fabs (get_value (&heard, "story latent mean")), <, 3);
  self->recipe.denoiser.samples = 2;
  self->recipe.denoiser.sample_steps = 3;
  train (self, "denoiser", false, 0, &heard);
  g_assert_cmpint (heard.n_evaluations, ==, 1);
  g_test_message ("%s", heard.samples);
  for (int i = 0; i < heard.evaluation.n; i++)
    g_test_message ("%s %g", heard.evaluation.items[i].name, heard.evaluation.items[i].value);
  g_assert_cmpfloat (get_value (&heard, "loss at t 0.1"), <, get_value (&heard, "loss at t 0.9"));
  g_assert_cmpfloat (get_value (&heard, "detox plain loss with source"), >, 0);
  g_assert_cmpfloat (get_value (&heard, "story loss"), !=, get_value (&heard, "story loss with source"));
  g_auto (GStrv) samples = g_strsplit (heard.samples, "|", -1);
  g_assert_cmpint ((int) g_strv_length (samples), ==, 4 + 1);
  g_assert_true (g_str_has_prefix (samples[0], "story<Sally saw a dog.>"));
  g_assert_true (g_str_has_prefix (samples[3], "detox<this is a sad cat>"));
  g_autofree char *first = g_strdup (heard.samples);
  train (self, "denoiser", false, 0, &heard); /* the same texts again */
  g_assert_cmpstr (heard.samples, ==, first);
}

/* ---- a baseline of several tasks ---- */

/* Greedy; NULL with the error. */
static char *ask (Setting *self, const CosmosLanguageModel *model, const char *task, const char *source, CosmosError *err)
{
  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (NULL);
  settings.temperature = 0;
  settings.max_tokens = 20;
  CosmosAutoregress *run = cosmos_autoregress_new_for_task (model, self->pool, &settings, task, source,
                                                            source ? strlen (source) : 0, err);
  bool done = false;
  while (run && !done)
    assert_ok (cosmos_autoregress_advance (run, NULL, &done, err), err);
  char *text = run ? cosmos_autoregress_get_text (run) : NULL;
  cosmos_autoregress_free (run);
  return text;
}

/* Sum of -ln p of a text's tokens but the first. */
static double get_loss (const CosmosLanguageModel *judge, CosmosGraph *graph, const int32_t *ids, size_t n)
{
  CosmosPerplexity result;
  g_assert_true (cosmos_perplexity_tokens (judge, graph, ids, n, &result, NULL));
  return log (result.perplexity) * result.n_tokens;
}

/* A text is judged as one of its task without a source; of a task that the judge does not know, as one of its first. */
static void check_judge (Setting *self, const CosmosLanguageModel *judge)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (judge);
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  static const struct {
    const char *asked, *token;
  } cases[] = {{"story", "[STORY]"}, {"detox", "[DETOX]"}, {"summary", "[STORY]"}, {NULL, "[STORY]"}};
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosPerplexity result;
    CosmosError err;
    size_t n;
    int32_t ids[32] = {cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_CLS),
                       cosmos_tokenizer_find (tokenizer, cases[i].token),
                       cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP)};
    g_assert_true (cosmos_tokenizer_encode (tokenizer, "Tom went home.", 14, ids + 3, 29, &n, &err));
    const double want = get_loss (judge, graph, ids, n + 3) - get_loss (judge, graph, ids, 3);
    assert_ok (cosmos_perplexity (judge, graph, cases[i].asked, "Tom went home.", 14, &result, &err), &err);
    g_assert_cmpint (result.n_tokens, ==, (int) n);
    g_assert_cmpfloat_with_epsilon (log (result.perplexity) * (double) n, want, 1e-4);
    g_assert_false (cosmos_perplexity (judge, graph, cases[i].asked, "", 0, &result, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  }
  cosmos_graph_free (graph);
}

static void test_baseline_tasks (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard heard;
  g_autofree char *path = fixture_path (&self->fixture, "tasks.gguf");
  self->recipe.baseline.stage.steps = 300;
  self->recipe.baseline.sampling.temperature = 0.7;
  train (self, "baseline", false, 0, &heard);
  g_test_message ("%s", heard.samples);
  g_assert_cmpfloat (get_value (&heard, "detox perplexity"), <, 3);
  g_assert_cmpfloat (get_value (&heard, "story perplexity"), <, 3);
  CosmosBundleRequest request = {.output = path, .dtype = COSMOS_DTYPE_F32, .baseline = true};
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, NULL, &err), &err);
  CosmosLanguageModel *model = cosmos_language_model_open (path, get_training (self).compute, &err);
  assert_ok (model, &err);
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  g_assert_cmpint (cosmos_language_model_get_tasks (model)->n, ==, 2);
  g_assert_cmpfloat (cosmos_autoregress_settings_default (model).temperature, ==, 0.7);
  g_assert_cmpint (cosmos_tokenizer_get_size (tokenizer), ==, cosmos_tokenizer_get_size (self->tokenizer) + 2);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  const char *description;
  assert_ok (cosmos_gguf_get_string (file, "general.description", &description, &err), &err);
  g_assert_cmpstr (description, ==, "word by word");
  cosmos_gguf_free (file);
  g_assert_cmpint (cosmos_tokenizer_find (tokenizer, "[DETOX]"), ==,
                   cosmos_language_model_get_tasks (model)->tokens[cosmos_language_model_find_task (model, "detox")]);
  g_assert_true (cosmos_tokenizer_is_special (tokenizer, cosmos_tokenizer_find (tokenizer, "[STORY]")));
  g_assert_cmpint (cosmos_language_model_find_task (model, NULL), ==, 0);
  g_autofree char *first = ask (self, model, "detox", "go away you dog", &err),
                  *second = ask (self, model, "detox", "this is a sad cat", &err),
                  *story = ask (self, model, "story", "Tom went home.", &err), *any = ask (self, model, NULL, NULL, &err);
  g_test_message ("%s|%s|%s|%s", first, second, story, any);
  g_assert_cmpstr (first, ==, "please go");
  g_assert_cmpstr (second, ==, "this is sad");
  g_assert_true (g_str_has_prefix (story, "Tom went home."));
  g_assert_cmpuint (strlen (any), >, 0);
  g_assert_null (ask (self, model, "summary", "x", &err));
  g_assert_nonnull (strstr (err.message, "was not trained for the task \"summary\""));
  check_judge (self, model);
  cosmos_language_model_free (model);
}

/* With source-weight the source's tokens are learnt, too, which costs nothing of the target's. */
static void test_baseline_sources (Setting *self, gconstpointer unused)
{
  Heard alone, heard;
  self->recipe.baseline.stage.steps = 300;
  train (self, "baseline", false, 0, &alone);
  g_assert_true (isnan (alone.first_measures[0]));
  g_assert_cmpfloat_with_epsilon (alone.first_measures[1], alone.first, 1e-4);
  self->recipe.baseline.source_weight = .5;
  train (self, "baseline", false, 0, &heard);
  g_test_message ("loss %g, then %g; the source's %g, then %g", heard.first, heard.last, heard.first_measures[0],
                  heard.measures[0]);
  g_assert_cmpfloat_with_epsilon (heard.first_measures[1], alone.first, 1e-4);
  g_assert_cmpfloat_with_epsilon (heard.first, heard.first_measures[1] + .5 * heard.first_measures[0], 1e-4);
  g_assert_cmpfloat (heard.measures[0], <, .3 * heard.first_measures[0]);
  g_assert_cmpfloat (get_value (&heard, "detox perplexity"), <, 3);
}

/* The model of one task has no tokens of tasks: what both have is taken. */
static void test_baseline_from_one_task (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard heard;
  g_autofree char *path = fixture_path (&self->fixture, "one-task.gguf"), *source = g_strdup (self->recipe.tasks[0].texts.source);
  CosmosBundleRequest request = {.output = path, .dtype = COSMOS_DTYPE_Q8_0, .baseline = true};
  self->recipe.config.n_tasks = 1;
  *self->recipe.tasks[0].texts.source = 0;
  g_assert_true (train (self, "baseline", false, 0, &heard));
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, NULL, &err), &err);
  self->recipe.config.n_tasks = 2;
  strcpy (self->recipe.tasks[0].texts.source, source);
  strcpy (self->recipe.from, path);
  train (self, "baseline", false, 3, &heard);
  g_assert_cmpint (heard.start.n_taken, >, 0);
  g_assert_cmpint (heard.start.n_asked - heard.start.n_taken, ==, 2 * self->recipe.baseline.sizes.width);
}

/* The paper's own decompressor and its start, too. */
static void test_unfolded (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard heard;
  g_autofree char *bundle = fixture_path (&self->fixture, "unfolded.gguf");
  self->recipe.autoencoder.aligned = false;
  self->recipe.config.folded = false;
  self->recipe.config.latent_width = self->recipe.config.encoder.width;
  for (size_t i = 0; i < 3; i++) {
    g_assert_true (train (self, stages[i], false, 0, &heard));
    g_test_message ("%s: %g, then %g", stages[i], heard.first, heard.last);
    g_assert_true (i == 2 ? isfinite (heard.last) : heard.last < heard.first); /* one batch of the denoiser tells little */
  }
  CosmosBundleRequest request = {.output = bundle, .dtype = COSMOS_DTYPE_F32};
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, NULL, &err), &err);
  CosmosGguf *file = cosmos_gguf_open (bundle, &err);
  const CosmosTensorInfo *mask = cosmos_gguf_find_tensor (file, "decompressor.mask_embedding"),
                         *tokens = cosmos_gguf_find_tensor (file, "encoder.token_embedding.weight");
  const size_t width = (size_t) self->recipe.config.encoder.width,
               row = (size_t) cosmos_tokenizer_get_special (self->tokenizer, COSMOS_TOKEN_MASK);
  g_assert_cmpmem (mask->data, mask->size, (const float *) tokens->data + row * width, width * sizeof (float));
  cosmos_gguf_free (file);
}

/* Where times are drawn is the recipe's: late ones lose more. */
static void test_times (Setting *self, gconstpointer unused)
{
  Heard early, late;
  train (self, "encoder", false, 0, &early);
  train (self, "autoencoder", false, 0, &early);
  self->recipe.denoiser.t_deviation = .5;
  self->recipe.denoiser.t_mean = -3;
  train (self, "denoiser", false, 0, &early);
  self->recipe.denoiser.t_mean = 3;
  train (self, "denoiser", false, 0, &late);
  g_test_message ("early %g, late %g", early.last, late.last);
  g_assert_cmpfloat (early.last, <, late.last / 2);
}

/* Noises of a text share its source, also where micro-batches part them. */
static void test_noises (Setting *self, gconstpointer unused)
{
  Heard alone, together, apart;
  train (self, "encoder", false, 0, &alone);
  train (self, "autoencoder", false, 0, &alone);
  train (self, "denoiser", false, 0, &alone);
  for (int i = 0; i < self->recipe.config.n_tasks; i++)
    self->recipe.tasks[i].noises = 4;
  train (self, "denoiser", false, 0, &together);
  self->recipe.denoiser.stage.micro_batch = 1;
  train (self, "denoiser", false, 0, &apart);
  g_test_message ("alone %g, together %g, apart %g", alone.last, together.last, apart.last);
  g_assert_cmpfloat (together.first, !=, alone.first);
  g_assert_cmpfloat_with_epsilon (together.first, apart.first, 1e-5);
  g_assert_cmpfloat_with_epsilon (together.last, apart.last, 1e-3);
}

/* The same batch counts more often the less noise it has, up to the cap. */
static void test_snr_cap (Setting *self, gconstpointer unused)
{
  Heard plain, weighted;
  train (self, "encoder", false, 0, &plain);
  train (self, "autoencoder", false, 0, &plain);
  self->recipe.denoiser.t_deviation = .1;
  self->recipe.denoiser.t_mean = -5; /* t near .007 */
  train (self, "denoiser", false, 0, &plain);
  self->recipe.denoiser.snr_cap = 3;
  train (self, "denoiser", false, 0, &weighted);
  g_assert_cmpfloat_with_epsilon (weighted.first / plain.first, 4, 1e-3);
  self->recipe.denoiser.t_mean = 5; /* hardly anything but noise */
  train (self, "denoiser", false, 0, &weighted);
  self->recipe.denoiser.snr_cap = 0;
  train (self, "denoiser", false, 0, &plain);
  g_assert_cmpfloat_with_epsilon (weighted.first / plain.first, 1, 1e-3);
}

/* ---- from a bundle that is there already ---- */

static char *make_bundle (Setting *self)
{
  CosmosError err;
  Heard heard;
  char *bundle = fixture_path (&self->fixture, "from.gguf");
  for (size_t i = 0; i < 3; i++)
    g_assert_true (train (self, stages[i], false, 0, &heard));
  CosmosBundleRequest request = {.output = bundle, .dtype = COSMOS_DTYPE_F32};
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, NULL, &err), &err);
  g_free (self->out);
  self->out = fixture_path (&self->fixture, "second");
  g_mkdir (self->out, 0777);
  strcpy (self->recipe.from, bundle);
  return bundle;
}

static void assert_same_tensors (const char *path_a, const char *path_b, const char *prefix)
{
  CosmosError err;
  CosmosGguf *a = cosmos_gguf_open (path_a, &err), *b = cosmos_gguf_open (path_b, &err);
  g_assert_nonnull (a);
  g_assert_nonnull (b);
  int n = 0;
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (a); i++) {
    const CosmosTensorInfo *x = cosmos_gguf_get_tensor (a, i), *y = cosmos_gguf_find_tensor (b, x->name);
    if (!g_str_has_prefix (x->name, prefix))
      continue;
    g_assert_nonnull (y);
    g_assert_cmpmem (x->data, x->count * sizeof (float), y->data, y->count * sizeof (float));
    n++;
  }
  g_assert_cmpint (n, >, 0);
  cosmos_gguf_free (a);
  cosmos_gguf_free (b);
}

/* Only the denoiser is trained; encoder and autoencoder are the bundle's, which the next bundle gets unchanged. */
static void test_from (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard fresh, heard;
  g_assert_true (train (self, "encoder", false, 0, &heard));
  g_assert_true (train (self, "autoencoder", false, 0, &heard));
  g_assert_true (train (self, "denoiser", false, 0, &fresh));
  g_assert_null (fresh.start.path);
  g_autofree char *bundle = make_bundle (self), *second = fixture_path (&self->fixture, "second.gguf"),
                  *checkpoint = g_build_filename (self->out, "denoiser.gguf", NULL);
  g_assert_true (train (self, "denoiser", false, 0, &heard));
  g_assert_cmpstr (heard.start.path, ==, bundle);
  g_assert_cmpint (heard.start.n_taken, ==, heard.start.n_asked);
  g_test_message ("fresh from %g to %g, continued from %g to %g", fresh.first, fresh.last, heard.first, heard.last);
  g_assert_cmpfloat (heard.last, <, fresh.last);
  assert_same_tensors (bundle, checkpoint, "latent.");
  CosmosBundleRequest request = {.output = second, .dtype = COSMOS_DTYPE_F32};
  assert_ok (cosmos_bundle_write (&self->recipe, self->out, &request, NULL, &err), &err);
  assert_same_tensors (bundle, second, "encoder.");
  assert_same_tensors (bundle, second, "compressor.");
  assert_same_tensors (bundle, second, "decompressor.");
  CosmosGguf *file = cosmos_gguf_open (second, &err);
  const char *provenance;
  assert_ok (cosmos_gguf_get_string (file, "general.provenance", &provenance, &err), &err);
  g_assert_nonnull (strstr (provenance, "encoder from from.gguf; autoencoder from from.gguf; denoiser: 30 steps"));
  cosmos_gguf_free (file);
}

/* What does not have the recipe's shape begins anew; a checkpoint goes before the bundle. */
static void test_from_other_sizes (Setting *self, gconstpointer unused)
{
  CosmosError err;
  Heard heard;
  g_autofree char *bundle = make_bundle (self);
  CosmosTraining training = get_training (self);
  CosmosTrainingOptions options = {.checkpoint_seconds = 1e9, .report = hear, .data = &heard};
  self->recipe.config.denoiser.ffn = 96;
  train (self, "denoiser", false, 3, &heard);
  g_assert_cmpint (heard.start.n_taken, >, 0);
  g_assert_cmpint (heard.start.n_taken, <, heard.start.n_asked);
  train (self, "denoiser", true, 3, &heard);
  g_assert_null (heard.start.path);
  train (self, "baseline", false, 3, &heard); /* which that bundle does not have */
  g_assert_null (heard.start.path);
  /* Of a longer table of positions the rows that both have; the head of the masked language model is in no bundle. */
  const int64_t positions = self->recipe.config.encoder.positions, width = self->recipe.config.encoder.width;
  train (self, "encoder", false, 3, &heard);
  const int64_t missing = heard.start.n_asked - heard.start.n_taken;
  self->recipe.config.encoder.positions = (int) positions + 4;
  train (self, "encoder", false, 3, &heard);
  g_assert_cmpint (heard.start.n_asked - heard.start.n_taken, ==, missing + 4 * width);
  self->recipe.config.encoder.positions = (int) positions;
  g_autofree char *encoder = g_build_filename (self->out, "encoder.gguf", NULL);
  g_assert_cmpint (g_remove (encoder), ==, 0);
  atomic_store (&self->progress.cancelled, false);
  strcpy (self->recipe.autoencoder.stage.file, bundle);
  self->recipe.config.compressor.head = self->recipe.config.decompressor.head = 8;
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("denoiser"), &options, NULL, &err));
  g_assert_nonnull (strstr (err.message, "its autoencoder has 1 layers with heads of 16 numbers; the recipe says 1 and 8"));
  strcpy (self->recipe.encoder.stage.file, "/nowhere/bert.gguf");
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("denoiser"), &options, NULL, &err));
  g_assert_nonnull (strstr (err.message, "/nowhere/bert.gguf: there is no such file; the recipe's [encoder] file names it"));
}

static void test_from_other_tokens (Setting *self, gconstpointer unused)
{
  CosmosError err;
  size_t length;
  g_autofree char *bundle = make_bundle (self);
  CosmosTraining training = get_training (self);
  CosmosTrainingOptions options = {.checkpoint_seconds = 1e9};
  CosmosBytePairTrainer *words = cosmos_byte_pair_trainer_new (&err);
  static const char other[] = "quite another text with quite another few words in it, quite another, another";
  assert_ok (cosmos_byte_pair_trainer_add (words, other, strlen (other), &err), &err);
  char *json = cosmos_byte_pair_trainer_finish (words, cosmos_tokenizer_get_size (self->tokenizer), &length, NULL, &err);
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_json_bytes (json, length, "made", &err);
  assert_ok (tokenizer, &err);
  free (json);
  cosmos_byte_pair_trainer_free (words);
  training.tokenizer = tokenizer;
  g_assert_false (cosmos_train_stage (&training, cosmos_stage_find ("denoiser"), &options, NULL, &err));
  g_test_message ("%s", err.message);
  g_assert_nonnull (strstr (err.message, "has other tokens than this training"));
  cosmos_tokenizer_free (tokenizer);
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
  g_test_add ("/trainer/finished", Setting, NULL, set_up, test_finished, tear_down);
  g_test_add ("/trainer/interrupt", Setting, NULL, set_up, test_interrupt, tear_down);
  g_test_add ("/trainer/micro-batches", Setting, NULL, set_up, test_micro_batches, tear_down);
  g_test_add ("/trainer/faults", Setting, NULL, set_up, test_faults, tear_down);
  g_test_add ("/trainer/evaluation", Setting, NULL, set_up, test_evaluation, tear_down);
  g_test_add ("/trainer/baseline-tasks", Setting, NULL, set_up, test_baseline_tasks, tear_down);
  g_test_add ("/trainer/baseline-sources", Setting, NULL, set_up, test_baseline_sources, tear_down);
  g_test_add ("/trainer/baseline-from-one-task", Setting, NULL, set_up, test_baseline_from_one_task, tear_down);
  g_test_add ("/trainer/unfolded", Setting, NULL, set_up, test_unfolded, tear_down);
  g_test_add ("/trainer/times", Setting, NULL, set_up, test_times, tear_down);
  g_test_add ("/trainer/noises", Setting, NULL, set_up, test_noises, tear_down);
  g_test_add ("/trainer/snr-cap", Setting, NULL, set_up, test_snr_cap, tear_down);
  g_test_add ("/trainer/from", Setting, NULL, set_up, test_from, tear_down);
  g_test_add ("/trainer/from-other-sizes", Setting, NULL, set_up, test_from_other_sizes, tear_down);
  g_test_add ("/trainer/from-other-tokens", Setting, NULL, set_up, test_from_other_tokens, tear_down);
  g_test_add_func ("/trainer/rate", test_rate);
  g_test_add_func ("/trainer/places", test_places);
  return g_test_run ();
}
