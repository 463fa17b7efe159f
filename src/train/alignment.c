#include "train/alignment.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Radians a token, from the fastest to the slowest sinusoid. */
static const double fastest = 1.5, slowest = 1.5 / 200;
static const double deviation_of_rest = .3; /* columns without a sinusoid */
enum { LEAST_SINUSOIDS = 32 };

/* Columns 0 .. n - 1 of a row: sines, then cosines, at a position. */
static void fill_row (float *row, int n, double position)
{
  int half = n / 2;
  for (int i = 0; i < half; i++) {
    double angle = position * fastest * exp (log (slowest / fastest) * i / half);
    row[i] = (float) sin (angle);
    row[half + i] = (float) cos (angle);
  }
}

/* A table's first `n` columns; the others keep their random values, scaled. step: tokens from row to row, offset: of the first. */
static void fill_table (const CosmosTensor *table, int n, double step, double offset)
{
  const int64_t columns = table->shape[1];
  for (int64_t r = 0; r < table->shape[0]; r++) {
    float *row = table->data + r * columns;
    for (int64_t i = 0; i < columns; i++)
      row[i] *= (float) (deviation_of_rest / .02); /* the deviation of random tables */
    fill_row (row, n, offset + step * (double) r);
  }
}

static float *values_of (CosmosParameters *store, int64_t out, int64_t in, const char *prefix, int layer, const char *name)
{
  return (float *) cosmos_weight_get_values (
      cosmos_parameters_matrix (store, out, in, "%s.layers.%d.attention.%s.weight", prefix, layer, name));
}

/* Keys look for what queries ask, in the columns that both have. */
static void align_layer (CosmosParameters *store, const char *prefix, int layer, int context_width, int width, int shared)
{
  float *query = values_of (store, width, width, prefix, layer, "query"),
        *context = values_of (store, 2 * width, context_width, prefix, layer, "kv_context"),
        *own = values_of (store, 2 * width, width, prefix, layer, "kv_query");
  float gain = (float) sqrt ((double) width / shared); /* products keep their size where few columns carry them */
  for (int r = 0; r < width; r++) {
    for (int i = 0; i < shared; i++) {
      query[r * width + i] *= gain;
      context[r * context_width + i] = query[r * width + i];
    }
    memcpy (own + r * width, query + r * width, (size_t) width * sizeof *own);
  }
}

void cosmos_align_autoencoder (const CosmosConfig *config, CosmosParameters *store)
{
  const int D = config->compressor.width, L = config->tokens, N = config->latents, Z = config->latent_width;
  const double step = (double) L / N;
  int shared = Z < D ? Z : D;
  if (shared < LEAST_SINUSOIDS)
    shared = D < LEAST_SINUSOIDS ? D : LEAST_SINUSOIDS;
  shared = shared < Z ? shared : Z;
  fill_table (cosmos_parameters_table (store, L, D, "compressor.positions"), D, 1, 0);
  fill_table (cosmos_parameters_table (store, N, D, "compressor.latents"), D, step, step / 2);
  fill_table (cosmos_parameters_table (store, L, D, "decompressor.queries"), shared, 1, 0);
  fill_table (cosmos_parameters_table (store, N, Z, "decompressor.latent_positions"), shared, step, step / 2);
  for (int i = 0; i < config->compressor.layers; i++)
    align_layer (store, "compressor", i, D, D, D);
  for (int i = 0; i < config->decompressor.layers; i++)
    align_layer (store, "decompressor", i, Z, D, shared);
}
