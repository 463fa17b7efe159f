/* A catalogue of any bytes: read, and what was taken must be fit to be fetched and kept. */
#include "store/cpg-address.h"
#include "store/cpg-catalog-reader.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void walk_model (CpgCatalogModel *model)
{
  assert (cpg_address_check_file_name (cpg_catalog_model_get_id (model), NULL));
  assert (g_utf8_validate (cpg_catalog_model_get_name (model), -1, NULL));
  for (guint i = 0; i < cpg_catalog_model_get_n_files (model); i++) {
    const CpgCatalogFile *file = cpg_catalog_model_get_file (model, i);
    g_autofree char *place = cpg_catalog_model_get_place (model, i);
    assert (!g_path_is_absolute (place));
    assert (cpg_address_check_file_name (file->name, NULL) && cpg_address_check (file->url, NULL));
    assert (!file->sha256 || strlen (file->sha256) == 64);
    assert (file->size <= (guint64) 1 << 40);
  }
  assert (cpg_catalog_model_get_size (model) <= (guint64) 1 << 46);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = cpg_catalog_read ((const char *) data, size, "fuzz", &error);
  assert ((models == NULL) == (error != NULL));
  assert (!error || g_utf8_validate (error->message, -1, NULL));
  for (guint i = 0; models && i < models->len; i++)
    walk_model (models->pdata[i]);
  return 0;
}
