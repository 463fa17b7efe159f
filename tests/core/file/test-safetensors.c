#include "core/file/safetensors.h"

#include "bytes.h"
#include "walk.h"

static CosmosSafetensors *open_bytes (const void *data, size_t size, void **copy, CosmosError *err)
{
  *copy = g_malloc (size ? size : 1);
  if (size)
    memcpy (*copy, data, size);
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (*copy, size, "test.safetensors", err);
  g_assert_nonnull (mapping);
  return cosmos_safetensors_new (mapping, err);
}

/* json, of the length that it says it has, and n bytes of data: 0, 1, 2 ... */
static GByteArray *file_with_length (uint64_t length, const char *json, size_t n)
{
  GByteArray *bytes = g_byte_array_new ();
  bytes_u64 (bytes, length);
  bytes_put (bytes, json, strlen (json));
  for (size_t i = 0; i < n; i++)
    bytes_u8 (bytes, (uint8_t) i);
  return bytes;
}

static GByteArray *file (const char *json, size_t n)
{
  return file_with_length (strlen (json), json, n);
}

static CosmosSafetensors *assert_opens (GByteArray *bytes, void **copy)
{
  CosmosError err = {0};
  CosmosSafetensors *self = open_bytes (bytes->data, bytes->len, copy, &err);
  g_assert_cmpstr (err.message, ==, "");
  g_assert_nonnull (self);
  walk_safetensors (self, *copy, bytes->len);
  g_byte_array_unref (bytes);
  return self;
}

static void assert_refused (GByteArray *bytes, CosmosStatus code, const char *words)
{
  g_autofree void *copy = NULL;
  CosmosError err = {0};
  g_assert_null (open_bytes (bytes->data, bytes->len, &copy, &err));
  if (err.code != code || !strstr (err.message, words) || !g_str_has_prefix (err.message, "test.safetensors: "))
    g_error ("wanted \"%s\", got %d: %s", words, err.code, err.message);
  g_byte_array_unref (bytes);
}

/* All formats that count, out of order, with a buffer between, an empty tensor and a scalar. */
static const char good[] = "{\"__metadata__\":{\"format\":\"pt\",\"a\":\"\\u00fc\"},"
                           "\"w.half\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[40,52]},"
                           "\"w\":{\"shape\":[2,1,2,1],\"dtype\":\"F32\",\"data_offsets\":[0,16]},"
                           "\"ids\":{\"dtype\":\"I64\",\"shape\":[1,3],\"data_offsets\":[16,40]},"
                           "\"none\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[40,40]},"
                           "\"five\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[52,56]},"
                           "\"b\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[56,58],\"more\":[[{}]]},"
                           "\"odd\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[58,60]}}   ";

static void test_good (void)
{
  g_autofree void *copy = NULL;
  CosmosSafetensors *self = assert_opens (file (good, 60), &copy);
  static const char *const names[] = {"w", "none", "w.half", "b"};
  g_assert_cmpuint (cosmos_safetensors_get_n_tensors (self), ==, 4);
  for (size_t i = 0; i < 4; i++)
    g_assert_cmpstr (cosmos_safetensors_get_tensor (self, i)->name, ==, names[i]);
  const unsigned char *data = (const unsigned char *) copy + 8 + strlen (good);
  const CosmosTensorInfo *info = cosmos_safetensors_find_tensor (self, "w.half");
  g_assert_cmpint (info->dtype, ==, COSMOS_DTYPE_F16);
  g_assert_cmpint (info->rank, ==, 2);
  g_assert_cmpint (info->shape[0], ==, 2);
  g_assert_cmpint (info->shape[1], ==, 3);
  g_assert_cmpuint (info->count, ==, 6);
  g_assert_cmpuint (info->size, ==, 12);
  g_assert_true (info->data == data + 40);
  info = cosmos_safetensors_find_tensor (self, "b");
  g_assert_cmpint (info->dtype, ==, COSMOS_DTYPE_BF16);
  g_assert_cmpint (info->rank, ==, 0);
  g_assert_cmpuint (info->count, ==, 1);
  g_assert_cmpuint (cosmos_safetensors_find_tensor (self, "none")->count, ==, 0);
  static const char *const passed_over[] = {"ids", "five", "odd", "missing", "__metadata__", ""};
  for (size_t i = 0; i < G_N_ELEMENTS (passed_over); i++)
    g_assert_null (cosmos_safetensors_find_tensor (self, passed_over[i]));
  g_assert_cmpstr (cosmos_safetensors_get_metadata (self, "format"), ==, "pt");
  g_assert_cmpstr (cosmos_safetensors_get_metadata (self, "a"), ==, "\xc3\xbc");
  g_assert_null (cosmos_safetensors_get_metadata (self, "missing"));
  cosmos_safetensors_free (self);
}

static void test_small (void)
{
  g_autofree void *first = NULL, *second = NULL;
  CosmosSafetensors *self = assert_opens (file ("{}", 0), &first);
  g_assert_cmpuint (cosmos_safetensors_get_n_tensors (self), ==, 0);
  g_assert_null (cosmos_safetensors_get_metadata (self, "format"));
  g_assert_null (cosmos_safetensors_find_tensor (self, "w"));
  cosmos_safetensors_free (self);
  cosmos_safetensors_free (assert_opens (file ("{\"__metadata__\":{}}", 0), &second));
  cosmos_safetensors_free (NULL);
}

static void test_truncated (void)
{
  g_autoptr (GByteArray) bytes = file (good, 60);
  for (size_t size = 0; size < bytes->len; size++) {
    g_autofree void *copy = NULL;
    CosmosError err = {0};
    g_assert_null (open_bytes (bytes->data, size, &copy, &err));
    g_assert_cmpint (err.code, ==, size < 9 ? COSMOS_STATUS_FORMAT : COSMOS_STATUS_CORRUPT);
  }
}

static void test_bit_flips (void)
{
  g_autoptr (GByteArray) bytes = file (good, 60);
  int opened = 0, refused = 0;
  for (size_t bit = 0; bit < bytes->len * 8; bit++) {
    g_autofree void *copy = NULL;
    bytes->data[bit / 8] ^= (guint8) (1 << bit % 8);
    CosmosSafetensors *self = open_bytes (bytes->data, bytes->len, &copy, NULL);
    if (self)
      walk_safetensors (self, copy, bytes->len);
    self ? opened++ : refused++;
    cosmos_safetensors_free (self);
    bytes->data[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  g_assert_cmpint (opened, >, 0);
  g_assert_cmpint (refused, >, 0);
}

static void test_header (void)
{
  assert_refused (file ("", 0), COSMOS_STATUS_FORMAT, "not a safetensors");
  assert_refused (file ("[]", 4), COSMOS_STATUS_FORMAT, "not a safetensors");
  assert_refused (file (" {}", 4), COSMOS_STATUS_FORMAT, "not a safetensors");
  assert_refused (file_with_length (3, "{}", 0), COSMOS_STATUS_CORRUPT, "header");
  assert_refused (file_with_length (1, "{}", 0), COSMOS_STATUS_FORMAT, "damaged at byte 9");
  assert_refused (file_with_length ((16 << 20) + 1, "{}", 0), COSMOS_STATUS_RANGE, "16777217");
  assert_refused (file_with_length (UINT64_MAX, "{}", 0), COSMOS_STATUS_RANGE, "header");
  assert_refused (file ("{}{}", 0), COSMOS_STATUS_FORMAT, "damaged");
  assert_refused (file ("{\"w\":}", 0), COSMOS_STATUS_FORMAT, "damaged");
  assert_refused (file ("{\"\xff\":1}", 0), COSMOS_STATUS_FORMAT, "damaged");
  assert_refused (file ("{}", 3), COSMOS_STATUS_CORRUPT, "3 bytes behind");
  assert_refused (file ("{\"__metadata__\":[]}", 0), COSMOS_STATUS_FORMAT, "__metadata__");
  assert_refused (file ("{\"__metadata__\":{\"a\":1}}", 0), COSMOS_STATUS_FORMAT, "\"a\"");
  assert_refused (file ("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0), COSMOS_STATUS_FORMAT, "\"a\"");
  assert_refused (file ("{\"__metadata__\":{},\"__metadata__\":{}}", 0), COSMOS_STATUS_FORMAT, "twice");
  /* Deep nesting must not use up the stack. */
  g_autofree char *open = g_strnfill (1 << 20, '[');
  g_autofree char *deep = g_strconcat ("{\"w\":", open, NULL);
  assert_refused (file (deep, 0), COSMOS_STATUS_FORMAT, "damaged");
}

#define TENSOR(name, dtype, shape, offsets) \
  "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define ONE(dtype, shape, offsets) "{" TENSOR ("w", dtype, shape, offsets) "}"

static void test_tensors (void)
{
  static const struct {
    const char *json;
    const char *words;
  } wrong[] = {
    {"{\"w\":1}", "no JSON object"},
    {"{\"w\":{}}", "missing"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", "missing"},
    {"{\"w\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", "wrong kind"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "wrong kind"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":{}}}", "wrong kind"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", "field twice"},
    {ONE ("F32", "[2]", "[0]"), "two whole numbers"},
    {ONE ("F32", "[2]", "[0,8,8]"), "two whole numbers"},
    {ONE ("F32", "[2]", "[0,8.0]"), "two whole numbers"},
    {ONE ("F32", "[2]", "[-1,7]"), "two whole numbers"},
    {ONE ("F32", "[2]", "[0,\"8\"]"), "two whole numbers"},
    {ONE ("F32", "[2]", "[0,18446744073709551616]"), "two whole numbers"},
    {ONE ("F32", "[2]", "[8,0]"), "end before they begin"},
    {ONE ("F32", "[1]", "[0,8]"), "does not go with"},
    {ONE ("F32", "[3]", "[0,8]"), "does not go with"},
    {ONE ("F32", "[]", "[0,8]"), "does not go with"},
    {ONE ("F32", "[2,0]", "[0,8]"), "does not go with"},
    {ONE ("F16", "[2]", "[0,8]"), "does not go with"},
    {ONE ("I64", "[2]", "[0,8]"), "does not go with"},
    {ONE ("F32", "[2.0]", "[0,8]"), "impossible"},
    {ONE ("F32", "[-2]", "[0,8]"), "impossible"},
    {ONE ("F32", "[null]", "[0,8]"), "impossible"},
    {ONE ("F32", "[18446744073709551615]", "[0,8]"), "impossible"},
    {ONE ("F32", "[4611686018427387906]", "[0,8]"), "impossible"}, /* times 4 is 8, but for the overflow */
    {ONE ("F32", "[4294967296,4294967296]", "[0,8]"), "impossible"},
    {ONE ("F32", "[1]", "[4,8]"), "gap"},
    {"{" TENSOR ("v", "F32", "[1]", "[0,4]") "," TENSOR ("w", "F32", "[1]", "[0,4]") "}", "shares bytes"},
    {"{" TENSOR ("v", "F32", "[2]", "[0,8]") "," TENSOR ("w", "F32", "[1]", "[4,8]") "}", "shares bytes"},
    {"{" TENSOR ("v", "F16", "[1]", "[0,2]") "," TENSOR ("w", "F32", "[1]", "[4,8]") "}", "gap"},
    {"{" TENSOR ("w", "F32", "[1]", "[0,4]") "," TENSOR ("w", "F32", "[1]", "[4,8]") "}", "twice"},
    {"{" TENSOR ("", "F32", "[2]", "[0,8]") "}", "the name"},
    {"{" TENSOR ("a\\u0000b", "F32", "[2]", "[0,8]") "}", "the name"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (file (wrong[i].json, 8), COSMOS_STATUS_FORMAT, wrong[i].words);
  /* Empty, but the rest of the shape would overflow. */
  assert_refused (file (ONE ("F32", "[0,9223372036854775808]", "[0,0]"), 0), COSMOS_STATUS_FORMAT, "impossible");
  assert_refused (file (ONE ("F32", "[0,9223372036854775807,3]", "[0,0]"), 0), COSMOS_STATUS_FORMAT, "impossible");
  assert_refused (file (ONE ("F32", "[3]", "[0,12]"), 8), COSMOS_STATUS_CORRUPT, "4 bytes behind");
  assert_refused (file (ONE ("F32", "[2]", "[0,18446744073709551615]"), 8), COSMOS_STATUS_CORRUPT, "behind the file");
  g_autofree char *name = g_strnfill (4097, 'x');
  g_autofree char *json = g_strdup_printf ("{\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", name);
  assert_refused (file (json, 8), COSMOS_STATUS_FORMAT, "the name");
}

/* Opening and finding take time in the number of names, not its square. */
static void test_many (void)
{
  enum { N = 60000 };
  GString *json = g_string_new ("{\"__metadata__\":{\"0\":\"\"");
  for (int i = 1; i < N; i++)
    g_string_append_printf (json, ",\"%d\":\"\"", i);
  g_string_append_c (json, '}');
  for (int i = 0; i < N; i++)
    g_string_append_printf (json, "," TENSOR ("t.%d", "F16", "[1]", "[%d,%d]"), i, 2 * (N - 1 - i), 2 * (N - i));
  g_string_append_c (json, '}');
  g_autofree void *copy = NULL;
  CosmosSafetensors *self = assert_opens (file (json->str, 2 * N), &copy);
  g_assert_cmpuint (cosmos_safetensors_get_n_tensors (self), ==, N);
  g_assert_cmpstr (cosmos_safetensors_get_tensor (self, N - 1)->name, ==, "t.0");
  cosmos_safetensors_free (self);
  g_string_free (json, TRUE);
}

static void test_no_file (void)
{
  CosmosError err = {0};
  g_assert_null (cosmos_safetensors_open ("/nowhere/model.safetensors", &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_nonnull (strstr (err.message, "/nowhere/model.safetensors"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/safetensors/good", test_good);
  g_test_add_func ("/file/safetensors/small", test_small);
  g_test_add_func ("/file/safetensors/truncated", test_truncated);
  g_test_add_func ("/file/safetensors/bit-flips", test_bit_flips);
  g_test_add_func ("/file/safetensors/header", test_header);
  g_test_add_func ("/file/safetensors/tensors", test_tensors);
  g_test_add_func ("/file/safetensors/many", test_many);
  g_test_add_func ("/file/safetensors/no-file", test_no_file);
  return g_test_run ();
}
