#include "core/model/convert-state.h"

#include "../file/torch-file.h"

#include <math.h>

static const float numbers[] = {1, 2, 3, 4, 5, 6}, broken[] = {1, 2, NAN, 4, 5, 6};

typedef struct {
  GByteArray *bytes;
  CosmosTorchArchive *archive;
} File;

/* A checkpoint whose one storage all tensors share. build: fills the dictionary. */
static File open_file (void (*build) (GByteArray *pickle), const float *storage)
{
  CosmosError err = {0};
  TorchZip zip;
  GByteArray *pickle = g_byte_array_new ();
  pickle_begin (pickle);
  build (pickle);
  bytes_u8 (pickle, '.');
  torch_zip_begin (&zip);
  torch_zip_add (&zip, "x/data.pkl", pickle->data, pickle->len, (TorchFault) {0});
  torch_zip_add (&zip, "x/data/0", storage, sizeof numbers, (TorchFault) {0});
  g_byte_array_unref (pickle);
  File self = {torch_zip_end (&zip), NULL};
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (self.bytes->data, self.bytes->len, "test.pth", &err);
  self.archive = cosmos_torch_archive_new (mapping, &err);
  g_assert_cmpstr (err.message, ==, "");
  return self;
}

static void close_file (File *self)
{
  cosmos_torch_archive_free (self->archive);
  g_byte_array_unref (self->bytes);
}

static const PickledTensor matrix = {.numbers = 6, .rank = 2, .shape = {2, 3}, .strides = {3, 1}},
                           vector = {.numbers = 6, .offset = 4, .rank = 1, .shape = {2}, .strides = {1}},
                           scale = {.numbers = 6, .offset = 1, .rank = 2, .shape = {1, 1}, .strides = {1, 1}};

static void begin_dict (GByteArray *pickle, const char *name)
{
  pickle_text (pickle, name);
  bytes_u8 (pickle, '}');
}

static void end_dict (GByteArray *pickle)
{
  bytes_u8 (pickle, 's');
}

static void build_encoder (GByteArray *pickle)
{
  begin_dict (pickle, "encoder");
  pickle_set_tensor (pickle, "module.layers.0.weight", &matrix);
  pickle_set_tensor (pickle, "module.layers.1.weight", &matrix);
  pickle_set_tensor (pickle, "module.bias", &vector);
  pickle_set_tensor (pickle, "module.scale", &scale);
  pickle_set_tensor (pickle, "module.text_encoder.pooler.dense.weight", &matrix);
  end_dict (pickle);
  begin_dict (pickle, "encoder2");
  pickle_set_tensor (pickle, "other", &matrix);
  end_dict (pickle);
}

static void check_read (const CosmosState *state, const char *name, int64_t rows, int64_t columns, const char *words)
{
  CosmosError err = {0};
  float values[6];
  bool ok = cosmos_state_read (state, name, rows, columns, values, &err);
  if (ok != (words == NULL) || (words && !strstr (err.message, words)))
    g_error ("wanted \"%s\", got \"%s\"", words ? words : "", err.message);
}

/* The parallel wrapper's prefix is no part of the names. */
static void members (void)
{
  CosmosError err = {0};
  CosmosState state;
  File file = open_file (build_encoder, numbers);
  g_assert_true (cosmos_state_init (&state, file.archive, "test.pth", "encoder", &err));
  g_assert_cmpuint (state.n, ==, 5);
  g_assert_cmpint (cosmos_state_count (&state, "layers.%d.weight"), ==, 2);
  g_assert_cmpint (cosmos_state_get_rows (&state, "bias"), ==, 2);
  g_assert_cmpint (cosmos_state_get_rows (&state, "nothing"), ==, 0);
  g_assert_null (cosmos_state_find (&state, "other"));
  check_read (&state, "layers.0.weight", 2, 3, NULL);
  check_read (&state, "layers.0.weight", 3, 2, "encoder.layers.0.weight must be (3, 2)");
  check_read (&state, "layers.0.weight", 6, 0, "encoder.layers.0.weight must be (6, 1)");
  check_read (&state, "bias", 2, 0, NULL);
  check_read (&state, "scale", 1, 0, NULL);
  check_read (&state, "nothing", 2, 0, "encoder.nothing is missing");
  g_assert_false (cosmos_state_check_used (&state, &err)); /* layers.1.weight; the pooler need not be */
  g_assert_nonnull (strstr (err.message, "encoder.layers.1.weight belongs to no COSMOS network"));
  check_read (&state, "layers.1.weight", 2, 3, NULL);
  g_assert_true (cosmos_state_check_used (&state, &err));
  cosmos_state_clear (&state);
  close_file (&file);
}

static void not_finite (void)
{
  CosmosError err = {0};
  CosmosState state;
  File file = open_file (build_encoder, broken);
  g_assert_true (cosmos_state_init (&state, file.archive, "test.pth", "encoder", &err));
  check_read (&state, "layers.0.weight", 2, 3, "number 2 is not finite");
  check_read (&state, "bias", 2, 0, NULL);
  cosmos_state_clear (&state);
  close_file (&file);
}

static void build_averages (GByteArray *pickle, const PickledTensor *second, bool third)
{
  begin_dict (pickle, "ema");
  pickle_text (pickle, "shadow_params");
  bytes_u8 (pickle, ']');
  pickle_tensor (pickle, &matrix);
  bytes_u8 (pickle, 'a');
  pickle_tensor (pickle, second);
  bytes_u8 (pickle, 'a');
  if (third) {
    pickle_tensor (pickle, &matrix);
    bytes_u8 (pickle, 'a');
  }
  bytes_u8 (pickle, 's');
  end_dict (pickle);
}

static void build_names (GByteArray *pickle)
{
  begin_dict (pickle, "score_estimator");
  pickle_set_tensor (pickle, "weight", &matrix);
  pickle_set_tensor (pickle, "bias", &vector);
  end_dict (pickle);
}

static void build_good (GByteArray *pickle)
{
  build_names (pickle);
  build_averages (pickle, &vector, false);
}

static void build_other_shape (GByteArray *pickle)
{
  build_names (pickle);
  build_averages (pickle, &matrix, false);
}

static void build_one_more (GByteArray *pickle)
{
  build_names (pickle);
  build_averages (pickle, &vector, true);
}

static void build_no_names (GByteArray *pickle)
{
  build_averages (pickle, &vector, false);
}

static void check_averages (void (*build) (GByteArray *pickle), const char *words)
{
  CosmosError err = {0};
  CosmosState state;
  File file = open_file (build, numbers);
  bool ok = cosmos_state_init_averages (&state, file.archive, "test.pth", &err);
  if (ok != (words == NULL) || (words && !strstr (err.message, words)))
    g_error ("wanted \"%s\", got \"%s\"", words ? words : "", err.message);
  cosmos_state_clear (&state);
  close_file (&file);
}

static void averages (void)
{
  CosmosError err = {0};
  CosmosState state;
  File file = open_file (build_good, numbers);
  g_assert_true (cosmos_state_init_averages (&state, file.archive, "test.pth", &err));
  g_assert_cmpuint (state.n, ==, 2);
  g_assert_cmpstr (cosmos_state_find (&state, "bias")->tensor->name, ==, "ema.shadow_params.1");
  cosmos_state_clear (&state);
  close_file (&file);
  check_averages (build_names, NULL); /* there are none */
  check_averages (build_other_shape, "ema.shadow_params.1 has another shape than score_estimator.bias");
  check_averages (build_one_more, "score_estimator has 2 tensors, but 3 averages");
  check_averages (build_no_names, "its 2 averages are not of a denoiser");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/convert-state/members", members);
  g_test_add_func ("/convert-state/not-finite", not_finite);
  g_test_add_func ("/convert-state/averages", averages);
  return g_test_run ();
}
