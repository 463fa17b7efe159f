/* A run of a network: where ops put their results, what threads they use, and, in training, how to get back.
 *
 * Ops compute at once and return a tensor in the graph's arena; a network is written as a sequence of calls. Without a tape the
 * graph infers: a scope gives the memory of a layer back, so that a second run allocates nothing. With a tape every op records its
 * backward function and keeps its tensors, and cosmos_graph_backward() fills the gradients.
 *
 * Failure is sticky, so that networks need no checks: after running out of memory, or when the progress was cancelled, ops
 * return cosmos_graph_nothing() at once, and cosmos_graph_check() tells. A graph belongs to one thread at a time.
 */
#pragma once

#include "core/base/arena.h"
#include "core/base/pool.h"
#include "core/base/progress.h"
#include "core/base/status.h"
#include "core/math/tensor.h"

typedef struct CosmosGraph CosmosGraph;

/* pool: borrowed, shared by graphs that do not run at the same time. progress: borrowed, may be NULL. NULL when out of memory. */
CosmosGraph *cosmos_graph_new (CosmosPool *pool, CosmosProgress *progress);
void cosmos_graph_free (CosmosGraph *self);
void cosmos_graph_set_progress (CosmosGraph *self, CosmosProgress *progress);
/* Everything handed out is void, the tape is empty, failure is forgotten. Memory stays for the next run. */
void cosmos_graph_reset (CosmosGraph *self);
/* False with the reason where something failed since the reset. */
bool cosmos_graph_check (const CosmosGraph *self, CosmosError *err);

/* ---- for callers that build inputs, and for ops ---- */

CosmosPool *cosmos_graph_get_pool (CosmosGraph *self);
CosmosArena *cosmos_graph_get_arena (CosmosGraph *self);
/* True after a failure; notices a cancelled progress. Every op asks first. */
bool cosmos_graph_has_failed (CosmosGraph *self);
/* Remembers the first failure; returns cosmos_graph_nothing(). */
CosmosTensor *cosmos_graph_fail (CosmosGraph *self, CosmosStatus code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
/* What a failed graph's ops return: a tensor of no numbers. */
CosmosTensor *cosmos_graph_nothing (CosmosGraph *self);

/* An output: packed, not cleared; with a tape it has a gradient, which the first way back to it writes or settles. Nothing on failure. */
CosmosTensor *cosmos_graph_tensor (CosmosGraph *self, int rank, const int64_t *shape);
/* The same shape as another. */
CosmosTensor *cosmos_graph_tensor_like (CosmosGraph *self, const CosmosTensor *other);
/* A packed copy of values as an input, without a gradient. */
CosmosTensor *cosmos_graph_input (CosmosGraph *self, int rank, const int64_t *shape, const float *values);
/* A header of its own over somebody's memory (views). */
CosmosTensor *cosmos_graph_view (CosmosGraph *self, CosmosTensor header);
/* Memory until the reset (or the end of the scope); NULL on failure. */
void *cosmos_graph_alloc (CosmosGraph *self, size_t size);

/* ---- scopes ---- */

/* Between begin and end lies a layer. end() keeps one tensor (packed) and, without a tape, gives back all else that was made since begin. */
CosmosArenaMark cosmos_graph_begin (CosmosGraph *self);
CosmosTensor *cosmos_graph_end (CosmosGraph *self, CosmosArenaMark scope, CosmosTensor *keep);

/* ---- the tape ---- */

/* From now on (until the reset) ops are recorded. */
void cosmos_graph_start_tape (CosmosGraph *self);
bool cosmos_graph_has_tape (const CosmosGraph *self);
typedef void (*CosmosBackward) (CosmosGraph *graph, const void *op);
/* Makes a gradient that nobody has written zeros: for a way back that is about to read it, or to add to it. Nothing where there is none. */
void cosmos_graph_settle (CosmosGraph *self, const CosmosTensor *tensor);
/* Notes that op (in the graph's arena) has this way back. Nothing without a tape. Backward functions settle the gradients that they read, add to
 * gradients that they settled or (cosmos_tensor_claim_grad) write them, and skip tensors whose grad is NULL; they may use the arena for scratch
 * between mark and rewind. */
void cosmos_graph_record (CosmosGraph *self, CosmosBackward backward, const void *op);
/* The same with a copy of size bytes of op in the arena. */
void cosmos_graph_record_copy (CosmosGraph *self, CosmosBackward backward, const void *op, size_t size);
/* loss: one number. Its gradient becomes 1, then every op goes back, last first. False where the graph failed. */
bool cosmos_graph_backward (CosmosGraph *self, CosmosTensor *loss, CosmosError *err);
