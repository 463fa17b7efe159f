#include "core/math/onednn-panel.h"

#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* libgomp's, which libdnnl runs on. Declared here since clang has no omp.h of that library. */
extern void omp_set_num_threads (int threads);

/* The layout of packed weights is the one that oneDNN likes for this number of rows: that of a latent of the paper. */
enum { LAYOUT_ROWS = 16 };
enum { EXACT_ROWS = 32, STEP_ROWS = 16, MOST_ROWS = 512, N_ROWS = EXACT_ROWS + (MOST_ROWS - EXACT_ROWS) / STEP_ROWS };

/* What one thread needs to run a product: oneDNN's handles of the operands, whose addresses change from call to call. */
typedef struct Execution {
  atomic_bool busy;
  dnnl_stream_t stream;
  dnnl_memory_t x, y, bias, scratchpad;
  void *scratch;
  struct Execution *next;
} Execution;

typedef struct {
  dnnl_primitive_t primitive;
  atomic_int count; /* of executions */
  Execution *_Atomic executions;
} Product;

struct CosmosPanelKind {
  CosmosPanelShape shape;
  dnnl_memory_desc_t plain, packed;
  dnnl_primitive_t reorder;
  Product *_Atomic products[2][N_ROWS]; /* without and with bias */
  int uses;
  CosmosPanelKind *next;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static dnnl_engine_t engine; /* NULL where there is none */
/* Guards the list of kinds, and making products and executions. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static CosmosPanelKind *kinds;
/* Threads of all calls under way: so many executions of a product can be busy at once. */
static atomic_int active;

static void start (void)
{
  if (dnnl_engine_create (&engine, dnnl_cpu, 0) != dnnl_success)
    engine = NULL;
}

/* Our pool has the threads: oneDNN's OpenMP must not start its own. The number is a property of each thread. */
static void enter_thread (void)
{
  static _Thread_local bool entered;
  if (!entered) {
    omp_set_num_threads (1);
    entered = true;
  }
}

static bool fail (dnnl_status_t status, CosmosError *err)
{
  if (status == dnnl_out_of_memory)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for a matrix product");
  return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "oneDNN refuses a matrix product (status %d): choose openblas",
                           (int) status);
}

static bool has_isa (dnnl_cpu_isa_t isa)
{
  return (dnnl_get_effective_cpu_isa () & isa) == isa;
}

bool cosmos_panel_has_precision (CosmosPrecision precision, CosmosError *err)
{
  pthread_once (&once, start);
  if (!engine)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "oneDNN does not run on this processor: choose openblas");
  /* oneDNN emulates bf16 elsewhere, slower than f32, and its int8 sums overflow where the processor has no VNNI. */
  if (precision == COSMOS_PRECISION_BF16 && !has_isa (dnnl_cpu_isa_avx512_core_bf16))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "This processor does not multiply bf16 (AVX512_BF16): choose f32");
  if (precision == COSMOS_PRECISION_INT8 && !has_isa (dnnl_cpu_isa_avx512_core_vnni) && !has_isa (dnnl_cpu_isa_avx2_vnni))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "This processor does not multiply int8 (VNNI): choose f32");
  return true;
}

/* ---- kinds ---- */

static const struct {
  dnnl_data_type_t x, weights, y;
} types[] = {
  [COSMOS_PRECISION_F32] = {dnnl_f32, dnnl_f32, dnnl_f32},
  [COSMOS_PRECISION_BF16] = {dnnl_bf16, dnnl_bf16, dnnl_f32},
  [COSMOS_PRECISION_INT8] = {dnnl_u8, dnnl_s8, dnnl_s32},
};

static dnnl_status_t describe_matrix (dnnl_memory_desc_t *desc, dnnl_data_type_t type, int64_t rows, int64_t columns,
                                      int64_t row_stride, int64_t column_stride)
{
  return dnnl_memory_desc_create_with_strides (desc, 2, (dnnl_dims_t) {rows, columns}, type,
                                               (dnnl_dims_t) {row_stride, column_stride});
}

static dnnl_status_t add_to_output (dnnl_primitive_attr_t attributes)
{
  dnnl_post_ops_t sum = NULL;
  dnnl_status_t status = dnnl_post_ops_create (&sum);
  if (!status)
    status = dnnl_post_ops_append_sum (sum, 1, 0, dnnl_data_type_undef);
  if (!status)
    status = dnnl_primitive_attr_set_post_ops (attributes, sum);
  dnnl_post_ops_destroy (sum);
  return status;
}

/* weights: their layout, or NULL for the one that oneDNN likes best. */
static dnnl_status_t describe_product (const CosmosPanelShape *shape, int64_t rows, bool has_bias,
                                       const_dnnl_memory_desc_t weights, dnnl_primitive_desc_t *product)
{
  dnnl_memory_desc_t x = NULL, any = NULL, y = NULL, bias = NULL;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_status_t status = describe_matrix (&x, types[shape->precision].x, rows, shape->in, shape->turned ? 1 : shape->in,
                                          shape->turned ? shape->turned : 1);
  if (!status)
    status = dnnl_memory_desc_create_with_tag (&any, 2, (dnnl_dims_t) {shape->in, shape->columns},
                                               types[shape->precision].weights, dnnl_format_tag_any);
  if (!status)
    status = describe_matrix (&y, types[shape->precision].y, rows, shape->columns, shape->stride, 1);
  if (!status && has_bias)
    status = describe_matrix (&bias, dnnl_f32, 1, shape->columns, shape->columns, 1);
  if (!status)
    status = dnnl_primitive_attr_create (&attributes);
  if (!status)
    status = dnnl_primitive_attr_set_scratchpad_mode (attributes, dnnl_scratchpad_mode_user);
  if (!status) /* whatever the environment says */
    status = dnnl_primitive_attr_set_fpmath_mode (attributes, dnnl_fpmath_mode_strict);
  if (!status && shape->adds)
    status = add_to_output (attributes);
  if (!status)
    status = dnnl_matmul_primitive_desc_create (product, engine, x, weights ? weights : any, bias, y, attributes);
  dnnl_primitive_attr_destroy (attributes);
  dnnl_memory_desc_destroy (bias);
  dnnl_memory_desc_destroy (y);
  dnnl_memory_desc_destroy (any);
  dnnl_memory_desc_destroy (x);
  return status;
}

static dnnl_status_t make_reorder (CosmosPanelKind *self)
{
  dnnl_primitive_desc_t desc = NULL;
  dnnl_status_t status = dnnl_reorder_primitive_desc_create (&desc, self->plain, engine, self->packed, engine, NULL);
  if (!status)
    status = dnnl_primitive_create (&self->reorder, desc);
  dnnl_primitive_desc_destroy (desc);
  return status;
}

static dnnl_status_t start_kind (CosmosPanelKind *self)
{
  const CosmosPanelShape *shape = &self->shape;
  dnnl_primitive_desc_t product = NULL;
  dnnl_status_t status = describe_product (shape, LAYOUT_ROWS, false, NULL, &product);
  if (!status)
    status = dnnl_memory_desc_clone (&self->packed, dnnl_primitive_desc_query_md (product, dnnl_query_weights_md, 0));
  if (!status) /* (in, columns); where no stride is given columns are the rows of the weight */
    status = describe_matrix (&self->plain, types[shape->precision].weights, shape->in, shape->columns,
                              shape->plain ? shape->plain : 1, shape->plain ? 1 : shape->in);
  if (!status)
    status = make_reorder (self);
  dnnl_primitive_desc_destroy (product);
  return status;
}

static void free_execution (Execution *self)
{
  dnnl_memory_destroy (self->scratchpad);
  dnnl_memory_destroy (self->bias);
  dnnl_memory_destroy (self->y);
  dnnl_memory_destroy (self->x);
  dnnl_stream_destroy (self->stream);
  free (self->scratch);
  free (self);
}

static void free_product (Product *self)
{
  for (Execution *execution = atomic_load (&self->executions), *next; execution; execution = next) {
    next = execution->next;
    free_execution (execution);
  }
  dnnl_primitive_destroy (self->primitive);
  free (self);
}

static void free_kind (CosmosPanelKind *self)
{
  for (int i = 0; i < 2 * N_ROWS; i++) {
    Product *product = atomic_load (&self->products[i / N_ROWS][i % N_ROWS]);
    if (product)
      free_product (product);
  }
  dnnl_primitive_destroy (self->reorder);
  dnnl_memory_desc_destroy (self->packed);
  dnnl_memory_desc_destroy (self->plain);
  free (self);
}

bool cosmos_panel_is_same_shape (CosmosPanelShape a, CosmosPanelShape b)
{
  return a.precision == b.precision && a.in == b.in && a.columns == b.columns && a.stride == b.stride && a.plain == b.plain
         && a.turned == b.turned && a.adds == b.adds;
}

CosmosPanelKind *cosmos_panel_kind_ref (CosmosPanelShape shape, CosmosError *err)
{
  pthread_once (&once, start);
  enter_thread ();
  pthread_mutex_lock (&mutex);
  CosmosPanelKind *self = kinds;
  while (self && !cosmos_panel_is_same_shape (self->shape, shape))
    self = self->next;
  if (!self) {
    dnnl_status_t status = dnnl_out_of_memory;
    self = calloc (1, sizeof *self);
    if (self) {
      self->shape = shape;
      status = start_kind (self);
    }
    if (!status) {
      self->next = kinds;
      kinds = self;
    } else {
      if (self)
        free_kind (self);
      self = NULL;
      fail (status, err);
    }
  }
  if (self)
    self->uses++;
  pthread_mutex_unlock (&mutex);
  return self;
}

void cosmos_panel_kind_unref (CosmosPanelKind *self)
{
  if (!self)
    return;
  pthread_mutex_lock (&mutex);
  bool last = --self->uses == 0;
  if (last) {
    CosmosPanelKind **link = &kinds;
    while (*link != self)
      link = &(*link)->next;
    *link = self->next;
  }
  pthread_mutex_unlock (&mutex);
  if (last)
    free_kind (self);
}

size_t cosmos_panel_kind_get_size (const CosmosPanelKind *self)
{
  return dnnl_memory_desc_get_size (self->packed);
}

/* ---- panels ---- */

void *cosmos_panel_new (const CosmosPanelKind *kind, void *memory)
{
  dnnl_memory_t panel = NULL;
  return dnnl_memory_create (&panel, kind->packed, engine, memory) == dnnl_success ? panel : NULL;
}

void cosmos_panel_free (void *panel)
{
  dnnl_memory_destroy (panel);
}

bool cosmos_panel_pack (const CosmosPanelKind *kind, void *panel, const void *plain)
{
  dnnl_memory_t source = NULL;
  dnnl_stream_t stream = NULL;
  enter_thread ();
  bool ok = dnnl_memory_create (&source, kind->plain, engine, (void *) plain) == dnnl_success
            && dnnl_stream_create (&stream, engine, dnnl_stream_default_flags) == dnnl_success
            && dnnl_primitive_execute (kind->reorder, stream, 2,
                                       (dnnl_exec_arg_t[]) {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, panel}})
                   == dnnl_success;
  dnnl_stream_destroy (stream);
  dnnl_memory_destroy (source);
  return ok;
}

/* ---- products ---- */

int64_t cosmos_panel_split_rows (int64_t rows)
{
  if (rows >= MOST_ROWS)
    return MOST_ROWS;
  return rows > EXACT_ROWS ? rows / STEP_ROWS * STEP_ROWS : rows;
}

static Product *_Atomic *get_place (CosmosPanelKind *kind, int64_t rows, bool has_bias)
{
  return &kind->products[has_bias][rows <= EXACT_ROWS ? rows - 1 : EXACT_ROWS - 1 + (rows - EXACT_ROWS) / STEP_ROWS];
}

static dnnl_status_t make_product (CosmosPanelKind *kind, int64_t rows, bool has_bias, Product **result)
{
  Product *self = calloc (1, sizeof *self);
  dnnl_primitive_desc_t desc = NULL;
  dnnl_status_t status = self ? describe_product (&kind->shape, rows, has_bias, kind->packed, &desc) : dnnl_out_of_memory;
  if (!status)
    status = dnnl_primitive_create (&self->primitive, desc);
  dnnl_primitive_desc_destroy (desc);
  if (!status)
    *result = self;
  else
    free (self);
  return status;
}

static dnnl_status_t make_memory (dnnl_memory_t *memory, const_dnnl_primitive_desc_t desc, dnnl_query_t what, int index)
{
  return dnnl_memory_create (memory, dnnl_primitive_desc_query_md (desc, what, index), engine, DNNL_MEMORY_NONE);
}

static dnnl_status_t add_execution (Product *product, bool has_bias)
{
  const_dnnl_primitive_desc_t desc = NULL;
  Execution *self = calloc (1, sizeof *self);
  if (!self)
    return dnnl_out_of_memory;
  dnnl_status_t status = dnnl_primitive_get_primitive_desc (product->primitive, &desc);
  if (!status)
    status = dnnl_stream_create (&self->stream, engine, dnnl_stream_default_flags);
  if (!status)
    status = make_memory (&self->x, desc, dnnl_query_src_md, 0);
  if (!status)
    status = make_memory (&self->y, desc, dnnl_query_dst_md, 0);
  if (!status && has_bias)
    status = make_memory (&self->bias, desc, dnnl_query_weights_md, 1);
  if (!status)
    status = make_memory (&self->scratchpad, desc, dnnl_query_scratchpad_md, 0);
  if (!status) {
    size_t size = dnnl_memory_desc_get_size (dnnl_primitive_desc_query_md (desc, dnnl_query_scratchpad_md, 0));
    self->scratch = aligned_alloc (64, (size + 64) / 64 * 64);
    status = self->scratch ? dnnl_memory_set_data_handle (self->scratchpad, self->scratch) : dnnl_out_of_memory;
  }
  if (status) {
    free_execution (self);
    return status;
  }
  self->next = atomic_load (&product->executions);
  atomic_store_explicit (&product->executions, self, memory_order_release);
  atomic_fetch_add (&product->count, 1);
  return dnnl_success;
}

void cosmos_panel_enter (int threads)
{
  atomic_fetch_add (&active, threads);
}

void cosmos_panel_leave (int threads)
{
  atomic_fetch_sub (&active, threads);
}

bool cosmos_panel_kind_prepare (CosmosPanelKind *self, int64_t rows, bool has_bias, CosmosError *err)
{
  Product *_Atomic *place = get_place (self, rows, has_bias);
  Product *product = atomic_load_explicit (place, memory_order_acquire);
  if (product && atomic_load (&product->count) >= atomic_load (&active))
    return true;
  dnnl_status_t status = dnnl_success;
  enter_thread ();
  pthread_mutex_lock (&mutex);
  product = atomic_load (place);
  if (!product) {
    status = make_product (self, rows, has_bias, &product);
    if (!status)
      atomic_store_explicit (place, product, memory_order_release);
  }
  while (!status && atomic_load (&product->count) < atomic_load (&active))
    status = add_execution (product, has_bias);
  pthread_mutex_unlock (&mutex);
  return !status || fail (status, err);
}

/* There are as many as threads that could ask, so one is free or about to be. */
static Execution *take_execution (Product *product)
{
  for (;;)
    for (Execution *self = atomic_load_explicit (&product->executions, memory_order_acquire); self; self = self->next)
      if (!atomic_load_explicit (&self->busy, memory_order_relaxed)
          && !atomic_exchange_explicit (&self->busy, true, memory_order_acquire))
        return self;
}

bool cosmos_panel_multiply (CosmosPanelKind *kind, void *panel, int64_t rows, const void *x, const float *bias, void *y)
{
  Product *product = atomic_load_explicit (get_place (kind, rows, bias != NULL), memory_order_acquire);
  enter_thread ();
  Execution *self = take_execution (product);
  bool ok = dnnl_memory_set_data_handle (self->x, (void *) x) == dnnl_success
            && dnnl_memory_set_data_handle (self->y, y) == dnnl_success
            && (!bias || dnnl_memory_set_data_handle (self->bias, (void *) bias) == dnnl_success);
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, self->x},
                                 {DNNL_ARG_WEIGHTS, panel},
                                 {DNNL_ARG_DST, self->y},
                                 {DNNL_ARG_SCRATCHPAD, self->scratchpad},
                                 {DNNL_ARG_BIAS, self->bias}};
  ok = ok && dnnl_primitive_execute (product->primitive, self->stream, bias ? 5 : 4, arguments) == dnnl_success;
  atomic_store_explicit (&self->busy, false, memory_order_release);
  return ok;
}

void cosmos_panel_describe (char *text, size_t size)
{
  static const struct {
    dnnl_cpu_isa_t isa;
    const char *name;
  } isas[] = {
    {dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"},
    {dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"},
    {dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"},
    {dnnl_cpu_isa_avx512_core, "avx512_core"},
    {dnnl_cpu_isa_avx2_vnni, "avx2_vnni"},
    {dnnl_cpu_isa_avx2, "avx2"},
  };
  const dnnl_version_t *version = dnnl_version ();
  const char *name = "baseline";
  for (int i = (int) (sizeof isas / sizeof *isas); i-- > 0;)
    if (has_isa (isas[i].isa))
      name = isas[i].name;
  snprintf (text, size, "oneDNN %d.%d, %s", version->major, version->minor, name);
}
