#include "core/math/attention.h"
#include "core/base/simd.h"
#include "core/math/functions.h"
#include "core/math/vector.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* The products of one head are small and many: single-threaded calls of CBLAS, one head to a thread. Measured for heads of 64, they beat plain
 * loops from 1 to 128 queries. */

enum {
  MAX_BLOCKS = 64,   /* of heads, each with scratch of its own */
  MAX_QUERIES = 128, /* at once: their scores stay in the second-level cache */
};

/* Numbers multiplied, below which a second thread is not worth waking (about 10 microseconds). */
static const double smallest_shared_work = 100e3;

typedef struct {
  CosmosTensor k, v;
  int64_t count; /* S; 0: there is no such set */
  bool shared;   /* one text's keys for all */
} KeySet;

typedef struct {
  CosmosTensor q, y;
  KeySet sets[2];
  bool causal;
  int64_t batch, queries, keys; /* keys of both sets */
  int64_t width, heads, group;  /* heads that share a kv head */
  float scale;
  float *bias;    /* (batch, keys): 0, or -infinity for a key that may not be seen; NULL: all may */
  float *kept;    /* (batch, heads, queries, keys): the probabilities, for the way back; NULL without a tape */
  float *scratch; /* void outside the loops */
  int64_t scratch_of_block;
  int64_t items, blocks; /* of the loop */
} Attention;

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Without products of the OpenBLAS back end nobody else says it. */
static void use_one_thread (void)
{
  openblas_set_num_threads (1);
}

/* ---- pieces ---- */

static int64_t row_of_keys (const KeySet *set, int64_t text)
{
  return set->shared ? 0 : text * set->count;
}

/* The keys that the queries up to `last` may see at most, of both sets. */
static int64_t keys_seen (const Attention *self, int64_t last)
{
  return self->causal ? self->keys - self->queries + last + 1 : self->keys;
}

/* How many of them are in this set. */
static int64_t seen_of_set (const Attention *self, int set, int64_t seen)
{
  int64_t before = set ? self->sets[0].count : 0, count = self->sets[set].count;
  return seen - before < count ? seen - before : count;
}

/* c = a b^T scale; a (m, k), b (n, k) */
static void product_transposed (const float *a, int64_t a_stride, const float *b, int64_t b_stride, float *c, int64_t c_stride,
                                int64_t m, int64_t n, int64_t k, float scale)
{
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) m, (blasint) n, (blasint) k, scale, a, (blasint) a_stride, b,
               (blasint) b_stride, 0.0f, c, (blasint) c_stride);
}

/* c = keep c + a b; a (m, k), b (k, n) */
static void product (const float *a, int64_t a_stride, const float *b, int64_t b_stride, float keep, float *c, int64_t c_stride,
                     int64_t m, int64_t n, int64_t k)
{
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k, 1.0f, a, (blasint) a_stride, b,
               (blasint) b_stride, keep, c, (blasint) c_stride);
}

/* c += a^T b; a (k, m), b (k, n) */
static void add_transposed_product (const float *a, int64_t a_stride, const float *b, int64_t b_stride, float *c,
                                    int64_t c_stride, int64_t m, int64_t n, int64_t k)
{
  cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) m, (blasint) n, (blasint) k, 1.0f, a, (blasint) a_stride, b,
               (blasint) b_stride, 1.0f, c, (blasint) c_stride);
}

/* scores become exp (scores - largest) / their sum. */
COSMOS_SIMD_CLONES static void normalise_exponentials (float *restrict scores, float largest, int64_t n)
{
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    scores[i] = cosmos_exp (scores[i] - largest);
    sum += scores[i];
  }
  float inverse = 1.0f / sum;
  for (int64_t i = 0; i < n; i++)
    scores[i] *= inverse;
}

/* In place over the keys seen by one query. */
static void softmax (float *scores, const float *bias, int64_t n)
{
  if (bias)
    cosmos_vector_add (scores, bias, n);
  float largest = cosmos_vector_get_largest (scores, n);
  if (largest == -INFINITY) {
    memset (scores, 0, (size_t) n * sizeof *scores);
    return;
  }
  normalise_exponentials (scores, largest, n);
}

/* The scores of queries first .. first + count - 1 of one head over the first `seen` keys: (count, seen), row stride keys. */
static void score (const Attention *self, int64_t text, int64_t head, int64_t first, int64_t count, int64_t seen, float *scores)
{
  const float *q = cosmos_tensor_row (&self->q, text * self->queries + first) + head * self->width;
  int64_t column = head / self->group * self->width;
  for (int i = 0; i < 2; i++) {
    const KeySet *set = &self->sets[i];
    int64_t n = seen_of_set (self, i, seen);
    if (n > 0)
      product_transposed (q, self->q.stride, cosmos_tensor_row (&set->k, row_of_keys (set, text)) + column, set->k.stride,
                          scores + (i ? self->sets[0].count : 0), self->keys, count, n, self->width, self->scale);
  }
}

static float *get_kept (const Attention *self, int64_t text, int64_t head, int64_t query)
{
  return self->kept + ((text * self->heads + head) * self->queries + query) * self->keys;
}

/* ---- forward ---- */

static void attend (const Attention *self, int64_t text, int64_t head, float *scratch)
{
  const float *bias = self->bias ? self->bias + text * self->keys : NULL;
  for (int64_t first = 0; first < self->queries; first += MAX_QUERIES) {
    int64_t count = self->queries - first < MAX_QUERIES ? self->queries - first : MAX_QUERIES;
    float *scores = self->kept ? get_kept (self, text, head, first) : scratch;
    int64_t seen = keys_seen (self, first + count - 1);
    score (self, text, head, first, count, seen, scores);
    for (int64_t t = 0; t < count; t++) {
      float *row = scores + t * self->keys;
      int64_t own = keys_seen (self, first + t);
      softmax (row, bias, own);
      memset (row + own, 0, (size_t) (seen - own) * sizeof *row);
    }
    float *y = cosmos_tensor_row (&self->y, text * self->queries + first) + head * self->width;
    int64_t column = head / self->group * self->width;
    for (int i = 0; i < 2; i++) {
      const KeySet *set = &self->sets[i];
      int64_t n = seen_of_set (self, i, seen);
      if (n > 0)
        product (scores + (i ? self->sets[0].count : 0), self->keys,
                 cosmos_tensor_row (&set->v, row_of_keys (set, text)) + column, set->v.stride, i ? 1.0f : 0.0f, y, self->y.stride,
                 count, self->width, n);
    }
  }
}

/* The items of a block: neighbours, in order. */
static void run_block (const Attention *self, int block, void (*item) (const Attention *self, int64_t item, float *scratch))
{
  float *scratch = self->scratch + block * self->scratch_of_block;
  for (int64_t i = block * self->items / self->blocks; i < (block + 1) * self->items / self->blocks; i++)
    item (self, i, scratch);
}

static void forward_item (const Attention *self, int64_t item, float *scratch)
{
  attend (self, item / self->heads, item % self->heads, scratch);
}

static void forward_block (int block, void *data)
{
  run_block (data, block, forward_item);
}

/* Runs a loop of so many items with a matrix of scores as scratch. */
static void run (CosmosGraph *graph, Attention *self, int64_t items, void (*work) (int block, void *data))
{
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  double multiplied = (double) (self->batch * self->heads * self->queries) * (double) (self->keys * self->width);
  self->items = items;
  self->blocks = multiplied < smallest_shared_work ? 1 : items < MAX_BLOCKS ? items : MAX_BLOCKS;
  int64_t rows = self->queries < MAX_QUERIES ? self->queries : MAX_QUERIES;
  self->scratch_of_block = rows * self->keys;
  self->scratch = cosmos_graph_alloc (graph, (size_t) (self->blocks * self->scratch_of_block) * sizeof *self->scratch);
  if (self->scratch)
    cosmos_pool_run (cosmos_graph_get_pool (graph), (int) self->blocks, work, self);
  cosmos_arena_rewind (arena, mark);
}

/* ---- backward ---- */

/* dp becomes p (dp - along) scale. */
COSMOS_SIMD_CLONES static void softmax_backward (const float *restrict p, float *restrict dp, float along, float scale, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    dp[i] = p[i] * (dp[i] - along) * scale;
}

/* With p the probabilities: dv += p^T dy; dp = dy v^T; ds = p (dp - sum (dy y)) scale; dq += ds k; dk += ds^T q. */
static void attend_backward (const Attention *self, int64_t text, int64_t head, float *ds)
{
  int64_t keys = self->keys, width = self->width, column = head / self->group * width;
  for (int64_t first = 0; first < self->queries; first += MAX_QUERIES) {
    int64_t count = self->queries - first < MAX_QUERIES ? self->queries - first : MAX_QUERIES;
    int64_t seen = keys_seen (self, first + count - 1), row = text * self->queries + first;
    const float *q = cosmos_tensor_row (&self->q, row) + head * width, *y = cosmos_tensor_row (&self->y, row) + head * width;
    const float *dy = self->y.grad + row * self->y.stride + head * width, *p = get_kept (self, text, head, first);

    for (int i = 0; i < 2; i++) {
      const KeySet *set = &self->sets[i];
      int64_t n = seen_of_set (self, i, seen);
      if (n > 0)
        product_transposed (dy, self->y.stride, cosmos_tensor_row (&set->v, row_of_keys (set, text)) + column, set->v.stride,
                            ds + (i ? self->sets[0].count : 0), keys, count, n, width, 1.0f);
    }
    for (int64_t t = 0; t < count; t++) {
      int64_t own = keys_seen (self, first + t);
      float along = cosmos_vector_dot (dy + t * self->y.stride, y + t * self->y.stride, width);
      float *ds_row = ds + t * keys;
      softmax_backward (p + t * keys, ds_row, along, self->scale, own);
      memset (ds_row + own, 0, (size_t) (seen - own) * sizeof *ds_row);
    }
    for (int i = 0; i < 2; i++) {
      const KeySet *set = &self->sets[i];
      int64_t n = seen_of_set (self, i, seen), begin = i ? self->sets[0].count : 0, key = row_of_keys (set, text);
      if (n <= 0)
        continue;
      if (self->q.grad)
        product (ds + begin, keys, cosmos_tensor_row (&set->k, key) + column, set->k.stride, 1.0f,
                 self->q.grad + row * self->q.stride + head * width, self->q.stride, count, width, n);
      if (set->k.grad)
        add_transposed_product (ds + begin, keys, q, self->q.stride, set->k.grad + key * set->k.stride + column, set->k.stride, n,
                                width, count);
      if (set->v.grad)
        add_transposed_product (p + begin, keys, dy, self->y.stride, set->v.grad + key * set->v.stride + column, set->v.stride, n,
                                width, count);
    }
  }
}

/* Heads that add to the same keys' gradients are one item, so that they do it in a fixed order. */
static void backward_item (const Attention *self, int64_t item, float *scratch)
{
  bool shared = self->sets[0].shared || self->sets[1].shared;
  int64_t kv_heads = self->heads / self->group, kv_head = item % kv_heads;
  int64_t first_text = shared ? 0 : item / kv_heads, texts = shared ? self->batch : 1;
  for (int64_t text = first_text; text < first_text + texts; text++)
    for (int64_t head = kv_head * self->group; head < (kv_head + 1) * self->group; head++)
      attend_backward (self, text, head, scratch);
}

static void backward_block (int block, void *data)
{
  run_block (data, block, backward_item);
}

static void attention_backward (CosmosGraph *graph, const void *op)
{
  Attention self = *(const Attention *) op;
  bool shared = self.sets[0].shared || self.sets[1].shared;
  cosmos_graph_settle (graph, &self.y);
  cosmos_graph_settle (graph, &self.q);
  for (int i = 0; i < 2; i++) {
    cosmos_graph_settle (graph, &self.sets[i].k);
    cosmos_graph_settle (graph, &self.sets[i].v);
  }
  run (graph, &self, (shared ? 1 : self.batch) * (self.heads / self.group), backward_block);
}

/* ---- the op ---- */

static KeySet make_set (CosmosKeys keys, int64_t batch)
{
  if (!keys.k)
    return (KeySet) {0};
  assert (keys.k->rank == 3 && cosmos_tensor_has_shape (keys.v, 3, keys.k->shape) && keys.k->shape[1] > 0);
  assert (keys.k->shape[0] == batch || keys.k->shape[0] == 1);
  return (KeySet) {*keys.k, *keys.v, keys.k->shape[1], keys.k->shape[0] == 1 && batch > 1};
}

/* 0 and -infinity from the keep masks of both sets. NULL when out of memory. */
static float *make_bias (CosmosGraph *graph, const Attention *self, const bool *const keep[2])
{
  float *bias = cosmos_graph_alloc (graph, (size_t) (self->batch * self->keys) * sizeof *bias), *at = bias;
  for (int64_t text = 0; bias && text < self->batch; text++)
    for (int i = 0; i < 2; i++) {
      const bool *row = keep[i] ? keep[i] + row_of_keys (&self->sets[i], text) : NULL;
      for (int64_t k = 0; k < self->sets[i].count; k++)
        *at++ = !row || row[k] ? 0.0f : -INFINITY;
    }
  return bias;
}

CosmosTensor *cosmos_attention (CosmosGraph *graph, const CosmosTensor *q, CosmosKeys keys, CosmosKeys extra,
                                CosmosAttention kind)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (q->rank == 3 && q->shape[2] % kind.head_width == 0 && keys.k);
  Attention self = {.q = *q, .causal = kind.causal, .batch = q->shape[0], .queries = q->shape[1], .width = kind.head_width};
  self.sets[0] = make_set (keys, self.batch);
  self.sets[1] = make_set (extra, self.batch);
  self.keys = self.sets[0].count + self.sets[1].count;
  self.heads = q->shape[2] / self.width;
  int64_t kv_heads = keys.k->shape[2] / self.width;
  assert (keys.k->shape[2] % self.width == 0 && self.heads % kv_heads == 0
          && (!extra.k || extra.k->shape[2] == keys.k->shape[2]));
  assert (!kind.causal || (!extra.k && self.keys >= self.queries));
  self.group = self.heads / kv_heads;
  self.scale = 1.0f / sqrtf ((float) self.width);

  CosmosTensor *y = cosmos_graph_tensor_like (graph, q);
  /* Without a way back the mask is scratch. */
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  if (keys.keep || (extra.k && extra.keep))
    self.bias = make_bias (graph, &self, (const bool *const[]) {keys.keep, extra.k ? extra.keep : NULL});
  if (cosmos_graph_has_tape (graph))
    self.kept = cosmos_graph_alloc (graph, (size_t) (self.batch * self.heads * self.queries * self.keys) * sizeof *self.kept);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  self.y = *y;
  pthread_once (&once, use_one_thread);
  run (graph, &self, self.batch * self.heads, forward_block);
  if (!cosmos_graph_has_tape (graph))
    cosmos_arena_rewind (arena, mark);
  cosmos_graph_record_copy (graph, attention_backward, &self, sizeof self);
  return y;
}
