/* Memory that runs out at every place in turn. */
#include "core/file/gguf-writer.h"
#include "core/file/gguf.h"
#include "core/file/safetensors.h"
#include "core/file/torch-archive.h"

#include "../failing-malloc.h"
#include "bytes.h"
#include "scratch.h"
#include "walk.h"

static char *folder, *path;
static GByteArray *bytes;

/* Runs work with more and more memory until it succeeds; every failure says so in words and leaves nothing behind. */
static void run (bool (*work) (CosmosError *err), int at_least)
{
  for (int n = 0;; n++) {
    CosmosError err = {0};
    g_assert_cmpint (n, <, 10000);
    failing_malloc_left = n;
    bool ok = work (&err);
    failing_malloc_left = -1;
    if (ok) {
      g_assert_cmpint (n, >=, at_least);
      return;
    }
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_NO_MEMORY);
    g_assert_nonnull (strstr (err.message, "out of memory"));
  }
}

static bool write_gguf (CosmosError *err)
{
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  float values[64] = {1};
  CosmosGgufString words[] = {{"one", 3}, {"two", 3}};
  char name[32];
  if (!writer)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "out of memory");
  for (int i = 0; i < 70; i++) { /* more than fit at first */
    snprintf (name, sizeof name, "key.%d", i);
    cosmos_gguf_writer_set_string (writer, name, "value");
    snprintf (name, sizeof name, "tensor.%d", i);
    cosmos_gguf_writer_add_tensor (writer, name, 2, (int64_t[]) {2, 32}, COSMOS_DTYPE_Q8_0, values);
  }
  cosmos_gguf_writer_set_strings (writer, "words", words, 2);
  cosmos_gguf_writer_set_u32 (writer, "words", 2);
  bool ok = cosmos_gguf_writer_save (writer, path, err);
  cosmos_gguf_writer_free (writer);
  g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, ok);
  g_assert_cmpint (scratch_count (folder), ==, ok);
  return ok;
}

static bool read_gguf (CosmosError *err)
{
  CosmosGguf *gguf = cosmos_gguf_open (path, err);
  bool ok = gguf != NULL;
  if (ok)
    g_assert_cmpuint (cosmos_gguf_get_n_tensors (gguf), ==, 70);
  cosmos_gguf_free (gguf);
  return ok;
}

static void test_gguf (void)
{
  run (write_gguf, 210);
  run (read_gguf, 8);
}

static bool read_safetensors (CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_new_borrowed (bytes->data, bytes->len, "test", err);
  CosmosSafetensors *file = mapping ? cosmos_safetensors_new (mapping, err) : NULL;
  bool ok = file != NULL;
  if (ok)
    g_assert_cmpuint (cosmos_safetensors_get_n_tensors (file), ==, 100);
  cosmos_safetensors_free (file);
  return ok;
}

static void test_safetensors (void)
{
  GString *json = g_string_new ("{\"__metadata__\":{\"a\":\"b\"}");
  for (int i = 0; i < 100; i++)
    g_string_append_printf (json, ",\"t%d\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[%d,%d]}", i, i * 2, i * 2 + 2);
  g_string_append_c (json, '}');
  bytes = g_byte_array_new ();
  bytes_u64 (bytes, json->len);
  bytes_put (bytes, json->str, json->len);
  bytes_pad (bytes, 1);
  for (int i = 0; i < 200; i++)
    bytes_u8 (bytes, 0);
  run (read_safetensors, 8);
  g_byte_array_unref (bytes);
  g_string_free (json, TRUE);
}

/* libzip's own allocations are not ours to fail. */
static bool read_checkpoint (CosmosError *err)
{
  g_autofree char *checkpoint = g_build_filename (g_getenv ("GOLDEN"), "checkpoints", "diffusion-d=3.pth", NULL);
  CosmosTorchArchive *file = cosmos_torch_archive_open (checkpoint, err);
  const CosmosTensorInfo *step = file ? cosmos_torch_archive_find_tensor (file, "ema.shadow_params.0") : NULL;
  float values[2048];
  g_assert_true (!file || (step && step->count <= G_N_ELEMENTS (values)));
  bool ok = file && cosmos_torch_archive_read (file, step, values, err);
  cosmos_torch_archive_free (file);
  return ok;
}

static void test_checkpoint (void)
{
  run (read_checkpoint, 20);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = scratch_new ();
  path = g_build_filename (folder, "file.gguf", NULL);
  g_test_add_func ("/file/no-memory/gguf", test_gguf);
  g_test_add_func ("/file/no-memory/safetensors", test_safetensors);
  g_test_add_func ("/file/no-memory/checkpoint", test_checkpoint);
  int status = g_test_run ();
  scratch_free (folder);
  g_free (path);
  return status;
}
