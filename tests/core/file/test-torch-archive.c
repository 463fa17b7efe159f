#include "core/file/torch-archive.h"

#include "torch-file.h"

#include <stdlib.h>

static CosmosTorchArchive *open_bytes (const void *data, size_t size, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (data, size, "test.pth", err);
  g_assert_nonnull (mapping);
  return cosmos_torch_archive_new (mapping, err);
}

static void assert_refused (GByteArray *bytes, CosmosStatus code, const char *words)
{
  CosmosError err = {0};
  g_autofree void *copy = g_memdup2 (bytes->data, bytes->len);
  CosmosTorchArchive *self = open_bytes (copy, bytes->len, &err);
  if (self || err.code != code || !strstr (err.message, words) || !g_str_has_prefix (err.message, "test.pth: "))
    g_error ("wanted \"%s\", got %d: %s", words, err.code, err.message);
  g_byte_array_unref (bytes);
}

/* ---- files of PyTorch ---- */

static CosmosTorchArchive *open_golden (const char *name)
{
  CosmosError err = {0};
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", name, NULL);
  CosmosTorchArchive *self = cosmos_torch_archive_open (path, &err);
  g_assert_cmpstr (err.message, ==, "");
  g_assert_nonnull (self);
  return self;
}

static void expect (const CosmosTorchArchive *self, const char *name, int rank, const int64_t *shape, const float *numbers)
{
  CosmosError err = {0};
  const CosmosTensorInfo *info = cosmos_torch_archive_find_tensor (self, name);
  g_assert_nonnull (info);
  g_assert_cmpstr (info->name, ==, name);
  g_assert_cmpint (info->rank, ==, rank);
  for (int i = 0; i < rank; i++)
    g_assert_cmpint (info->shape[i], ==, shape[i]);
  g_autofree float *values = g_new (float, info->count + 1);
  g_assert_true (cosmos_torch_archive_read (self, info, values, &err));
  for (size_t i = 0; i < info->count; i++)
    g_assert_cmpfloat (values[i], ==, numbers[i]);
}

#define SHAPE(...)                                                         \
  sizeof ((int64_t[]) {__VA_ARGS__}) / sizeof (int64_t), (const int64_t[]) \
  {                                                                        \
    __VA_ARGS__                                                            \
  }
#define NUMBERS(...) \
  (const float[])    \
  {                  \
    __VA_ARGS__      \
  }

/* Parts of storages, other orders and formats: what tools/golden/checkpoints.py writes. */
static void views (void)
{
  CosmosTorchArchive *self = open_golden ("views.pth");
  float numbers[24], cube[24];
  for (int i = 0; i < 24; i++) {
    numbers[i] = (float) i;
    cube[i] = (float) (12 * (i / 3 % 2) + 4 * (i % 3) + i / 6); /* permute (2, 0, 1) of (2, 3, 4) */
  }
  expect (self, "whole", SHAPE (4, 6), numbers);
  expect (self, "row", SHAPE (6), numbers + 12);
  expect (self, "columns", SHAPE (3, 3), NUMBERS (1, 7, 13, 2, 8, 14, 3, 9, 15));
  expect (self, "every_other", SHAPE (12), NUMBERS (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23));
  expect (self, "unit", SHAPE (4, 1), NUMBERS (2, 8, 14, 20));
  expect (self, "number", 0, NULL, NUMBERS (2.5));
  expect (self, "none", SHAPE (0, 3), NULL);
  expect (self, "half", SHAPE (3), numbers);
  expect (self, "bfloat", SHAPE (3), numbers);
  expect (self, "cube", SHAPE (4, 2, 3), cube);
  expect (self, "parameter", SHAPE (2), numbers);
  expect (self, "nested.weight", SHAPE (3, 2), numbers);
  expect (self, "nested.bias", SHAPE (3), numbers);
  expect (self, "list.0", SHAPE (2), numbers);
  expect (self, "list.1.0", SHAPE (3), numbers);
  expect (self, "by_number.3.exp_avg", SHAPE (2), numbers);
  const char *const passed_over[] = {"double", "long", "flags", "five", "shape", "step", "list.1.1"};
  for (guint i = 0; i < G_N_ELEMENTS (passed_over); i++)
    g_assert_null (cosmos_torch_archive_find_tensor (self, passed_over[i]));
  g_assert_cmpuint (cosmos_torch_archive_get_n_tensors (self), ==, 16);
  int64_t integer;
  g_assert_true (cosmos_torch_archive_get_integer (self, "step", &integer));
  g_assert_cmpint (integer, ==, (int64_t) 1 << 40);
  g_assert_true (cosmos_torch_archive_get_integer (self, "negative", &integer));
  g_assert_cmpint (integer, ==, -70000);
  g_assert_false (cosmos_torch_archive_get_integer (self, "rate", &integer));
  g_assert_false (cosmos_torch_archive_get_integer (self, "nothing", &integer));
  cosmos_torch_archive_free (self);
}

/* The averages are a list in the order of the state dict; what the optimizer has is read, too, and in nobody's way. */
static void trainer (void)
{
  CosmosTorchArchive *self = open_golden ("diffusion-d=3.pth");
  size_t n = 0;
  for (size_t i = 0; i < cosmos_torch_archive_get_n_tensors (self); i++) {
    const CosmosTensorInfo *tensor = cosmos_torch_archive_get_tensor (self, i);
    if (!g_str_has_prefix (tensor->name, "score_estimator."))
      continue;
    g_autofree char *name = g_strdup_printf ("ema.shadow_params.%zu", n++);
    const CosmosTensorInfo *average = cosmos_torch_archive_find_tensor (self, name);
    g_assert_cmpint (average->rank, ==, tensor->rank);
    g_assert_cmpuint (average->count, ==, tensor->count);
  }
  g_assert_cmpuint (n, ==, 5 + 4 * 13);
  g_assert_nonnull (cosmos_torch_archive_find_tensor (self, "optimizer.state.0.exp_avg"));
  cosmos_torch_archive_free (self);
}

/* Any cut leaves a file that is refused in words. */
static void cut_off (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "views.pth", NULL), *bytes = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize n = 0; n < size; n++) {
    CosmosError err = {0};
    g_autofree void *cut = g_memdup2 (bytes, n);
    g_assert_null (open_bytes (cut, n, &err));
    g_assert_true (err.code == COSMOS_STATUS_CORRUPT || (n < 4 && err.code == COSMOS_STATUS_FORMAT));
  }
}

/* One byte of the numbers changed: it opens, and says which entry is damaged as that is read. */
static void damaged (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "views.pth", NULL), *bytes = NULL;
  gsize size;
  CosmosError err = {0};
  float values[24];
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  const float wanted[] = {22, 23};
  char *at = memmem (bytes, size, wanted, sizeof wanted);
  g_assert_nonnull (at);
  *at ^= 1;
  CosmosTorchArchive *self = open_bytes (bytes, size, &err);
  g_assert_nonnull (self);
  g_assert_false (cosmos_torch_archive_read (self, cosmos_torch_archive_find_tensor (self, "whole"), values, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
  g_assert_nonnull (strstr (err.message, "views/data/0 cannot be read"));
  cosmos_torch_archive_free (self);
}

static void older_layouts (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "legacy.pth", NULL);
  CosmosError err = {0};
  g_assert_null (cosmos_torch_archive_open (path, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (err.message, "unzipped layout of old PyTorch"));
  GByteArray *tar = g_byte_array_new ();
  g_byte_array_set_size (tar, 512);
  memset (tar->data, 0, 512);
  memcpy (tar->data + 257, "ustar", 5);
  assert_refused (tar, COSMOS_STATUS_UNSUPPORTED, "tar layout of old PyTorch");
  GByteArray *other = g_byte_array_new ();
  bytes_put (other, "GGUF\3\0\0\0", 8);
  assert_refused (other, COSMOS_STATUS_FORMAT, "no zip archive");
}

/* ---- files by hand ---- */

static const float three[] = {1, 2, 3};
static const TorchFault right;

static GByteArray *pickle_of (const PickledTensor *tensor)
{
  GByteArray *pickle = g_byte_array_new ();
  pickle_begin (pickle);
  pickle_set_tensor (pickle, "a", tensor);
  bytes_u8 (pickle, '.');
  return pickle;
}

/* An archive of a pickle, which is freed, and one storage. */
static void begin (TorchZip *zip, GByteArray *pickle, TorchFault pickle_fault, TorchFault storage_fault)
{
  torch_zip_begin (zip);
  torch_zip_add (zip, "x/data.pkl", pickle->data, pickle->len, pickle_fault);
  torch_zip_add (zip, "x/data/0", three, sizeof three, storage_fault);
  g_byte_array_unref (pickle);
}

static void begin_right (TorchZip *zip)
{
  begin (zip, pickle_of (&(PickledTensor) {.numbers = 3, .rank = 1, .shape = {3}, .strides = {1}}), right, right);
}

static GByteArray *archive_of (const PickledTensor *tensor)
{
  TorchZip zip;
  begin (&zip, pickle_of (tensor), right, right);
  return torch_zip_end (&zip);
}

static void by_hand (void)
{
  CosmosError err = {0};
  GByteArray *bytes = archive_of (&(PickledTensor) {.numbers = 3, .offset = 1, .rank = 2, .shape = {2, 1}, .strides = {1, 99}});
  CosmosTorchArchive *self = open_bytes (bytes->data, bytes->len, &err);
  g_assert_cmpstr (err.message, ==, "");
  expect (self, "a", SHAPE (2, 1), NUMBERS (2, 3));
  cosmos_torch_archive_free (self);
  g_byte_array_unref (bytes);
}

static void archives (void)
{
  TorchZip zip;
  static const struct {
    const char *name, *words;
  } outside[] = {{"/x/etc", "leads out of the archive"},    {"../x", "leads out of the archive"},
                 {"x/../../y", "leads out of the archive"}, {"x/..", "leads out of the archive"},
                 {"x\\y", "leads out of the archive"},      {"y/data/1", "lies in no common folder"}};
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
    begin_right (&zip);
    torch_zip_add (&zip, outside[i].name, three, sizeof three, right);
    assert_refused (torch_zip_end (&zip), COSMOS_STATUS_FORMAT, outside[i].words);
  }

  begin (&zip, pickle_of (&(PickledTensor) {.numbers = 3}), right, (TorchFault) {.method = 8});
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_UNSUPPORTED, "x/data/0 is compressed or encrypted");
  begin (&zip, pickle_of (&(PickledTensor) {.numbers = 3}), right, (TorchFault) {.flags = 1});
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_CORRUPT, "sizes don't match");
  begin (&zip, pickle_of (&(PickledTensor) {.numbers = 3}), (TorchFault) {.wrong_sum = 1}, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_CORRUPT, "x/data.pkl cannot be read (CRC error)");
  begin (&zip, pickle_of (&(PickledTensor) {.numbers = 3}), right, (TorchFault) {.longer = 4000});
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_CORRUPT, "cut off or damaged");

  begin_right (&zip);
  torch_zip_add (&zip, "x/data/0", three, sizeof three, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_CORRUPT, "already exists");

  begin_right (&zip);
  torch_zip_add (&zip, "x/byteorder", "big", 3, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_UNSUPPORTED, "not little-endian");
  begin_right (&zip);
  torch_zip_add (&zip, "x/byteorder", "middle", 6, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_UNSUPPORTED, "not little-endian");
  begin_right (&zip);
  torch_zip_add (&zip, "x/constants.pkl", "x", 1, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_UNSUPPORTED, "is a program (TorchScript)");

  torch_zip_begin (&zip);
  torch_zip_add (&zip, "x/data/0", three, sizeof three, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_FORMAT, "it has no data.pkl");
  torch_zip_begin (&zip);
  torch_zip_add (&zip, "data.pkl", three, sizeof three, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_FORMAT, "data.pkl lies in no common folder");
}

/* Entries that reach over those behind them: together they are larger than their file. */
static void overlap (void)
{
  TorchZip zip;
  GByteArray *much = g_byte_array_new ();
  g_byte_array_set_size (much, 4096);
  memset (much->data, 0, much->len);
  begin_right (&zip);
  for (int i = 1; i < 5; i++) {
    g_autofree char *name = g_strdup_printf ("x/data/%d", i);
    torch_zip_add (&zip, name, three, 4, (TorchFault) {.longer = 3000});
  }
  torch_zip_add (&zip, "x/data/5", much->data, much->len, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_CORRUPT, "entries of the archive overlap");
  g_byte_array_unref (much);
}

/* One entry's name with the data of another. */
static void shared_data (void)
{
  TorchZip zip;
  begin_right (&zip);
  torch_zip_add (&zip, "x/data/1", three, sizeof three, (TorchFault) {.place = 1});
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_CORRUPT, "cut off or damaged");
}

static void tensors (void)
{
  static const struct {
    PickledTensor tensor;
    CosmosStatus code;
    const char *words;
  } wrong[] = {
    {{.numbers = 3, .word = "module"}, COSMOS_STATUS_FORMAT, "its storage is not described as torch.save does it"},
    {{.numbers = -3}, COSMOS_STATUS_FORMAT, "its storage is not described as torch.save does it"},
    {{.numbers = 3, .class = "Size"}, COSMOS_STATUS_FORMAT, "its storage is not described as torch.save does it"},
    {{.numbers = 3, .key = "0x"}, COSMOS_STATUS_FORMAT, "the key of its storage is no whole number"},
    {{.numbers = 3, .key = ""}, COSMOS_STATUS_FORMAT, "the key of its storage is no whole number"},
    {{.numbers = 3, .key = "../0"}, COSMOS_STATUS_FORMAT, "the key of its storage is no whole number"},
    {{.numbers = 3, .key = "1234567890"}, COSMOS_STATUS_FORMAT, "the key of its storage is no whole number"},
    {{.numbers = 3, .key = "1"}, COSMOS_STATUS_CORRUPT, "its numbers, data/1, are not in the file"},
    {{.numbers = 4}, COSMOS_STATUS_CORRUPT, "is to have 4 numbers, but data/0 has 12 bytes"},
    {{.numbers = 3, .class = "LongStorage"}, COSMOS_STATUS_CORRUPT, "is to have 3 numbers, but data/0 has 12 bytes"},
    {{.numbers = INT64_MAX}, COSMOS_STATUS_CORRUPT, "but data/0 has 12 bytes"},
    {{.numbers = 3, .offset = 3}, COSMOS_STATUS_FORMAT, "reaches over the end of its storage"},
    {{.numbers = 3, .offset = -1}, COSMOS_STATUS_FORMAT, "is not described as torch.save does it"},
    {{.numbers = 3, .rank = 1, .shape = {4}, .strides = {1}}, COSMOS_STATUS_FORMAT, "reaches over the end of its storage"},
    {{.numbers = 3, .rank = 1, .shape = {2}, .strides = {3}}, COSMOS_STATUS_FORMAT, "reaches over the end of its storage"},
    {{.numbers = 3, .rank = 1, .shape = {4}, .strides = {0}}, COSMOS_STATUS_FORMAT, "is larger than its storage"},
    {{.numbers = 3, .rank = 1, .shape = {2}, .strides = {-1}}, COSMOS_STATUS_FORMAT, "must be whole numbers from 0 on"},
    {{.numbers = 3, .rank = 1, .shape = {-2}, .strides = {1}}, COSMOS_STATUS_FORMAT, "must be whole numbers from 0 on"},
    {{.numbers = 3, .rank = 1, .shape = {1}, .strides = {INT64_MAX}}, COSMOS_STATUS_OK, ""},
    {{.numbers = 3, .rank = 1, .shape = {INT64_MAX}, .strides = {INT64_MAX}}, COSMOS_STATUS_FORMAT, "the shape is impossible"},
    {{.numbers = 3, .rank = 2, .shape = {INT64_MAX, INT64_MAX}, .strides = {0, 0}},
     COSMOS_STATUS_FORMAT,
     "the shape is impossible"},
    {{.numbers = 3, .rank = 2, .shape = {0, INT64_MAX}, .strides = {1, 1}}, COSMOS_STATUS_OK, ""},
    {{.numbers = 3, .rank = 9}, COSMOS_STATUS_FORMAT, "has more than 8 dimensions"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    GByteArray *bytes = archive_of (&wrong[i].tensor);
    if (wrong[i].code != COSMOS_STATUS_OK) {
      assert_refused (bytes, wrong[i].code, wrong[i].words);
      continue;
    }
    CosmosError err = {0};
    CosmosTorchArchive *self = open_bytes (bytes->data, bytes->len, &err);
    g_assert_cmpstr (err.message, ==, "");
    cosmos_torch_archive_free (self);
    g_byte_array_unref (bytes);
  }
}

static GByteArray *archive_of_pickle (const char *pickle, size_t size)
{
  TorchZip zip;
  GByteArray *bytes = g_byte_array_new ();
  bytes_put (bytes, pickle, size);
  begin (&zip, bytes, right, right);
  return torch_zip_end (&zip);
}

#define PICKLE(text) archive_of_pickle ("\x80\x02" text, sizeof ("\x80\x02" text) - 1)

static void trees (void)
{
  assert_refused (PICKLE ("N."), COSMOS_STATUS_FORMAT, "holds no dictionary of tensors");
  assert_refused (PICKLE ("}X\x01\x00\x00\x00"
                          "a]q\x01h\x01"
                          "as."),
                  COSMOS_STATUS_FORMAT, "is nested too deeply"); /* the list holds itself */
  assert_refused (PICKLE ("}X\x01\x00\x00\x00\x00Ns."), COSMOS_STATUS_FORMAT, "zero byte");
  assert_refused (PICKLE ("}X\x01\x00\x00\x00"
                          "actorch._utils\n_rebuild_tensor_v2\n)Rs."),
                  COSMOS_STATUS_FORMAT, "tensor a: is not described as torch.save does it");
  assert_refused (PICKLE ("cposix\nsystem\n."), COSMOS_STATUS_UNSUPPORTED, "posix.system");

  /* The same name by two ways. */
  GByteArray *twice = g_byte_array_new ();
  const PickledTensor tensor = {.numbers = 3, .rank = 1, .shape = {3}, .strides = {1}};
  TorchZip zip;
  pickle_begin (twice);
  pickle_set_tensor (twice, "a.b", &tensor);
  pickle_text (twice, "a");
  bytes_u8 (twice, '}');
  pickle_set_tensor (twice, "b", &tensor);
  bytes_put (twice, "s.", 2);
  begin (&zip, twice, right, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_FORMAT, "tensor a.b: is there twice");

  /* Lists of lists of lists .. of a few bytes that are billions of values. */
  GByteArray *laughs = g_byte_array_new ();
  pickle_begin (laughs);
  pickle_text (laughs, "a");
  bytes_put (laughs, "Nq\0", 3);
  for (uint8_t level = 1; level <= 6; level++) {
    bytes_put (laughs, "](", 2);
    for (int i = 0; i < 100; i++) {
      bytes_u8 (laughs, 'h');
      bytes_u8 (laughs, (uint8_t) (level - 1));
    }
    bytes_put (laughs, "eq", 2);
    bytes_u8 (laughs, level);
    bytes_put (laughs, "\x86", 1); /* with what was before, to have one value on the stack */
  }
  bytes_put (laughs, "s.", 2);
  begin (&zip, laughs, right, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_RANGE, "more than 1048576 values");

  GByteArray *name = g_byte_array_new ();
  g_autofree char *text = g_strnfill (5000, 'n');
  pickle_begin (name);
  pickle_set_tensor (name, text, &tensor);
  bytes_u8 (name, '.');
  begin (&zip, name, right, right);
  assert_refused (torch_zip_end (&zip), COSMOS_STATUS_FORMAT, "a name in it is too long");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torch-archive/views", views);
  g_test_add_func ("/torch-archive/trainer", trainer);
  g_test_add_func ("/torch-archive/cut-off", cut_off);
  g_test_add_func ("/torch-archive/damaged", damaged);
  g_test_add_func ("/torch-archive/older-layouts", older_layouts);
  g_test_add_func ("/torch-archive/by-hand", by_hand);
  g_test_add_func ("/torch-archive/archives", archives);
  g_test_add_func ("/torch-archive/overlap", overlap);
  g_test_add_func ("/torch-archive/shared-data", shared_data);
  g_test_add_func ("/torch-archive/tensors", tensors);
  g_test_add_func ("/torch-archive/trees", trees);
  return g_test_run ();
}
