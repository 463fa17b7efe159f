/* The named matrices and vectors of networks, wherever they come from: a GGUF bundle, a safetensors file, or a random generator.
 *
 * A network asks for what it needs by name and shape while it is built; failure is sticky, so that it asks line by line without checks
 * and looks once at the end. Matrices stay in the file's format until they are packed at first use; vectors and tables become floats.
 * The store owns all of it and must outlive the networks. Constant after the networks were built, but for trainers.
 */
#pragma once

#include "core/file/gguf.h"
#include "core/file/safetensors.h"
#include "core/math/tensor.h"
#include "core/math/weight.h"

typedef struct CosmosParameters CosmosParameters;

/* Both borrow the file. NULL when out of memory. */
CosmosParameters *cosmos_parameters_new_from_gguf (const CosmosGguf *file, CosmosCompute compute);
CosmosParameters *cosmos_parameters_new_from_safetensors (const CosmosSafetensors *file, const char *path, CosmosCompute compute);
/* For benchmarks and as a start of training; values are owned floats (F32). Matrices have variance 1 / in, tables .02^2 (bell-shaped, cut
 * at 3.5 deviations); vectors are gains of 1, those named "bias", "mean" or "_scale.weight" are 0. The numbers of a parameter
 * depend on the seed and its name alone. */
CosmosParameters *cosmos_parameters_new_random (uint64_t seed, CosmosCompute compute);
void cosmos_parameters_free (CosmosParameters *self);

/* The same name gives the same object again. A missing name or another shape makes the store fail (with file, name and shapes in words); what
 * is returned then is a dummy of one number. name is a printf format. */
const CosmosWeight *cosmos_parameters_matrix (CosmosParameters *self, int64_t out, int64_t in, const char *name, ...)
    __attribute__ ((format (printf, 4, 5)));
const CosmosTensor *cosmos_parameters_vector (CosmosParameters *self, int64_t n, const char *name, ...)
    __attribute__ ((format (printf, 3, 4)));
const CosmosTensor *cosmos_parameters_table (CosmosParameters *self, int64_t rows, int64_t columns, const char *name, ...)
    __attribute__ ((format (printf, 4, 5)));
/* Numbers that nobody trains (statistics, frozen embeddings): a table of `rows`, or a vector where rows is 0. Not counted. */
const CosmosTensor *cosmos_parameters_constant (CosmosParameters *self, int64_t rows, int64_t columns, const char *name, ...)
    __attribute__ ((format (printf, 4, 5)));
bool cosmos_parameters_check (const CosmosParameters *self, CosmosError *err);

/* Numbers in all that was asked for so far whose name begins with prefix ("" for all), without constants: a network's parameter count. */
int64_t cosmos_parameters_count (const CosmosParameters *self, const char *prefix);

/* ---- training ---- */

/* Before anything is asked for: matrices of a file become owned floats (F32), too, so that they can change. */
void cosmos_parameters_make_trainable (CosmosParameters *self);
/* Gives everything that was asked for so far, but constants, gradients of zeros. Fails where a matrix is not F32. */
bool cosmos_parameters_make_gradients (CosmosParameters *self, CosmosError *err);
/* Of a parameter that was asked for, in the order of its values; NULL where it has none. */
float *cosmos_parameters_get_gradient (const CosmosParameters *self, const char *name);

/* What was asked for, in that order. */
typedef struct {
  const char *name;
  int64_t rows, columns; /* rows 0: a vector */
  bool is_matrix, is_constant;
  float *values; /* NULL: a matrix in its file's own numbers */
  float *grad;   /* or NULL */
} CosmosParameter;

size_t cosmos_parameters_get_n (const CosmosParameters *self);
CosmosParameter cosmos_parameters_get (const CosmosParameters *self, size_t index);
/* Values were changed: matrices are packed anew at their next use. */
void cosmos_parameters_touch (CosmosParameters *self);

/* Where the parameters come from, for messages: the file's path, or "random parameters". */
const char *cosmos_parameters_get_origin (const CosmosParameters *self);
