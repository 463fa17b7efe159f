#include "core/file/gguf-writer.h"

#include "scratch.h"

#include <math.h>
#include <string.h>

/* A folder of the test's own, and a file in it. */
static char *folder, *file;

static CosmosGguf *save_and_open (CosmosGgufWriter *writer)
{
  CosmosError err = {0};
  if (!cosmos_gguf_writer_save (writer, file, &err))
    g_error ("%s", err.message);
  cosmos_gguf_writer_free (writer);
  CosmosGguf *gguf = cosmos_gguf_open (file, &err);
  if (!gguf)
    g_error ("%s", err.message);
  return gguf;
}

static void test_values (void)
{
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  const CosmosGgufString words[] = {{"hello", 5}, {"", 0}, {"a\0b", 3}, {"\xff\xfe", 2}};
  const int32_t integers[] = {INT32_MIN, -1, 0, INT32_MAX};
  const float floats[] = {0, -1.5f, 3e38f};
  cosmos_gguf_writer_set_string (writer, "general.architecture", "cosmos");
  cosmos_gguf_writer_set_u32 (writer, "cosmos.size", UINT32_MAX);
  cosmos_gguf_writer_set_f32 (writer, "cosmos.start", 0.05f);
  cosmos_gguf_writer_set_bool (writer, "cosmos.yes", true);
  cosmos_gguf_writer_set_bool (writer, "cosmos.no", false);
  cosmos_gguf_writer_set_strings (writer, "words", words, G_N_ELEMENTS (words));
  cosmos_gguf_writer_set_i32s (writer, "integers", integers, G_N_ELEMENTS (integers));
  cosmos_gguf_writer_set_f32s (writer, "floats", floats, G_N_ELEMENTS (floats));
  cosmos_gguf_writer_set_strings (writer, "none", NULL, 0);
  CosmosGguf *gguf = save_and_open (writer);
  CosmosError err = {0};

  g_assert_cmpuint (cosmos_gguf_get_n_keys (gguf), ==, 9);
  g_assert_cmpuint (cosmos_gguf_get_n_tensors (gguf), ==, 0);
  g_assert_cmpstr (cosmos_gguf_get_key (gguf, 0), ==, "general.architecture");
  g_assert_cmpstr (cosmos_gguf_get_path (gguf), ==, file);
  const char *text = NULL;
  int64_t integer = 0;
  double number = 0;
  bool flag = false;
  g_assert_true (cosmos_gguf_get_string (gguf, "general.architecture", &text, &err));
  g_assert_cmpstr (text, ==, "cosmos");
  g_assert_true (cosmos_gguf_get_integer (gguf, "cosmos.size", 0, UINT32_MAX, &integer, &err));
  g_assert_cmpint (integer, ==, UINT32_MAX);
  g_assert_true (cosmos_gguf_get_float (gguf, "cosmos.start", &number, &err));
  g_assert_true ((float) number == 0.05f);
  g_assert_true (cosmos_gguf_get_float (gguf, "cosmos.size", &number, &err));
  g_assert_true (number == UINT32_MAX);
  g_assert_true (cosmos_gguf_get_bool (gguf, "cosmos.yes", &flag, &err) && flag);
  g_assert_true (cosmos_gguf_get_bool (gguf, "cosmos.no", &flag, &err) && !flag);

  size_t length = 0;
  CosmosGgufString strings[4];
  g_assert_true (cosmos_gguf_get_array_length (gguf, "words", &length, &err));
  g_assert_cmpuint (length, ==, 4);
  g_assert_true (cosmos_gguf_get_strings (gguf, "words", strings, &err));
  for (int i = 0; i < 4; i++)
    g_assert_cmpmem (strings[i].data, strings[i].length, words[i].data, words[i].length);
  int64_t wide[4];
  g_assert_true (cosmos_gguf_get_integers (gguf, "integers", wide, &err));
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (wide[i], ==, integers[i]);
  double numbers[4];
  g_assert_true (cosmos_gguf_get_floats (gguf, "floats", numbers, &err));
  for (int i = 0; i < 3; i++)
    g_assert_true (numbers[i] == floats[i]);
  g_assert_true (cosmos_gguf_get_floats (gguf, "integers", numbers, &err));
  g_assert_true (numbers[0] == INT32_MIN);
  g_assert_true (cosmos_gguf_get_array_length (gguf, "none", &length, &err));
  g_assert_cmpuint (length, ==, 0);
  g_assert_true (cosmos_gguf_get_strings (gguf, "none", strings, &err));
  cosmos_gguf_free (gguf);
}

/* A key that is set again keeps its place and takes the new value and kind. */
static void test_replaced (void)
{
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_u32 (writer, "a", 1);
  cosmos_gguf_writer_set_u32 (writer, "b", 2);
  cosmos_gguf_writer_set_string (writer, "a", "three");
  /* More keys than the first table holds. */
  for (int i = 0; i < 1000; i++) {
    g_autofree char *key = g_strdup_printf ("key.%d", i % 500);
    cosmos_gguf_writer_set_u32 (writer, key, (uint32_t) i);
  }
  CosmosGguf *gguf = save_and_open (writer);
  const char *text = NULL;
  int64_t integer = 0;
  g_assert_cmpuint (cosmos_gguf_get_n_keys (gguf), ==, 502);
  g_assert_cmpstr (cosmos_gguf_get_key (gguf, 0), ==, "a");
  g_assert_true (cosmos_gguf_get_string (gguf, "a", &text, NULL));
  g_assert_cmpstr (text, ==, "three");
  g_assert_true (cosmos_gguf_get_integer (gguf, "b", 2, 2, &integer, NULL));
  g_assert_true (cosmos_gguf_get_integer (gguf, "key.7", 0, 1000, &integer, NULL));
  g_assert_cmpint (integer, ==, 507);
  cosmos_gguf_free (gguf);
}

/* Every format, ranks 0 to 4, an empty one, and more numbers than are converted at a time. */
static void test_tensors (void)
{
  enum { ROWS = 700, COLUMNS = 96, N = ROWS * COLUMNS };
  static const CosmosDtype dtypes[] = {COSMOS_DTYPE_F32, COSMOS_DTYPE_F16, COSMOS_DTYPE_BF16, COSMOS_DTYPE_Q8_0};
  g_autofree float *values = g_new (float, N);
  g_autofree float *back = g_new (float, N);
  g_autofree float *wanted = g_new (float, N);
  g_autofree unsigned char *stored = g_new (unsigned char, N * sizeof (float));
  for (int i = 0; i < N; i++)
    values[i] = sinf ((float) i) * 3;
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (dtypes); i++)
    cosmos_gguf_writer_add_tensor (writer, cosmos_dtype_get_name (dtypes[i]), 2, (int64_t[]) {ROWS, COLUMNS}, dtypes[i], values);
  cosmos_gguf_writer_add_tensor (writer, "scalar", 0, NULL, COSMOS_DTYPE_F32, values + 1);
  cosmos_gguf_writer_add_tensor (writer, "vector", 1, (int64_t[]) {5}, COSMOS_DTYPE_BF16, values);
  cosmos_gguf_writer_add_tensor (writer, "cube", 4, (int64_t[]) {2, 3, 4, 5}, COSMOS_DTYPE_F32, values);
  cosmos_gguf_writer_add_tensor (writer, "empty", 2, (int64_t[]) {0, 32}, COSMOS_DTYPE_Q8_0, values);
  cosmos_gguf_writer_add_tensor (writer, "narrow", 2, (int64_t[]) {64, 31}, COSMOS_DTYPE_Q8_0, values);
  CosmosGguf *gguf = save_and_open (writer);
  g_assert_cmpuint (cosmos_gguf_get_n_tensors (gguf), ==, 9);
  for (size_t i = 0; i < G_N_ELEMENTS (dtypes); i++) {
    const CosmosTensorInfo *info = cosmos_gguf_get_tensor (gguf, i);
    g_assert_cmpstr (info->name, ==, cosmos_dtype_get_name (dtypes[i]));
    g_assert_true (info == cosmos_gguf_find_tensor (gguf, info->name));
    g_assert_cmpint (info->dtype, ==, dtypes[i]);
    g_assert_cmpint (info->rank, ==, 2);
    g_assert_cmpint (info->shape[0], ==, ROWS);
    g_assert_cmpint (info->shape[1], ==, COLUMNS);
    g_assert_cmpuint (info->count, ==, N);
    g_assert_cmpuint ((uintptr_t) info->data % 32, ==, 0);
    cosmos_dtype_to_float (info->dtype, info->data, back, N);
    cosmos_dtype_from_float (info->dtype, values, stored, N);
    g_assert_cmpmem (info->data, info->size, stored, info->size);
    cosmos_dtype_to_float (info->dtype, stored, wanted, N);
    g_assert_cmpmem (back, N * sizeof *back, wanted, N * sizeof *wanted);
  }
  const CosmosTensorInfo *info = cosmos_gguf_find_tensor (gguf, "scalar");
  g_assert_cmpint (info->rank, ==, 0);
  g_assert_cmpuint (info->count, ==, 1);
  g_assert_cmpmem (info->data, info->size, values + 1, sizeof *values);
  info = cosmos_gguf_find_tensor (gguf, "cube");
  g_assert_cmpint (info->rank, ==, 4);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (info->shape[i], ==, i + 2);
  g_assert_cmpmem (info->data, info->size, values, 120 * sizeof *values);
  info = cosmos_gguf_find_tensor (gguf, "empty");
  g_assert_cmpuint (info->count + info->size, ==, 0);
  info = cosmos_gguf_find_tensor (gguf, "narrow");
  g_assert_cmpint (info->dtype, ==, COSMOS_DTYPE_F16);
  g_assert_cmpuint (info->size, ==, 64 * 31 * 2);
  g_assert_null (cosmos_gguf_find_tensor (gguf, "missing"));
  cosmos_gguf_free (gguf);
}

static void assert_refused (CosmosGgufWriter *writer, CosmosStatus code, const char *words)
{
  g_autofree char *target = g_build_filename (folder, "refused.gguf", NULL);
  CosmosError err = {0};
  g_assert_false (cosmos_gguf_writer_save (writer, target, &err));
  g_assert_cmpint (err.code, ==, code);
  g_assert_nonnull (strstr (err.message, words));
  g_assert_nonnull (strstr (err.message, target));
  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
  cosmos_gguf_writer_free (writer);
}

static void test_refused (void)
{
  const float values[4] = {0};
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_add_tensor (writer, "twice", 1, (int64_t[]) {4}, COSMOS_DTYPE_F32, values);
  cosmos_gguf_writer_add_tensor (writer, "twice", 1, (int64_t[]) {2}, COSMOS_DTYPE_F32, values);
  cosmos_gguf_writer_set_u32 (writer, "", 1); /* only the first failure is told */
  assert_refused (writer, COSMOS_STATUS_FORMAT, "twice");

  writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_u32 (writer, "", 1);
  assert_refused (writer, COSMOS_STATUS_FORMAT, "empty");

  writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_u32 (writer, "a\xff", 1);
  assert_refused (writer, COSMOS_STATUS_FORMAT, "no text");

  writer = cosmos_gguf_writer_new ();
  g_autofree char *name = g_strnfill (5000, 'x');
  cosmos_gguf_writer_add_tensor (writer, name, 1, (int64_t[]) {4}, COSMOS_DTYPE_F32, values);
  assert_refused (writer, COSMOS_STATUS_FORMAT, "4096");

  writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_add_tensor (writer, "huge", 2, (int64_t[]) {INT64_MAX / 2, 3}, COSMOS_DTYPE_F32, values);
  assert_refused (writer, COSMOS_STATUS_RANGE, "huge");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = scratch_new ();
  file = g_build_filename (folder, "written.gguf", NULL);
  g_test_add_func ("/file/gguf-writer/values", test_values);
  g_test_add_func ("/file/gguf-writer/replaced", test_replaced);
  g_test_add_func ("/file/gguf-writer/tensors", test_tensors);
  g_test_add_func ("/file/gguf-writer/refused", test_refused);
  int status = g_test_run ();
  scratch_free (folder);
  g_free (file);
  return status;
}
