/* What the tests of networks share: golden tensors made with PyTorch (tools/golden/networks.py), a graph to run on, comparing. */
#pragma once

#include "core/math/graph.h"
#include "core/model/config.h"
#include "core/model/parameters.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* The largest difference of any number from PyTorch's, both in f32, on numbers up to 5; gradients are up to 4. */
#define F32_TOLERANCE 1e-5
#define GRADIENT_TOLERANCE 5e-6
/* Weights and activations rounded to 8 bits of mantissa: PyTorch rounding so differs by up to .031 (two layers). */
#define BF16_TOLERANCE 5e-2

static const CosmosCompute openblas = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};

typedef struct {
  CosmosConfig config;
  CosmosSafetensors *file;
  CosmosParameters *parameters;
  CosmosPool *pool;
  CosmosGraph *graph;
} Golden;

static inline void assert_ok (bool ok, const CosmosError *err)
{
  if (!ok)
    g_error ("%s", err->message);
}

/* name.safetensors, with the sizes of name.json where there are some. */
static inline void golden_open (Golden *self, const char *name, CosmosCompute compute, int threads)
{
  CosmosError err = {0};
  g_autofree char *path = g_strdup_printf ("%s/networks/%s.safetensors", g_getenv ("GOLDEN"), name);
  g_autofree char *sizes = g_strdup_printf ("%s/networks/%s.json", g_getenv ("GOLDEN"), name);
  *self = (Golden) {0};
  if (g_file_test (sizes, G_FILE_TEST_EXISTS))
    assert_ok (cosmos_config_read_json (&self->config, sizes, &err), &err);
  self->file = cosmos_safetensors_open (path, &err);
  assert_ok (self->file != NULL, &err);
  self->parameters = cosmos_parameters_new_from_safetensors (self->file, path, compute);
  self->pool = cosmos_pool_new (threads);
  self->graph = cosmos_graph_new (self->pool, NULL);
  g_assert_nonnull (self->graph);
}

static inline void golden_close (Golden *self)
{
  cosmos_graph_free (self->graph);
  cosmos_pool_free (self->pool);
  cosmos_parameters_free (self->parameters);
  cosmos_safetensors_free (self->file);
}

static inline const CosmosTensorInfo *golden_info (const Golden *self, const char *name)
{
  const CosmosTensorInfo *info = cosmos_safetensors_find_tensor (self->file, name);
  if (!info)
    g_error ("no %s in the golden file", name);
  return info;
}

/* g_free() it. */
static inline float *golden_values (const Golden *self, const char *name)
{
  const CosmosTensorInfo *info = golden_info (self, name);
  float *values = g_new (float, info->count);
  cosmos_dtype_to_float (info->dtype, info->data, values, info->count);
  return values;
}

static inline CosmosTensor *golden_input (Golden *self, const char *name)
{
  const CosmosTensorInfo *info = golden_info (self, name);
  g_autofree float *values = golden_values (self, name);
  return cosmos_graph_input (self->graph, info->rank, info->shape, values);
}

static inline int32_t *golden_ids (const Golden *self, const char *name)
{
  g_autofree float *values = golden_values (self, name);
  size_t n = golden_info (self, name)->count;
  int32_t *ids = g_new (int32_t, n);
  for (size_t i = 0; i < n; i++)
    ids[i] = (int32_t) values[i];
  return ids;
}

static inline bool *golden_keep (const Golden *self, const char *name)
{
  g_autofree float *values = golden_values (self, name);
  size_t n = golden_info (self, name)->count;
  bool *keep = g_new (bool, n);
  for (size_t i = 0; i < n; i++)
    keep[i] = values[i] != 0;
  return keep;
}

/* The largest difference, printed and held below the tolerance. */
static inline void expect_near (const char *what, const float *found, const float *expected, size_t n, double tolerance)
{
  double worst = 0, largest = 0;
  for (size_t i = 0; i < n; i++) {
    double difference = fabs ((double) found[i] - expected[i]);
    worst = difference > worst || isnan (difference) ? difference : worst;
    largest = fmax (largest, fabs (expected[i]));
  }
  g_test_message ("%s: largest difference %.2g on numbers up to %.3g", what, worst, largest);
  if (!(worst <= tolerance))
    g_error ("%s: differs by %g, allowed are %g (numbers up to %g)", what, worst, tolerance, largest);
}

static inline void golden_expect (Golden *self, const CosmosTensor *found, const char *name, double tolerance)
{
  CosmosError err = {0};
  assert_ok (cosmos_graph_check (self->graph, &err), &err);
  const CosmosTensorInfo *info = golden_info (self, name);
  g_assert_true (cosmos_tensor_has_shape (found, info->rank, info->shape));
  g_autofree float *values = g_new (float, info->count), *expected = golden_values (self, name);
  cosmos_tensor_copy_to (found, values);
  expect_near (name, values, expected, info->count, tolerance);
}

/* Every "grad.NAME" of the file whose NAME begins with one of the prefixes, against the store's. */
static inline void golden_expect_gradients (Golden *self, const char *const *prefixes, double tolerance)
{
  int checked = 0;
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (self->file); i++) {
    const CosmosTensorInfo *info = cosmos_safetensors_get_tensor (self->file, i);
    if (!g_str_has_prefix (info->name, "grad."))
      continue;
    const char *name = info->name + strlen ("grad.");
    for (const char *const *prefix = prefixes; *prefix; prefix++) {
      if (!g_str_has_prefix (name, *prefix))
        continue;
      float *found = cosmos_parameters_get_gradient (self->parameters, name);
      g_assert_nonnull (found);
      g_autofree float *expected = golden_values (self, info->name);
      expect_near (info->name, found, expected, info->count, tolerance);
      checked++;
    }
  }
  g_assert_cmpint (checked, >, 0);
}

/* oneDNN bf16; false where this machine or build has none. */
static inline bool have_bf16 (CosmosCompute *compute)
{
  *compute = (CosmosCompute) {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_BF16};
  return cosmos_compute_is_available (*compute, NULL);
}
