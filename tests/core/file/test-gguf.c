#include "core/file/gguf.h"

#include "bytes.h"
#include "walk.h"

#include <math.h>

enum { U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 };

/* The file is copied to where a sanitizer sees any step beyond its end. *copy lives as long as the reader. */
static CosmosGguf *open_bytes (const void *data, size_t size, void **copy, CosmosError *err)
{
  *copy = g_malloc (size ? size : 1);
  if (size)
    memcpy (*copy, data, size);
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (*copy, size, "test.gguf", err);
  g_assert_nonnull (mapping);
  return cosmos_gguf_new (mapping, err);
}

static GByteArray *header (uint32_t version, uint64_t n_tensors, uint64_t n_values)
{
  GByteArray *bytes = g_byte_array_new ();
  bytes_put (bytes, "GGUF", 4);
  bytes_u32 (bytes, version);
  bytes_u64 (bytes, n_tensors);
  bytes_u64 (bytes, n_values);
  return bytes;
}

static void key (GByteArray *bytes, const char *name, uint32_t kind)
{
  bytes_string (bytes, name);
  bytes_u32 (bytes, kind);
}

static void array (GByteArray *bytes, const char *name, uint32_t kind, uint64_t n)
{
  key (bytes, name, ARRAY);
  bytes_u32 (bytes, kind);
  bytes_u64 (bytes, n);
}

static void tensor (GByteArray *bytes, const char *name, uint32_t rank, const uint64_t *lengths, uint32_t format, uint64_t offset)
{
  bytes_string (bytes, name);
  bytes_u32 (bytes, rank);
  for (uint32_t i = 0; i < rank; i++)
    bytes_u64 (bytes, lengths[i]);
  bytes_u32 (bytes, format);
  bytes_u64 (bytes, offset);
}

/* One key of every kind, an array of every kind, three tensors. */
static GByteArray *good_file (void)
{
  GByteArray *bytes = header (3, 3, 25);
  key (bytes, "u8", U8), bytes_u8 (bytes, 200);
  key (bytes, "i8", I8), bytes_u8 (bytes, 0x80);
  key (bytes, "u16", U16), bytes_put (bytes, &(uint16_t) {60000}, 2);
  key (bytes, "i16", I16), bytes_put (bytes, &(int16_t) {-30000}, 2);
  key (bytes, "u32", U32), bytes_u32 (bytes, 4000000000);
  key (bytes, "i32", I32), bytes_u32 (bytes, (uint32_t) -2000000000);
  key (bytes, "f32", F32), bytes_put (bytes, &(float) {1.5f}, 4);
  key (bytes, "bool", BOOL), bytes_u8 (bytes, 1);
  key (bytes, "string", STRING), bytes_string (bytes, "gr\xc3\xbc\xc3\x9f\x1b[31m dich");
  key (bytes, "u64", U64), bytes_u64 (bytes, UINT64_MAX);
  key (bytes, "i64", I64), bytes_u64 (bytes, (uint64_t) INT64_MIN);
  key (bytes, "f64", F64), bytes_put (bytes, &(double) {-2.25}, 8);
  key (bytes, "nan", F32), bytes_put (bytes, &(float) {NAN}, 4);
  array (bytes, "u8s", U8, 2), bytes_u8 (bytes, 0), bytes_u8 (bytes, 255);
  array (bytes, "i8s", I8, 2), bytes_u8 (bytes, 255), bytes_u8 (bytes, 127);
  array (bytes, "u16s", U16, 1), bytes_put (bytes, &(uint16_t) {65535}, 2);
  array (bytes, "i16s", I16, 1), bytes_put (bytes, &(int16_t) {-1}, 2);
  array (bytes, "u32s", U32, 1), bytes_u32 (bytes, UINT32_MAX);
  array (bytes, "f32s", F32, 1), bytes_put (bytes, &(float) {0.5f}, 4);
  array (bytes, "bools", BOOL, 3), bytes_u8 (bytes, 1), bytes_u8 (bytes, 0), bytes_u8 (bytes, 1);
  array (bytes, "strings", STRING, 2), bytes_string (bytes, "one"), bytes_string (bytes, "");
  array (bytes, "u64s", U64, 2), bytes_u64 (bytes, 1), bytes_u64 (bytes, UINT64_MAX);
  array (bytes, "i64s", I64, 1), bytes_u64 (bytes, (uint64_t) -7);
  array (bytes, "f64s", F64, 1), bytes_put (bytes, &(double) {INFINITY}, 8);
  array (bytes, "no strings", STRING, 0);
  tensor (bytes, "q4_0", 2, (uint64_t[]) {32, 2}, 2, 0);
  tensor (bytes, "q4_1", 1, (uint64_t[]) {32}, 3, 64);
  tensor (bytes, "f32", 3, (uint64_t[]) {3, 1, 2}, 0, 96);
  bytes_pad (bytes, 32);
  for (int i = 0; i < 96 + 24; i++)
    bytes_u8 (bytes, (uint8_t) (i % 32));
  return bytes;
}

static void test_kinds (void)
{
  g_autoptr (GByteArray) bytes = good_file ();
  g_autofree void *copy = NULL;
  CosmosError err = {0};
  CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, &err);
  g_assert_cmpstr (err.message, ==, "");
  g_assert_nonnull (gguf);
  walk_gguf (gguf, copy, bytes->len);

  static const struct {
    const char *key;
    int64_t value;
  } integers[] = {{"u8", 200},         {"i8", -128},         {"u16", 60000},    {"i16", -30000},
                  {"u32", 4000000000}, {"i32", -2000000000}, {"i64", INT64_MIN}};
  for (size_t i = 0; i < G_N_ELEMENTS (integers); i++) {
    int64_t value = 0;
    double number = 0;
    g_assert_true (cosmos_gguf_get_integer (gguf, integers[i].key, INT64_MIN, INT64_MAX, &value, &err));
    g_assert_cmpint (value, ==, integers[i].value);
    g_assert_true (cosmos_gguf_get_float (gguf, integers[i].key, &number, &err));
    g_assert_true (number == (double) integers[i].value);
  }
  int64_t kept = 77, items[3] = {77, 77, 77};
  g_assert_false (cosmos_gguf_get_integer (gguf, "u64", INT64_MIN, INT64_MAX, &kept, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (err.message, "18446744073709551615"));
  g_assert_false (cosmos_gguf_get_integer (gguf, "u8", 0, 199, &kept, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_false (cosmos_gguf_get_integer (gguf, "u8", 201, 300, &kept, &err));
  g_assert_false (cosmos_gguf_get_integers (gguf, "u64s", items, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_cmpint (kept + items[0], ==, 154);

  double number = 7, numbers[2] = {7, 7};
  g_assert_true (cosmos_gguf_get_float (gguf, "u64", &number, &err));
  g_assert_true (number == 0x1p64);
  g_assert_true (cosmos_gguf_get_float (gguf, "f32", &number, &err) && number == 1.5);
  g_assert_true (cosmos_gguf_get_float (gguf, "f64", &number, &err) && number == -2.25);
  g_assert_false (cosmos_gguf_get_float (gguf, "nan", &number, &err));
  g_assert_false (cosmos_gguf_get_floats (gguf, "f64s", numbers, &err));
  g_assert_true (number == -2.25 && numbers[0] == 7);
  g_assert_true (cosmos_gguf_get_floats (gguf, "f32s", numbers, &err) && numbers[0] == 0.5);
  g_assert_true (cosmos_gguf_get_floats (gguf, "u64s", numbers, &err) && numbers[1] == 0x1p64);

  g_assert_true (cosmos_gguf_get_integers (gguf, "u8s", items, &err));
  g_assert_cmpint (items[1], ==, 255);
  g_assert_true (cosmos_gguf_get_integers (gguf, "i8s", items, &err));
  g_assert_cmpint (items[0], ==, -1);
  g_assert_true (cosmos_gguf_get_integers (gguf, "u16s", items, &err));
  g_assert_cmpint (items[0], ==, 65535);
  g_assert_true (cosmos_gguf_get_integers (gguf, "i16s", items, &err));
  g_assert_cmpint (items[0], ==, -1);
  g_assert_true (cosmos_gguf_get_integers (gguf, "u32s", items, &err));
  g_assert_cmpint (items[0], ==, UINT32_MAX);
  g_assert_true (cosmos_gguf_get_integers (gguf, "i64s", items, &err));
  g_assert_cmpint (items[0], ==, -7);
  g_assert_true (cosmos_gguf_get_integers (gguf, "bools", items, &err));
  g_assert_cmpint (items[0] * 100 + items[1] * 10 + items[2], ==, 101);

  const CosmosTensorInfo *info = cosmos_gguf_find_tensor (gguf, "f32");
  g_assert_cmpint (info->shape[0], ==, 2);
  g_assert_cmpint (info->shape[1], ==, 1);
  g_assert_cmpint (info->shape[2], ==, 3);
  g_assert_true ((const unsigned char *) info->data + info->size == (unsigned char *) copy + bytes->len);
  cosmos_gguf_free (gguf);
}

/* What is asked for in vain: an error that names file and key, and an output that stays. */
static void test_wrong_kind (void)
{
  g_autoptr (GByteArray) bytes = good_file ();
  g_autofree void *copy = NULL;
  CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, NULL);
  CosmosError err = {0};
  int64_t integer = 7;
  double number = 7;
  bool flag = true;
  size_t length = 7;
  const char *text = "seven";
  CosmosGgufString string = {text, 5};
#define ASSERT_REFUSED(key, call)                         \
  do {                                                    \
    err = (CosmosError) {0};                              \
    g_assert_false (call);                                \
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT); \
    g_assert_nonnull (strstr (err.message, key));         \
    g_assert_nonnull (strstr (err.message, "test.gguf")); \
  } while (0)
  static const char *const wrong_for_integer[] = {"f32", "bool", "string", "u8s", "missing"};
  for (size_t i = 0; i < G_N_ELEMENTS (wrong_for_integer); i++)
    ASSERT_REFUSED (wrong_for_integer[i],
                    cosmos_gguf_get_integer (gguf, wrong_for_integer[i], INT64_MIN, INT64_MAX, &integer, &err));
  static const char *const wrong_for_float[] = {"bool", "string", "f32s", "missing"};
  for (size_t i = 0; i < G_N_ELEMENTS (wrong_for_float); i++)
    ASSERT_REFUSED (wrong_for_float[i], cosmos_gguf_get_float (gguf, wrong_for_float[i], &number, &err));
  static const char *const wrong_for_bool[] = {"u8", "string", "bools", "missing"};
  for (size_t i = 0; i < G_N_ELEMENTS (wrong_for_bool); i++)
    ASSERT_REFUSED (wrong_for_bool[i], cosmos_gguf_get_bool (gguf, wrong_for_bool[i], &flag, &err));
  static const char *const wrong_for_string[] = {"u8", "strings", "missing"};
  for (size_t i = 0; i < G_N_ELEMENTS (wrong_for_string); i++)
    ASSERT_REFUSED (wrong_for_string[i], cosmos_gguf_get_string (gguf, wrong_for_string[i], &text, &err));
  static const char *const no_arrays[] = {"u8", "string", "missing"};
  for (size_t i = 0; i < G_N_ELEMENTS (no_arrays); i++)
    ASSERT_REFUSED (no_arrays[i], cosmos_gguf_get_array_length (gguf, no_arrays[i], &length, &err));
  ASSERT_REFUSED ("strings", cosmos_gguf_get_integers (gguf, "strings", &integer, &err));
  ASSERT_REFUSED ("f32s", cosmos_gguf_get_integers (gguf, "f32s", &integer, &err));
  ASSERT_REFUSED ("bools", cosmos_gguf_get_floats (gguf, "bools", &number, &err));
  ASSERT_REFUSED ("u8s", cosmos_gguf_get_strings (gguf, "u8s", &string, &err));
#undef ASSERT_REFUSED
  g_assert_true (integer == 7 && number == 7 && flag && length == 7 && string.length == 5);
  g_assert_cmpstr (text, ==, "seven");
  g_assert_false (cosmos_gguf_has (gguf, "missing"));
  cosmos_gguf_free (gguf);
}

static void assert_described (const CosmosGguf *gguf, const char *name, size_t size, const char *wanted)
{
  char text[64];
  for (size_t i = 0; i < cosmos_gguf_get_n_keys (gguf); i++) {
    if (strcmp (cosmos_gguf_get_key (gguf, i), name) == 0) {
      cosmos_gguf_describe_value (gguf, i, text, size);
      g_assert_cmpstr (text, ==, wanted);
      return;
    }
  }
  g_assert_not_reached ();
}

static void test_describe (void)
{
  g_autoptr (GByteArray) bytes = good_file ();
  g_autofree void *copy = NULL;
  CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, NULL);
  assert_described (gguf, "i8", 64, "-128");
  assert_described (gguf, "u64", 64, "18446744073709551615");
  assert_described (gguf, "f64", 64, "-2.25");
  assert_described (gguf, "bool", 64, "true");
  assert_described (gguf, "strings", 64, "[2 strings]");
  assert_described (gguf, "u8s", 64, "[2 u8]");
  assert_described (gguf, "string", 64, "gr\xc3\xbc\xc3\x9f [31m dich");
  assert_described (gguf, "string", 6, "gr\xc3\xbc"); /* not half a letter */
  assert_described (gguf, "string", 1, "");
  cosmos_gguf_free (gguf);
}

static void assert_opens (GByteArray *bytes)
{
  g_autofree void *copy = NULL;
  CosmosError err = {0};
  CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, &err);
  g_assert_cmpstr (err.message, ==, "");
  g_assert_nonnull (gguf);
  walk_gguf (gguf, copy, bytes->len);
  cosmos_gguf_free (gguf);
  g_byte_array_unref (bytes);
}

static void assert_refused (GByteArray *bytes, CosmosStatus code, const char *words)
{
  g_autofree void *copy = NULL;
  CosmosError err = {0};
  g_assert_null (open_bytes (bytes->data, bytes->len, &copy, &err));
  if (err.code != code || !strstr (err.message, words) || !g_str_has_prefix (err.message, "test.gguf: "))
    g_error ("wanted \"%s\", got %d: %s", words, err.code, err.message);
  g_byte_array_unref (bytes);
}

static void test_truncated (void)
{
  g_autoptr (GByteArray) bytes = good_file ();
  for (size_t size = 0; size < bytes->len; size++) {
    g_autofree void *copy = NULL;
    CosmosError err = {0};
    g_assert_null (open_bytes (bytes->data, size, &copy, &err));
    g_assert_cmpint (err.code, ==, size < 4 ? COSMOS_STATUS_FORMAT : COSMOS_STATUS_CORRUPT);
  }
}

/* A wrong bit may go unnoticed, but nothing that is handed out lies outside the file. */
static void test_bit_flips (void)
{
  g_autoptr (GByteArray) bytes = good_file ();
  int opened = 0, refused = 0;
  for (size_t bit = 0; bit < bytes->len * 8; bit++) {
    g_autofree void *copy = NULL;
    bytes->data[bit / 8] ^= (guint8) (1 << bit % 8);
    CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, NULL);
    if (gguf)
      walk_gguf (gguf, copy, bytes->len);
    gguf ? opened++ : refused++;
    cosmos_gguf_free (gguf);
    bytes->data[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  g_assert_cmpint (opened, >, 0);
  g_assert_cmpint (refused, >, 0);
}

static void test_header (void)
{
  GByteArray *bytes = g_byte_array_new ();
  bytes_put (bytes, "GGML....", 8);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "not a GGUF");
  assert_opens (header (3, 0, 0));
  assert_opens (header (2, 0, 0));
  assert_refused (header (1, 0, 0), COSMOS_STATUS_UNSUPPORTED, "version 1");
  assert_refused (header (4, 0, 0), COSMOS_STATUS_UNSUPPORTED, "later version");
  assert_refused (header (GUINT32_SWAP_LE_BE (3), 0, 0), COSMOS_STATUS_UNSUPPORTED, "byte order");
  /* Numbers of entries whose product with anything overflows, or that the file cannot hold. */
  static const uint64_t counts[] = {1, 1u << 20, UINT64_MAX / 64, UINT64_MAX / 16, INT64_MAX, UINT64_MAX};
  for (size_t i = 0; i < G_N_ELEMENTS (counts); i++) {
    assert_refused (header (3, counts[i], 0), COSMOS_STATUS_CORRUPT, "header");
    assert_refused (header (3, 0, counts[i]), COSMOS_STATUS_CORRUPT, "header");
  }
  bytes = header (3, 0, 70000);
  for (int i = 0; i < 70000; i++)
    bytes_string (bytes, "12345"); /* as long as the shortest values */
  assert_refused (bytes, COSMOS_STATUS_RANGE, "70000");
}

static void test_values (void)
{
  static const uint64_t huge[] = {100, INT64_MAX, UINT64_MAX, UINT64_MAX - 7, UINT64_MAX / 8 + 1, UINT64_MAX / 4 + 1};
  for (size_t i = 0; i < G_N_ELEMENTS (huge); i++) {
    GByteArray *bytes = header (3, 0, 1);
    bytes_u64 (bytes, huge[i]), bytes_put (bytes, "12345", 5);
    assert_refused (bytes, COSMOS_STATUS_CORRUPT, "key");
    bytes = header (3, 0, 1);
    key (bytes, "text", STRING), bytes_u64 (bytes, huge[i]);
    assert_refused (bytes, COSMOS_STATUS_CORRUPT, "text");
    for (uint32_t kind = U8; kind <= F64; kind++) {
      if (kind == ARRAY)
        continue;
      bytes = header (3, 0, 1);
      array (bytes, "list", kind, huge[i]);
      bytes_pad (bytes, 64);
      assert_refused (bytes, COSMOS_STATUS_CORRUPT, "list");
    }
    bytes = header (3, 0, 1);
    array (bytes, "list", STRING, 2), bytes_string (bytes, "one"), bytes_u64 (bytes, huge[i]);
    assert_refused (bytes, COSMOS_STATUS_CORRUPT, "list");
  }
  GByteArray *bytes = header (3, 0, 1);
  array (bytes, "nested", ARRAY, 1), bytes_u32 (bytes, U8), bytes_u64 (bytes, 1), bytes_u8 (bytes, 1);
  assert_refused (bytes, COSMOS_STATUS_UNSUPPORTED, "nested");
  bytes = header (3, 0, 1);
  key (bytes, "odd", 13), bytes_u64 (bytes, 0);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "unknown kind 13");
  bytes = header (3, 0, 1);
  array (bytes, "odd", UINT32_MAX, 0);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "unknown kind 4294967295");
  bytes = header (3, 0, 1);
  key (bytes, "maybe", BOOL), bytes_u8 (bytes, 2);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "neither true nor false");
  bytes = header (3, 0, 1);
  array (bytes, "maybe", BOOL, 2), bytes_u8 (bytes, 1), bytes_u8 (bytes, 255);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "neither true nor false");
  bytes = header (3, 0, 2);
  key (bytes, "same", U8), bytes_u8 (bytes, 1), key (bytes, "same", U32), bytes_u32 (bytes, 1);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "key same is there twice");
  bytes = header (3, 0, 1);
  key (bytes, "", U8), bytes_u64 (bytes, 1);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "name of key 0");
  bytes = header (3, 0, 1);
  key (bytes, "a\xc3", U8), bytes_u8 (bytes, 1);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "name of key 0");
  bytes = header (3, 0, 1);
  bytes_u64 (bytes, 3), bytes_put (bytes, "a\0b", 3), bytes_u32 (bytes, U8), bytes_u8 (bytes, 1);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "name of key 0");
  bytes = header (3, 0, 1);
  g_autofree char *longest = g_strnfill (4096, 'k'), *longer = g_strnfill (4097, 'k');
  key (bytes, longest, U8), bytes_u8 (bytes, 1);
  assert_opens (bytes);
  bytes = header (3, 0, 1);
  key (bytes, longer, U8), bytes_u8 (bytes, 1);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "name of key 0");
}

/* Strings that are no text keep a file from nothing but being read. */
static void test_no_text (void)
{
  static const CosmosGgufString strings[] = {{"a\0b", 3}, {"\xff", 1}, {"\xed\xa0\x80", 3}};
  for (size_t i = 0; i < G_N_ELEMENTS (strings); i++) {
    g_autoptr (GByteArray) bytes = header (3, 0, 1);
    g_autofree void *copy = NULL;
    CosmosError err = {0};
    const char *text;
    char description[32];
    key (bytes, "text", STRING), bytes_u64 (bytes, strings[i].length), bytes_put (bytes, strings[i].data, strings[i].length);
    CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, &err);
    g_assert_nonnull (gguf);
    g_assert_false (cosmos_gguf_get_string (gguf, "text", &text, &err));
    g_assert_nonnull (strstr (err.message, "text is no text"));
    cosmos_gguf_describe_value (gguf, 0, description, sizeof description);
    g_assert_true (g_str_has_suffix (description, "bytes]"));
    cosmos_gguf_free (gguf);
  }
}

/* A file of one tensor with `size` bytes of data behind it. */
static GByteArray *one_tensor (uint32_t rank, const uint64_t *lengths, uint32_t format, uint64_t offset, size_t size)
{
  GByteArray *bytes = header (3, 1, 0);
  tensor (bytes, "w", rank, lengths, format, offset);
  bytes_pad (bytes, 32);
  g_byte_array_set_size (bytes, bytes->len + (guint) size);
  memset (bytes->data + bytes->len - size, 1, size);
  return bytes;
}

static void test_tensors (void)
{
  assert_opens (one_tensor (1, (uint64_t[]) {8}, 0, 0, 32));
  assert_opens (one_tensor (1, (uint64_t[]) {8}, 0, 32, 64));
  assert_opens (one_tensor (0, NULL, 0, 0, 4));
  assert_opens (one_tensor (2, (uint64_t[]) {0, 5}, 8, 0, 0));
  assert_refused (one_tensor (1, (uint64_t[]) {8}, 0, 4, 64), COSMOS_STATUS_FORMAT, "not aligned");
  assert_refused (one_tensor (1, (uint64_t[]) {8}, 0, 32, 63), COSMOS_STATUS_CORRUPT, "tensor w");
  assert_refused (one_tensor (1, (uint64_t[]) {8}, 0, 96, 64), COSMOS_STATUS_CORRUPT, "tensor w");
  assert_refused (one_tensor (1, (uint64_t[]) {8}, 0, UINT64_MAX - 31, 64), COSMOS_STATUS_CORRUPT, "tensor w");
  assert_refused (one_tensor (5, (uint64_t[]) {1, 1, 1, 1, 1}, 0, 0, 4), COSMOS_STATUS_FORMAT, "5 dimensions");
  GByteArray *bytes = header (3, 1, 0);
  bytes_string (bytes, "w"), bytes_u32 (bytes, UINT32_MAX), bytes_pad (bytes, 256);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "4294967295 dimensions");
  static const uint64_t huge[][2] = {{UINT64_MAX, 1},          {1, UINT64_MAX}, {INT64_MAX, 2},        {0, UINT64_MAX},
                                     {1ull << 32, 1ull << 32}, {1ull << 62, 2}, {(1ull << 63) + 4, 1}, {32, 1ull << 60}};
  for (size_t i = 0; i < G_N_ELEMENTS (huge); i++) {
    assert_refused (one_tensor (2, huge[i], 0, 0, 64), COSMOS_STATUS_FORMAT, "impossible shape");
    assert_refused (one_tensor (2, huge[i], 8, 0, 64), COSMOS_STATUS_FORMAT, "impossible shape");
  }
  assert_refused (one_tensor (2, (uint64_t[]) {16, 2}, 8, 0, 64), COSMOS_STATUS_FORMAT, "impossible shape");
  assert_refused (one_tensor (0, NULL, 8, 0, 64), COSMOS_STATUS_FORMAT, "impossible shape");
  assert_refused (one_tensor (2, (uint64_t[]) {128, 2}, 12, 0, 144), COSMOS_STATUS_FORMAT, "impossible shape");
  assert_refused (one_tensor (1, (uint64_t[]) {256}, 11, 0, 128), COSMOS_STATUS_UNSUPPORTED, "Q3_K");
  assert_refused (one_tensor (1, (uint64_t[]) {2}, 4, 0, 64), COSMOS_STATUS_UNSUPPORTED, "unknown");
  assert_refused (one_tensor (1, (uint64_t[]) {2}, UINT32_MAX, 0, 64), COSMOS_STATUS_UNSUPPORTED, "4294967295");

  bytes = header (3, 2, 0);
  tensor (bytes, "w", 1, (uint64_t[]) {1}, 0, 0), tensor (bytes, "w", 1, (uint64_t[]) {1}, 0, 32);
  bytes_pad (bytes, 64);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "tensor w is there twice");
  bytes = header (3, 2, 0);
  tensor (bytes, "v", 1, (uint64_t[]) {9}, 0, 0), tensor (bytes, "w", 1, (uint64_t[]) {1}, 0, 32);
  bytes_pad (bytes, 32), g_byte_array_set_size (bytes, bytes->len + 64);
  assert_refused (bytes, COSMOS_STATUS_FORMAT, "tensor w is also another's");
}

static GByteArray *aligned_file (uint32_t alignment, uint64_t offset)
{
  GByteArray *bytes = header (3, 2, 1);
  key (bytes, "general.alignment", U32), bytes_u32 (bytes, alignment);
  tensor (bytes, "v", 1, (uint64_t[]) {2}, 0, 0), tensor (bytes, "w", 1, (uint64_t[]) {2}, 0, offset);
  bytes_pad (bytes, alignment && alignment <= 4096 ? alignment : 32);
  size_t start = bytes->len;
  g_byte_array_set_size (bytes, bytes->len + (guint) offset + 8);
  memset (bytes->data + start, 0, bytes->len - start);
  return bytes;
}

static void test_alignment (void)
{
  assert_opens (aligned_file (8, 8));
  assert_opens (aligned_file (64, 64));
  assert_opens (aligned_file (4096, 8192));
  assert_refused (aligned_file (64, 32), COSMOS_STATUS_FORMAT, "not aligned");
  assert_refused (aligned_file (48, 48), COSMOS_STATUS_FORMAT, "power of two");
  static const uint32_t wrong[] = {0, 1, 4, 1u << 31, UINT32_MAX};
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (aligned_file (wrong[i], 32), COSMOS_STATUS_RANGE, "general.alignment");
}

/* Opening and finding take time in the number of names, not its square: a test that is slow only if they do. */
static void test_many (void)
{
  enum { N = 60000 };
  g_autoptr (GByteArray) bytes = header (3, N, N);
  char name[32];
  for (int i = 0; i < N; i++)
    g_snprintf (name, sizeof name, "key.%d", i), key (bytes, name, U32), bytes_u32 (bytes, (uint32_t) i);
  for (int i = 0; i < N; i++)
    g_snprintf (name, sizeof name, "t.%d", i), tensor (bytes, name, 1, (uint64_t[]) {0}, 0, 0);
  bytes_pad (bytes, 32);
  g_autofree void *copy = NULL;
  CosmosGguf *gguf = open_bytes (bytes->data, bytes->len, &copy, NULL);
  g_assert_nonnull (gguf);
  for (int i = 0; i < N; i++) {
    int64_t value;
    g_snprintf (name, sizeof name, "key.%d", i);
    g_assert_true (cosmos_gguf_get_integer (gguf, name, i, i, &value, NULL));
    g_snprintf (name, sizeof name, "t.%d", i);
    g_assert_true (cosmos_gguf_find_tensor (gguf, name) == cosmos_gguf_get_tensor (gguf, (size_t) i));
  }
  cosmos_gguf_free (gguf);
}

static void test_no_file (void)
{
  CosmosError err = {0};
  g_assert_null (cosmos_gguf_open ("/nowhere/model.gguf", &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  g_assert_nonnull (strstr (err.message, "/nowhere/model.gguf"));
  cosmos_gguf_free (NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/gguf/kinds", test_kinds);
  g_test_add_func ("/file/gguf/wrong-kind", test_wrong_kind);
  g_test_add_func ("/file/gguf/describe", test_describe);
  g_test_add_func ("/file/gguf/truncated", test_truncated);
  g_test_add_func ("/file/gguf/bit-flips", test_bit_flips);
  g_test_add_func ("/file/gguf/header", test_header);
  g_test_add_func ("/file/gguf/values", test_values);
  g_test_add_func ("/file/gguf/no-text", test_no_text);
  g_test_add_func ("/file/gguf/tensors", test_tensors);
  g_test_add_func ("/file/gguf/alignment", test_alignment);
  g_test_add_func ("/file/gguf/many", test_many);
  g_test_add_func ("/file/gguf/no-file", test_no_file);
  return g_test_run ();
}
