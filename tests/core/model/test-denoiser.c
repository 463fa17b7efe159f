#include "golden.h"

#include "core/math/linear.h"
#include "core/math/loss.h"
#include "core/model/denoiser.h"
#include "core/model/encoder.h"

#include <math.h>

typedef struct {
  Golden g;
  CosmosEncoder *encoder;
  CosmosDenoiser *denoiser;
  double t[2];
  int32_t tasks[2];
  bool *source_keep;
} Case;

static void case_open (Case *self, const char *name, CosmosCompute compute, int threads)
{
  CosmosError err = {0};
  golden_open (&self->g, name, compute, threads);
  self->encoder = cosmos_encoder_new (&self->g.config, self->g.parameters, &err);
  self->denoiser = cosmos_denoiser_new (&self->g.config, self->g.parameters, &err);
  assert_ok (self->encoder && self->denoiser, &err);
  self->tasks[0] = 2;
  self->tasks[1] = 0;
  g_autofree float *t = golden_values (&self->g, "in.t");
  self->t[0] = t[0];
  self->t[1] = t[1];
  self->source_keep = golden_keep (&self->g, "in.source_keep");
}

static void case_close (Case *self)
{
  g_free (self->source_keep);
  cosmos_encoder_free (self->encoder);
  cosmos_denoiser_free (self->denoiser);
  golden_close (&self->g);
}

static const int32_t *tasks_of (const Case *self)
{
  return self->g.config.denoiser.tasks ? self->tasks : NULL;
}

static CosmosSource source_of (Case *self)
{
  Golden *g = &self->g;
  g_autofree int32_t *ids = golden_ids (g, "in.source_ids");
  const CosmosTensorInfo *info = golden_info (g, "in.source_ids");
  CosmosTensor *h = cosmos_encoder_run (self->encoder, g->graph, ids, self->source_keep, info->shape[0], info->shape[1]);
  h = cosmos_encoder_normalise (self->encoder, g->graph, h);
  return (CosmosSource) {cosmos_denoiser_encode_source (self->denoiser, g->graph, h, self->source_keep), self->source_keep};
}

static void check (const char *name, CosmosCompute compute, double tolerance)
{
  Case c;
  case_open (&c, name, compute, 1);
  CosmosGraph *graph = c.g.graph;
  CosmosTensor *x = golden_input (&c.g, "in.x"), *guess = golden_input (&c.g, "in.guess");
  CosmosSource none = {0};
  golden_expect (&c.g, cosmos_denoiser_run (c.denoiser, graph, x, c.t, NULL, tasks_of (&c), none), "out.plain", tolerance);
  golden_expect (&c.g, cosmos_denoiser_run (c.denoiser, graph, x, c.t, guess, tasks_of (&c), none), "out.self_conditioned",
                 tolerance);
  golden_expect (&c.g, cosmos_denoiser_run (c.denoiser, graph, x, c.t, guess, tasks_of (&c), source_of (&c)), "out.sourced",
                 tolerance);
  case_close (&c);
}

/* Projections, tasks, source encoder with positions, cross-attention with a norm. */
static void test_projected (void)
{
  check ("folded", openblas, F32_TOLERANCE);
}

/* The paper's form: none of these; its cross-attention has no norm. */
static void test_paper_form (void)
{
  check ("unfolded", openblas, F32_TOLERANCE);
}

static void test_bf16 (void)
{
  CosmosCompute compute;
  if (have_bf16 (&compute))
    check ("folded", compute, BF16_TOLERANCE);
  else
    g_test_skip ("no bf16 products here");
}

/* No self-condition is one of zeros; a source of batch 1 serves all texts. */
static void test_equivalents (void)
{
  Case c;
  case_open (&c, "folded", openblas, 1);
  CosmosGraph *graph = c.g.graph;
  g_autofree float *zeros = g_new0 (float, 2 * 5 * 16);
  CosmosTensor *x = golden_input (&c.g, "in.x"), *guess = cosmos_graph_input (graph, 3, (int64_t[]) {2, 5, 16}, zeros);
  CosmosSource source = source_of (&c), first = {cosmos_graph_view (graph, *source.x), NULL};
  ((CosmosTensor *) first.x)->shape[0] = 1;
  CosmosTensor *a = cosmos_denoiser_run (c.denoiser, graph, x, c.t, NULL, c.tasks, first);
  CosmosTensor *b = cosmos_denoiser_run (c.denoiser, graph, x, c.t, guess, c.tasks, first);
  expect_near ("zeros", a->data, b->data, 2 * 5 * 16, 1e-6);
  CosmosTensor *one = cosmos_graph_input (graph, 3, (int64_t[]) {1, 5, 16}, x->data + 5 * 16);
  CosmosTensor *alone = cosmos_denoiser_run (c.denoiser, graph, one, c.t + 1, NULL, c.tasks + 1, first);
  expect_near ("batch", b->data + 5 * 16, alone->data, 5 * 16, 1e-5);
  case_close (&c);
}

/* The same bits with 1 and 2 threads; the second run takes no memory; a cancelled one ends. */
static void test_runs (void)
{
  g_autofree float *bits = NULL;
  for (int threads = 1; threads <= 2; threads++) {
    Case c;
    case_open (&c, "folded", openblas, threads);
    CosmosProgress progress = {0};
    cosmos_graph_set_progress (c.g.graph, &progress);
    size_t allocations = 0;
    for (int run = 0; run < 2; run++) {
      cosmos_graph_reset (c.g.graph);
      CosmosTensor *x = golden_input (&c.g, "in.x");
      CosmosTensor *x0 = cosmos_denoiser_run (c.denoiser, c.g.graph, x, c.t, NULL, c.tasks, source_of (&c));
      g_assert_true (cosmos_graph_check (c.g.graph, NULL));
      if (!bits)
        bits = g_memdup2 (x0->data, 2 * 5 * 16 * sizeof (float));
      g_assert_cmpmem (x0->data, 2 * 5 * 16 * sizeof (float), bits, 2 * 5 * 16 * sizeof (float));
      if (run == 1)
        g_assert_cmpuint (cosmos_arena_get_allocations (cosmos_graph_get_arena (c.g.graph)), ==, allocations);
      allocations = cosmos_arena_get_allocations (cosmos_graph_get_arena (c.g.graph));
    }
    CosmosError err = {0};
    atomic_store (&progress.cancelled, true);
    CosmosTensor *x = golden_input (&c.g, "in.x");
    CosmosTensor *x0 = cosmos_denoiser_run (c.denoiser, c.g.graph, x, c.t, NULL, c.tasks, (CosmosSource) {0});
    g_assert_false (cosmos_graph_check (c.g.graph, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
    g_assert_true (x0 == cosmos_graph_nothing (c.g.graph));
    case_close (&c);
  }
}

static void check_gradients (const char *name)
{
  Case c;
  CosmosError err = {0};
  case_open (&c, name, openblas, 2);
  Golden *g = &c.g;
  assert_ok (cosmos_parameters_make_gradients (g->parameters, &err), &err);
  cosmos_graph_start_tape (g->graph);
  CosmosTensor *x0 = cosmos_denoiser_run (c.denoiser, g->graph, golden_input (g, "in.x"), c.t, golden_input (g, "in.guess"),
                                          tasks_of (&c), source_of (&c));
  CosmosTensor *loss = cosmos_mean_squared_error (g->graph, x0, golden_input (g, "in.target"), NULL, NULL);
  golden_expect (g, loss, "out.denoiser_loss", F32_TOLERANCE);
  assert_ok (cosmos_graph_backward (g->graph, loss, &err), &err);
  golden_expect_gradients (g, (const char *const[]) {"denoiser.", NULL}, GRADIENT_TOLERANCE);
  case_close (&c);
}

static void test_gradients (void)
{
  check_gradients ("folded");
  check_gradients ("unfolded");
}

/* The loss of four noises of the golden's two texts, whose sources are read once each, or once for each noise; with the gradients of `name`. */
static float lose_noises (Case *self, bool read_once, const char *name, float **gradient)
{
  Golden *g = &self->g;
  CosmosError err = {0};
  const CosmosTensorInfo *info = golden_info (g, "in.source_ids");
  const int64_t S = info->shape[1], size = 5 * 16, shape[] = {4, 5, 16};
  g_autofree int32_t *ids = golden_ids (g, "in.source_ids"), *all_ids = g_new (int32_t, 4 * S);
  g_autofree bool *all_keep = g_new (bool, 4 * S);
  g_autofree float *x = golden_values (g, "in.x"), *noises = g_new (float, 4 * size), *zeros = g_new0 (float, 4 * size);
  const int sources = read_once ? 2 : 4;
  double t[4];
  int32_t tasks[4];
  for (int b = 0; b < 4; b++) {
    t[b] = 0.2 * (b + 1);
    tasks[b] = self->tasks[b / 2];
    for (int64_t i = 0; i < size; i++)
      noises[b * size + i] = x[b / 2 * size + i] * (b % 2 ? 0.5f : 1.0f);
  }
  for (int i = 0; i < sources; i++) {
    memcpy (all_ids + i * S, ids + i * 2 / sources * S, (gsize) S * sizeof *ids);
    memcpy (all_keep + i * S, self->source_keep + i * 2 / sources * S, (gsize) S * sizeof (bool));
  }
  assert_ok (cosmos_parameters_make_gradients (g->parameters, &err), &err);
  cosmos_graph_reset (g->graph);
  cosmos_graph_start_tape (g->graph);
  CosmosTensor *h = cosmos_encoder_run (self->encoder, g->graph, all_ids, all_keep, sources, S);
  h = cosmos_encoder_normalise (self->encoder, g->graph, h);
  CosmosSource source = {cosmos_denoiser_encode_source (self->denoiser, g->graph, h, all_keep), all_keep};
  CosmosTensor *x0 = cosmos_denoiser_run (self->denoiser, g->graph, cosmos_graph_input (g->graph, 3, shape, noises), t, NULL,
                                          tasks, source);
  CosmosTensor *loss = cosmos_mean_squared_error (g->graph, x0, cosmos_graph_input (g->graph, 3, shape, zeros), NULL, NULL);
  assert_ok (cosmos_graph_backward (g->graph, loss, &err), &err);
  *gradient = cosmos_parameters_get_gradient (g->parameters, name);
  g_assert_nonnull (*gradient);
  return loss->data[0];
}

static void test_noises_share_a_source (void)
{
  static const char *const names[] = {"denoiser.source_input.weight", "denoiser.blocks.0.cross.query.weight",
                                      "denoiser.blocks.1.cross.kv.weight", "denoiser.blocks.0.ffn.down.weight"};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    Case once, each;
    float *found, *expected;
    case_open (&once, "folded", openblas, 2);
    case_open (&each, "folded", openblas, 2);
    float a = lose_noises (&once, true, names[i], &found), b = lose_noises (&each, false, names[i], &expected);
    g_assert_cmpfloat_with_epsilon (a, b, 1e-5 * b);
    expect_near (names[i], found, expected, golden_info (&once.g, names[i])->count, GRADIENT_TOLERANCE);
    case_close (&once);
    case_close (&each);
  }
}

static void test_bad_source (void)
{
  Case c;
  CosmosError err = {0};
  case_open (&c, "folded", openblas, 1);
  g_autofree float *zeros = g_new0 (float, 16 * 48);
  CosmosSource foreign = {cosmos_graph_input (c.g.graph, 3, (int64_t[]) {1, 2, 48}, zeros), NULL};
  cosmos_denoiser_run (c.denoiser, c.g.graph, golden_input (&c.g, "in.x"), c.t, NULL, c.tasks, foreign);
  g_assert_false (cosmos_graph_check (c.g.graph, &err));
  g_assert_nonnull (strstr (err.message, "another denoiser"));
  cosmos_graph_reset (c.g.graph);
  cosmos_denoiser_encode_source (c.denoiser, c.g.graph, cosmos_graph_input (c.g.graph, 3, (int64_t[]) {1, 16, 32}, zeros), NULL);
  g_assert_false (cosmos_graph_check (c.g.graph, &err));
  g_assert_nonnull (strstr (err.message, "15 tokens"));
  case_close (&c);
}

/* Positions are added to the latents as they come in: where there is no projection, to x itself. */
static void test_positions (void)
{
  enum { B = 2, N = 3, W = 16 };
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (N);
  config.latent_width = W;
  config.denoiser = (CosmosDenoiserSizes) {
    .layers = 2, .width = W, .head = 8, .ffn = 24, .max_period = 10, .rope_theta = 10000, .source_layers = -1};
  CosmosParameters *stores[2];
  CosmosDenoiser *denoisers[2];
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  for (int i = 0; i < 2; i++) {
    config.denoiser.positions = i == 1;
    stores[i] = cosmos_parameters_new_random (5, openblas);
    denoisers[i] = cosmos_denoiser_new (&config, stores[i], &err);
    assert_ok (denoisers[i] != NULL, &err);
  }
  g_assert_cmpint (cosmos_parameters_count (stores[1], "") - cosmos_parameters_count (stores[0], ""), ==, N * W);
  const CosmosTensor *positions = cosmos_parameters_table (stores[1], N, W, "denoiser.positions");
  float x[B * N * W], moved[B * N * W];
  for (int i = 0; i < B * N * W; i++) {
    x[i] = sinf ((float) i);
    moved[i] = x[i] + positions->data[i % (N * W)];
  }
  const int64_t shape[] = {B, N, W};
  const double t[] = {.2, .9};
  CosmosTensor *a = cosmos_denoiser_run (denoisers[0], graph, cosmos_graph_input (graph, 3, shape, moved), t, NULL, NULL,
                                         (CosmosSource) {0});
  CosmosTensor *b = cosmos_denoiser_run (denoisers[1], graph, cosmos_graph_input (graph, 3, shape, x), t, NULL, NULL,
                                         (CosmosSource) {0});
  CosmosTensor *without = cosmos_denoiser_run (denoisers[0], graph, cosmos_graph_input (graph, 3, shape, x), t, NULL, NULL,
                                               (CosmosSource) {0});
  assert_ok (cosmos_graph_check (graph, &err), &err);
  expect_near ("positions", a->data, b->data, B * N * W, 1e-6);
  g_assert_true (fabsf (without->data[0] - b->data[0]) > 1e-5f);
  for (int i = 0; i < 2; i++) {
    cosmos_denoiser_free (denoisers[i]);
    cosmos_parameters_free (stores[i]);
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* A source's own latents come in where those to be denoised do, through a projection of their own; without a source there are none. */
static void test_source_latents (void)
{
  enum { B = 2, N = 3, W = 16, S = 4 };
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (N);
  config.latent_width = config.encoder.width = W;
  config.denoiser = (CosmosDenoiserSizes) {.layers = 2, .width = W, .head = 8, .ffn = 24, .max_period = 10, .rope_theta = 10000};
  CosmosParameters *stores[2];
  CosmosDenoiser *denoisers[2];
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  float x[B * N * W], moved[B * N * W], z[N * W], h[B * S * W];
  const int64_t shape[] = {B, N, W}, one[] = {1, N, W}, read[] = {B, S, W};
  const double t[] = {.2, .9};
  CosmosSource source[2];
  for (int i = 0; i < B * N * W; i++)
    x[i] = sinf ((float) i);
  for (int i = 0; i < N * W; i++)
    z[i] = cosf (3 * (float) i);
  for (int i = 0; i < B * S * W; i++)
    h[i] = sinf (2 * (float) i);
  for (int i = 0; i < 2; i++) {
    config.denoiser.source_latents = i == 1;
    stores[i] = cosmos_parameters_new_random (5, openblas);
    denoisers[i] = cosmos_denoiser_new (&config, stores[i], &err);
    assert_ok (denoisers[i] != NULL, &err);
    g_assert_true (cosmos_denoiser_has_source_latents (denoisers[i]) == (i == 1));
    source[i] = (CosmosSource) {
      .x = cosmos_denoiser_encode_source (denoisers[i], graph, cosmos_graph_input (graph, 3, read, h), NULL)};
  }
  const CosmosWeight *weight = cosmos_parameters_matrix (stores[1], W, W, "denoiser.source_latents_input.weight");
  const CosmosTensor *bias = cosmos_parameters_vector (stores[1], W, "denoiser.source_latents_input.bias");
  CosmosTensor *added = cosmos_linear (graph, cosmos_graph_input (graph, 3, one, z), weight, bias);
  for (int i = 0; i < B * N * W; i++)
    moved[i] = x[i] + added->data[i % (N * W)];
  CosmosTensor *a = cosmos_denoiser_run (denoisers[0], graph, cosmos_graph_input (graph, 3, shape, moved), t, NULL, NULL,
                                         source[0]);
  source[1].latents = cosmos_graph_input (graph, 3, one, z);
  CosmosTensor *b = cosmos_denoiser_run (denoisers[1], graph, cosmos_graph_input (graph, 3, shape, x), t, NULL, NULL, source[1]);
  CosmosTensor *none = cosmos_denoiser_run (denoisers[1], graph, cosmos_graph_input (graph, 3, shape, x), t, NULL, NULL,
                                            (CosmosSource) {0});
  CosmosTensor *plain = cosmos_denoiser_run (denoisers[0], graph, cosmos_graph_input (graph, 3, shape, x), t, NULL, NULL,
                                             (CosmosSource) {0});
  assert_ok (cosmos_graph_check (graph, &err), &err);
  expect_near ("source latents", a->data, b->data, B * N * W, 1e-6);
  expect_near ("no source", plain->data, none->data, B * N * W, 1e-6);
  g_assert_true (fabsf (plain->data[0] - b->data[0]) > 1e-5f);
  source[1].latents = NULL;
  cosmos_denoiser_run (denoisers[1], graph, cosmos_graph_input (graph, 3, shape, x), t, NULL, NULL, source[1]);
  g_assert_false (cosmos_graph_check (graph, &err));
  g_assert_nonnull (strstr (err.message, "needs the latents of a source"));
  for (int i = 0; i < 2; i++) {
    cosmos_denoiser_free (denoisers[i]);
    cosmos_parameters_free (stores[i]);
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* The authors' code prints 129,801,216 (spec 1.9). */
static void test_paper_count (void)
{
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (16);
  CosmosParameters *parameters = cosmos_parameters_new_random (0, openblas);
  CosmosDenoiser *denoiser = cosmos_denoiser_new (&config, parameters, &err);
  assert_ok (denoiser != NULL, &err);
  g_assert_false (cosmos_denoiser_has_source (denoiser));
  g_assert_cmpint (cosmos_parameters_count (parameters, ""), ==, 129801216);
  cosmos_denoiser_free (denoiser);
  cosmos_parameters_free (parameters);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/denoiser/projected", test_projected);
  g_test_add_func ("/model/denoiser/paper-form", test_paper_form);
  g_test_add_func ("/model/denoiser/bf16", test_bf16);
  g_test_add_func ("/model/denoiser/equivalents", test_equivalents);
  g_test_add_func ("/model/denoiser/runs", test_runs);
  g_test_add_func ("/model/denoiser/gradients", test_gradients);
  g_test_add_func ("/model/denoiser/noises-share-a-source", test_noises_share_a_source);
  g_test_add_func ("/model/denoiser/bad-source", test_bad_source);
  g_test_add_func ("/model/denoiser/positions", test_positions);
  g_test_add_func ("/model/denoiser/source-latents", test_source_latents);
  g_test_add_func ("/model/denoiser/paper-count", test_paper_count);
  return g_test_run ();
}
