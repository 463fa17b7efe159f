/* What a row of logits says: the distribution softmax (x) of n tokens, without writing it out. */
#pragma once

#include <math.h>
#include <stdint.h>

typedef struct {
  float max;      /* the largest logit */
  double log_sum; /* ln sum exp (x - max) */
  double entropy; /* in nats */
} CosmosSoftmax;

/* Vectorised; not finite where a logit is NaN or +infinity (-infinity is a token that cannot be). n >= 1. */
CosmosSoftmax cosmos_softmax (const float *logits, int64_t n);
static inline double cosmos_softmax_log_probability (const CosmosSoftmax *self, float logit)
{
  return (double) logit - (double) self->max - self->log_sum;
}
/* The ids of the k largest, most likely first, the smaller id before an equal one; -1 where there are fewer than k. Skips NaN. */
void cosmos_softmax_top (const float *logits, int64_t n, int k, int32_t *ids);
/* weights[i] = exp ((x_i - max) / temperature); -> their sum. */
double cosmos_softmax_weights (const CosmosSoftmax *self, const float *logits, int64_t n, double temperature, float *weights);
