/* Any bytes as a .cosmosrun archive, or, where they begin with a brace, as the run.json in one (checksums keep a fuzzer out of a zip). What is read
 * can be shown, compared, and written and read again. */
#include "store/cpg-archive-json.h"
#include "store/cpg-archive.h"
#include "store/cpg-log-settings.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void walk (GPtrArray *runs)
{
  const CpgLogRun *first = runs->pdata[0], *last = runs->pdata[runs->len - 1];
  g_autofree char *heading = cpg_log_run_get_heading (first);
  g_autoptr (GPtrArray) differences = cpg_log_run_diff (first, last);
  g_autoptr (CpgLogRun) copy = cpg_log_run_copy (first);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean json = size > 0 && data[0] == '{';
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GPtrArray) runs = json ? cpg_archive_json_read ((const char *) data, size, NULL) : cpg_archive_read (bytes, NULL);
  if (!runs)
    return 0;
  walk (runs);
  g_autoptr (GBytes) written = json ? cpg_archive_json_write (runs, NULL) : cpg_archive_write (runs, NULL);
  g_autoptr (GPtrArray) again = NULL;
  if (written && json)
    again = cpg_archive_json_read (g_bytes_get_data (written, NULL), g_bytes_get_size (written), NULL);
  else if (written)
    again = cpg_archive_read (written, NULL);
  if (!again || again->len != runs->len)
    abort ();
  return 0;
}
