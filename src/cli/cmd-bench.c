/* cosmos bench: how fast this machine is, and how fast it could be. */

#include "cli/allocations.h"
#include "cli/engine.h"
#include "cli/json.h"
#include "cli/models.h"
#include "cli/progress.h"
#include "cli/roof.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "core/base/random.h"
#include "core/math/gemm.h"
#include "core/sample/trajectory.h"

#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LATENTS = 16, ROUNDS = 12, COUNTED = 5, MAX_COMPUTES = 4, STORY_STEPS = 25 };

extern char **environ;

static const CosmosCompute computes[MAX_COMPUTES] = {
  {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32}, /* first: what the others are compared with */
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_F32},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16},
  {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_INT8},
};

/* A network of the paper's size under one kind of products. */
typedef struct {
  CosmosCompute compute;
  double seconds, roof;                  /* of one run, the least of several */
  double to_openblas, to_roof;           /* how many times faster than the one, slower than the other; NAN: not known */
  double by_arena, by_own, by_libraries; /* allocations a run; NAN: not counted */
} Timing;

typedef struct {
  const char *name, *title;
  Timing timings[MAX_COMPUTES];
  int n;
} Table;

typedef struct {
  const CliArguments *arguments;
  CosmosPool *pool;
  CliRoof roof;
  Table step, decoder;
  double story_cold, story_warm; /* seconds; NAN: no bundle */
  double baseline_rate;          /* tokens a second; NAN: no model */
  char bundle[256], baseline[256];
} Bench;

/* ---- the paper's networks ---- */

typedef struct {
  CosmosConfig config;
  CosmosParameters *parameters;
  CosmosDenoiser *denoiser; /* one of them */
  CosmosDecompressor *decompressor;
  CosmosGraph *graph;
  float *latents;
} Network;

static void network_clear (Network *self)
{
  free (self->latents);
  cosmos_graph_free (self->graph);
  cosmos_denoiser_free (self->denoiser);
  cosmos_decompressor_free (self->decompressor);
  cosmos_parameters_free (self->parameters);
}

static bool network_init (Network *self, CosmosCompute compute, bool decoder, CosmosPool *pool, CosmosError *err)
{
  *self = (Network) {.config = cosmos_config_paper (LATENTS)};
  size_t n = (size_t) self->config.latents * (size_t) self->config.latent_width;
  self->parameters = cosmos_parameters_new_random (1, compute);
  self->graph = cosmos_graph_new (pool, cli_progress_get ());
  self->latents = malloc (n * sizeof *self->latents);
  if (!self->parameters || !self->graph || !self->latents)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a network of the paper's size");
  cosmos_random_normal (1, 0, 0, self->latents, n);
  if (decoder)
    self->decompressor = cosmos_decompressor_new (&self->config, self->parameters, err);
  else
    self->denoiser = cosmos_denoiser_new (&self->config, self->parameters, err);
  return self->denoiser || self->decompressor;
}

static bool network_run (Network *self, CosmosError *err)
{
  int64_t shape[] = {1, self->config.latents, self->config.latent_width};
  double t = 0.5;
  cosmos_graph_reset (self->graph);
  CosmosTensor *x = cosmos_graph_input (self->graph, 3, shape, self->latents);
  if (self->denoiser) {
    cosmos_denoiser_run (self->denoiser, self->graph, x, &t, x, NULL, (CosmosSource) {0});
  } else {
    CosmosTensor *hidden = cosmos_decompressor_run (self->decompressor, self->graph, x);
    cosmos_decompressor_predict (self->decompressor, self->graph, hidden);
  }
  return cosmos_graph_check (self->graph, err);
}

/* Operations of one run (spec 1.16): two a number of a matrix and row, and the attention. Bytes: every matrix once. */
static void get_work (const CosmosConfig *config, bool decoder, CosmosPrecision precision, double *operations, double *bytes)
{
  double rows = decoder ? config->tokens : config->latents, n = config->latents;
  double layers, w, matrices, once = 0, others = 0;
  if (decoder) {
    layers = config->decompressor.layers;
    w = config->decompressor.width;
    matrices = layers * (4 * w * w + 2 * w * config->decompressor.ffn) + w * config->vocabulary;
    others = layers * 2 * w * config->latent_width; /* keys and values of the latents */
    *operations = 2 * rows * matrices + 2 * n * others + layers * 4 * rows * (rows + n) * w;
  } else {
    layers = config->denoiser.layers;
    w = config->denoiser.width;
    matrices = layers * (4 * w * w + 3 * w * config->denoiser.ffn + w * w /* self-condition */);
    once = 4 * w * w + layers * w * w; /* time: one row */
    *operations = 2 * rows * matrices + 2 * once + layers * 4 * rows * rows * w;
  }
  *bytes = (matrices + once + others) * cli_precision_get_size (precision);
}

static const double ROUND_SECONDS = 2;

/* Runs a network: the least time, and what it allocates once it has what it needs. */
static bool measure (const Bench *self, CosmosCompute compute, bool decoder, Timing *timing, CosmosError *err)
{
  Network network;
  bool ok = network_init (&network, compute, decoder, self->pool, err);
  for (int i = 0; ok && i < 2; i++) /* packs, and finds its memory */
    ok = network_run (&network, err);
  *timing = (Timing) {
    .compute = compute, .seconds = INFINITY, .by_arena = NAN, .by_own = NAN, .by_libraries = NAN, .to_openblas = NAN};
  /* The least of many: other programs take the cores and the memory from time to time. */
  double begin = cli_now ();
  for (int i = 0; ok && (i < ROUNDS || cli_now () - begin < ROUND_SECONDS); i++) {
    double start = cli_now ();
    ok = network_run (&network, err);
    timing->seconds = fmin (timing->seconds, cli_now () - start);
  }
  if (ok) {
    const CosmosArena *arena = cosmos_graph_get_arena (network.graph);
    size_t chunks = cosmos_arena_get_allocations (arena);
    CliAllocations before = cli_allocations_get ();
    for (int i = 0; ok && i < COUNTED; i++)
      ok = network_run (&network, err);
    CliAllocations after = cli_allocations_get ();
    timing->by_arena = (double) (cosmos_arena_get_allocations (arena) - chunks) / COUNTED;
    if (before.own >= 0) {
      timing->by_own = (double) (after.own - before.own) / COUNTED;
      timing->by_libraries = (double) (after.libraries - before.libraries) / COUNTED;
    }
  }
  network_clear (&network);
  return ok;
}

static bool measure_all (const Bench *self, bool decoder, Table *table, CosmosError *err)
{
  for (int i = 0; i < MAX_COMPUTES; i++) {
    if (!cosmos_compute_is_available (computes[i], NULL))
      continue;
    cli_progress_show (0.1 + 0.1 * i + (decoder ? 0.4 : 0), decoder ? "decoder" : "denoising step");
    Timing *timing = &table->timings[table->n];
    if (!measure (self, computes[i], decoder, timing, err))
      return false;
    if (table->timings[0].compute.backend == COSMOS_BACKEND_OPENBLAS)
      timing->to_openblas = table->timings[0].seconds / timing->seconds;
    table->n++;
  }
  return true;
}

/* Once the roof is known for good. */
static void relate_to_roof (const Bench *self, bool decoder, Table *table)
{
  CosmosConfig config = cosmos_config_paper (LATENTS);
  for (int i = 0; i < table->n; i++) {
    Timing *timing = &table->timings[i];
    double operations, bytes;
    get_work (&config, decoder, timing->compute.precision, &operations, &bytes);
    timing->roof = cli_roof_get_time (&self->roof, timing->compute.precision, operations, bytes);
    timing->to_roof = timing->seconds / timing->roof;
  }
}

/* ---- the models that are there ---- */

/* This program as a new process, from its start to its end; NAN where it failed. */
static double time_command (char *const *argv)
{
  posix_spawn_file_actions_t actions;
  pid_t child;
  int status = -1;
  double start = cli_now ();
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (posix_spawn (&child, "/proc/self/exe", &actions, NULL, argv, environ) == 0)
    waitpid (child, &status, 0);
  posix_spawn_file_actions_destroy (&actions);
  return status == 0 ? cli_now () - start : NAN;
}

static bool time_story (Bench *self, CosmosError *err)
{
  char *path = cli_models_find_bundle (self->arguments->model, self->arguments->task, false, self->arguments->model ? err : NULL);
  if (!path)
    return !self->arguments->model;
  char steps[16], threads[16];
  snprintf (steps, sizeof steps, "%d", STORY_STEPS);
  snprintf (threads, sizeof threads, "%d", cosmos_pool_get_threads (self->pool));
  char *argv[] = {"cosmos", "generate", "--seed", "7", "--steps", steps, "--threads", threads, "--model", path, NULL};
  for (int i = 0; i < 3; i++)
    self->story_cold = fmin (self->story_cold, time_command (argv)); /* fmin passes over NAN */

  CosmosCompute compute = cosmos_compute_get_best ();
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, compute, err);
  bool ok = pipeline;
  for (int i = 0; ok && i < 4; i++) {
    CosmosSettings settings = cosmos_settings_default (cosmos_pipeline_get_config (pipeline));
    settings.steps = STORY_STEPS;
    settings.seed = 7;
    double start = cli_now ();
    CosmosTrajectory *run = cosmos_trajectory_new (pipeline, self->pool, &settings, NULL, 0, err);
    ok = run;
    while (ok && !cosmos_trajectory_is_done (run))
      ok = cosmos_trajectory_advance (run, cli_progress_get (), err);
    ok = ok && cosmos_trajectory_decode (run, STORY_STEPS, COSMOS_SHOW_X0, 0, cli_progress_get (), err);
    if (ok && i) /* the first packs */
      self->story_warm = fmin (self->story_warm, cli_now () - start);
    cosmos_trajectory_free (run);
  }
  if (ok)
    snprintf (self->bundle, sizeof self->bundle, "%s", cosmos_pipeline_get_name (pipeline));
  cosmos_pipeline_free (pipeline);
  free (path);
  return ok;
}

static bool time_baseline (Bench *self, CosmosError *err)
{
  char *path = cli_models_find_language_model (self->arguments->baseline, self->arguments->task,
                                               self->arguments->baseline ? err : NULL);
  if (!path)
    return !self->arguments->baseline;
  CosmosLanguageModel *model = cosmos_language_model_open (path, cosmos_compute_get_best (), err);
  bool ok = model;
  for (int i = 0; ok && i < 4; i++) {
    CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (model);
    settings.seed = (uint64_t) i;
    CosmosAutoregress *run = cosmos_autoregress_new (model, self->pool, &settings, NULL, 0, err);
    bool done = false;
    ok = run;
    double start = cli_now ();
    while (ok && !done)
      ok = cosmos_autoregress_advance (run, cli_progress_get (), &done, err);
    double rate = ok ? cosmos_autoregress_get_n_tokens (run) / (cli_now () - start) : 0;
    if (ok && i && rate > 0)
      self->baseline_rate = fmax (self->baseline_rate, rate);
    cosmos_autoregress_free (run);
  }
  if (ok)
    snprintf (self->baseline, sizeof self->baseline, "%s", cosmos_language_model_get_name (model));
  cosmos_language_model_free (model);
  free (path);
  return ok;
}

/* ---- what came out ---- */

static const char *const precisions[] = {"f32", "bf16", "int8"};

static void print_table (const Table *table)
{
  printf ("\n%s\n  %-14s %9s %9s %12s %8s %22s\n", table->title, "products", "ms", "roof ms", "x OpenBLAS", "x roof",
          "allocations");
  for (int i = 0; i < table->n; i++) {
    const Timing *timing = &table->timings[i];
    printf ("  %-14s %9.3f %9.3f %12.2f %8.2f %6.1f %6.1f %8.1f\n", cosmos_compute_get_name (timing->compute),
            1e3 * timing->seconds, 1e3 * timing->roof, timing->to_openblas, timing->to_roof, timing->by_arena, timing->by_own,
            timing->by_libraries);
  }
}

static void describe_backends (char *openblas, char *onednn, size_t size)
{
  cosmos_gemm_describe (COSMOS_BACKEND_OPENBLAS, openblas, size);
  cosmos_gemm_describe (COSMOS_BACKEND_ONEDNN, onednn, size);
}

static int print_text (const Bench *self)
{
  char openblas[256], onednn[256];
  describe_backends (openblas, onednn, sizeof openblas);
  printf ("machine\n  threads    %d\n  reads      %.1f GB/s\n  peak      ", cosmos_pool_get_threads (self->pool),
          self->roof.bandwidth / 1e9);
  for (int i = 0; i < 3; i++) {
    if (self->roof.peak[i] > 0)
      printf (" %s %.0f", precisions[i], self->roof.peak[i] / 1e9);
  }
  printf (" Gop/s\n  OpenBLAS   %s\n  oneDNN     %s\n", openblas, onednn);
  if (cosmos_gemm_is_slowed_by_environment ())
    printf ("  warning    OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE is set: it may slow OpenBLAS down; unset it and compare\n");
  print_table (&self->step);
  print_table (&self->decoder);
  printf ("  (the least of %d runs or more, weights random; roof: the larger of operations / peak and bytes of weights / reads;\n"
          "  allocations a run: by the arena, by malloc in our own code, by malloc in libraries)\n\n",
          ROUNDS);
  if (self->bundle[0])
    printf ("%s: %d steps, cold start of the command included %.3f s; once loaded %.3f s\n", self->bundle, STORY_STEPS,
            self->story_cold, self->story_warm);
  else
    printf ("No bundle in the models folder: no story was timed.\n");
  if (self->baseline[0])
    printf ("%s: %.0f tokens/s\n", self->baseline, self->baseline_rate);
  else
    printf ("No autoregressive model in the models folder: no baseline was timed.\n");
  return cli_finish_output ();
}

static void add_table (CliJson *json, const Table *table)
{
  yyjson_mut_val *array = cli_json_array (json, json->root, table->name);
  for (int i = 0; i < table->n; i++) {
    const Timing *timing = &table->timings[i];
    yyjson_mut_val *object = cli_json_append (json, array);
    cli_json_text (json, object, "compute", cosmos_compute_get_name (timing->compute));
    cli_json_number (json, object, "seconds", timing->seconds);
    cli_json_number (json, object, "roof_seconds", timing->roof);
    cli_json_number (json, object, "times_faster_than_openblas", timing->to_openblas);
    cli_json_number (json, object, "times_roof", timing->to_roof);
    cli_json_number (json, object, "arena_allocations_per_run", timing->by_arena);
    cli_json_number (json, object, "own_allocations_per_run", timing->by_own);
    cli_json_number (json, object, "library_allocations_per_run", timing->by_libraries);
  }
}

static int print_json (const Bench *self)
{
  char openblas[256], onednn[256];
  describe_backends (openblas, onednn, sizeof openblas);
  CliJson json = cli_json_new ("bench");
  cli_json_integer (&json, json.root, "threads", cosmos_pool_get_threads (self->pool));
  cli_json_text (&json, json.root, "openblas", openblas);
  cli_json_text (&json, json.root, "onednn", onednn);
  cli_json_bool (&json, json.root, "slowed_by_environment", cosmos_gemm_is_slowed_by_environment ());
  cli_json_number (&json, json.root, "bytes_per_second", self->roof.bandwidth);
  yyjson_mut_val *peak = cli_json_object (&json, json.root, "operations_per_second");
  for (int i = 0; i < 3; i++)
    cli_json_number (&json, peak, precisions[i], self->roof.peak[i] > 0 ? self->roof.peak[i] : NAN);
  add_table (&json, &self->step);
  add_table (&json, &self->decoder);
  yyjson_mut_val *story = cli_json_object (&json, json.root, "story");
  cli_json_text (&json, story, "model", self->bundle[0] ? self->bundle : NULL);
  cli_json_integer (&json, story, "steps", STORY_STEPS);
  cli_json_number (&json, story, "cold_seconds", self->story_cold);
  cli_json_number (&json, story, "warm_seconds", self->story_warm);
  yyjson_mut_val *baseline = cli_json_object (&json, json.root, "baseline");
  cli_json_text (&json, baseline, "model", self->baseline[0] ? self->baseline : NULL);
  cli_json_number (&json, baseline, "tokens_per_second", self->baseline_rate);
  return cli_json_finish (&json);
}

static int run_bench (const CliArguments *arguments)
{
  Bench self = {
    .arguments = arguments,
    .step = {.name = "step", .title = "One denoising step, the paper's size (16 x 768, 12 layers)"},
    .decoder = {.name = "decoder", .title = "Decoder, the paper's size (128 tokens, 12 layers, vocabulary 28,996)"},
    .story_cold = NAN,
    .story_warm = NAN,
    .baseline_rate = NAN,
  };
  CosmosError err = {0};
  cli_progress_get ();
  self.pool = cosmos_pool_new (arguments->threads);
  bool ok = (self.pool || cosmos_error_set (&err, COSMOS_STATUS_NO_MEMORY, "Out of memory for threads"))
            && cli_roof_measure (&self.roof, self.pool, &err) && measure_all (&self, false, &self.step, &err)
            && measure_all (&self, true, &self.decoder, &err) && cli_roof_measure (&self.roof, self.pool, &err)
            && time_story (&self, &err) && time_baseline (&self, &err);
  cli_progress_clear ();
  relate_to_roof (&self, false, &self.step);
  relate_to_roof (&self, true, &self.decoder);
  int result = !ok ? cli_fail (&err) : arguments->json ? print_json (&self) : print_text (&self);
  cosmos_pool_free (self.pool);
  return result;
}

const CliVerb cli_verb_bench = {
  .name = "bench",
  .words = "",
  .summary = "how fast this machine is, and could be",
  .about
  = "Measures networks of the paper's size with random weights under every kind of products that this machine has, against the OpenBLAS-only "
    "one and against the machine's own limits, which it measures first; then a story of the bundled model and the baseline's "
    "tokens per second. Takes about half a minute and 1.5 GB of memory.",
  .options = "threads model baseline task",
  .examples = "  cosmos bench\n"
              "  cosmos bench --threads 1 --json",
  .run = run_bench,
};
