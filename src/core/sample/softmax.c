#include "core/sample/softmax.h"

#include "core/math/functions.h"

enum {
  LANES = 16,   /* sums that run side by side, so that the compiler may use vectors */
  CHUNK = 4096, /* numbers that are summed in float; chunks are summed in double */
  BLOCK = 64,
};

COSMOS_SIMD_CLONES static float largest (const float *x, int64_t n)
{
  float lanes[LANES], max = -INFINITY;
  int64_t i = 0;
  for (int j = 0; j < LANES; j++)
    lanes[j] = -INFINITY;
  for (; i + LANES <= n; i += LANES)
    for (int j = 0; j < LANES; j++)
      lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
  for (int j = 0; j < LANES; j++)
    max = lanes[j] > max ? lanes[j] : max;
  for (; i < n; i++)
    max = x[i] > max ? x[i] : max;
  return max;
}

/* Below e^-100 a token adds nothing, and -infinity times 0 is kept out of the moment. */
COSMOS_SIMD_INLINE float distance (float x, float max)
{
  float d = x - max;
  return cosmos_choose (d < -100.0f, -100.0f, d);
}

/* Adds sum exp (d) and sum d exp (d), d = x - max. */
COSMOS_SIMD_CLONES static void add_moments (const float *x, float max, int64_t n, double moments[2])
{
  float sum[LANES] = {0}, first[LANES] = {0};
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int j = 0; j < LANES; j++) {
      float d = distance (x[i + j], max), e = cosmos_exp (d);
      sum[j] += e;
      first[j] += d * e;
    }
  for (int j = 0; i + j < n; j++) {
    float d = distance (x[i + j], max), e = cosmos_exp (d);
    sum[j] += e;
    first[j] += d * e;
  }
  for (int j = 0; j < LANES; j++) {
    moments[0] += (double) sum[j];
    moments[1] += (double) first[j];
  }
}

CosmosSoftmax cosmos_softmax (const float *logits, int64_t n)
{
  float max = largest (logits, n);
  double moments[2] = {0};
  for (int64_t i = 0; i < n; i += CHUNK)
    add_moments (logits + i, max, n - i < CHUNK ? n - i : CHUNK, moments);
  double log_sum = log (moments[0]);
  return (CosmosSoftmax) {max, log_sum, log_sum - moments[1] / moments[0]};
}

/* Puts id into the list of the best, before the first that is smaller. */
static void insert (const float *logits, int k, int32_t *ids, int32_t id)
{
  int place = k - 1;
  for (; place > 0 && (ids[place - 1] < 0 || logits[ids[place - 1]] < logits[id]); place--)
    ids[place] = ids[place - 1];
  ids[place] = id;
}

/* Whole blocks are passed over when their largest is not among the best so far. */
void cosmos_softmax_top (const float *logits, int64_t n, int k, int32_t *ids)
{
  for (int i = 0; i < k; i++)
    ids[i] = -1;
  for (int64_t start = 0; start < n; start += BLOCK) {
    int64_t end = start + BLOCK < n ? start + BLOCK : n;
    if (ids[k - 1] >= 0 && !(largest (logits + start, end - start) > logits[ids[k - 1]]))
      continue;
    for (int64_t i = start; i < end; i++)
      if (ids[k - 1] < 0 ? !isnan (logits[i]) : logits[i] > logits[ids[k - 1]])
        insert (logits, k, ids, (int32_t) i);
  }
}

COSMOS_SIMD_CLONES static void fill_weights (const float *x, float max, float scale, int64_t n, float *restrict weights)
{
  for (int64_t i = 0; i < n; i++)
    weights[i] = cosmos_exp ((x[i] - max) * scale);
}

double cosmos_softmax_weights (const CosmosSoftmax *self, const float *logits, int64_t n, double temperature, float *weights)
{
  double sum = 0;
  fill_weights (logits, self->max, (float) (1.0 / temperature), n, weights);
  for (int64_t i = 0; i < n; i++)
    sum += (double) weights[i];
  return sum;
}
