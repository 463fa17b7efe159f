/* A folder of weights of any bytes, "config.json" 0 "model.safetensors": what it is found to be, and its conversion, beside the vocabulary of a small
 * BERT and a model card. */
#include "core/model/convert.h"
#include "core/model/finding.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char vocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\nCat\n";

static char folder[] = "/tmp/fuzz-weights-XXXXXX";
static const char *const names[] = {"config.json", "model.safetensors", "vocab.txt", "README.md", "out.gguf"};
static char paths[5][64];

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void clean (void)
{
  for (int i = 0; i < 5; i++)
    unlink (paths[i]);
  rmdir (folder);
}

static void write_file (const char *path, const void *data, size_t size)
{
  FILE *file = fopen (path, "wb");
  if (!file || (size && fwrite (data, 1, size, file) != size) || fclose (file) != 0)
    abort ();
}

static void set_up (void)
{
  if (!mkdtemp (folder))
    abort ();
  for (int i = 0; i < 5; i++)
    snprintf (paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
  write_file (paths[2], vocabulary, strlen (vocabulary));
  atexit (clean);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CosmosError err;
  CosmosFinding finding;
  CosmosConverted result;
  const uint8_t *end = size ? memchr (data, 0, size) : NULL;
  size_t config = end ? (size_t) (end - data) : size, rest = end ? config + 1 : size;
  if (!paths[0][0])
    set_up ();
  write_file (paths[0], data, config);
  write_file (paths[3], data, config); /* a card of the same bytes */
  write_file (paths[1], data + rest, size - rest);
  if (cosmos_finding_read (&finding, folder, &err)) {
    char words[64];
    cosmos_finding_describe_uses (&finding, words, sizeof words);
    cosmos_finding_describe_missing (&finding, words, sizeof words);
    cosmos_finding_get_dtype (&finding);
  }
  const CosmosConversion what = {.input = folder, .output = paths[4], .dtype = COSMOS_DTYPE_BF16};
  cosmos_convert (&what, &result, NULL, &err);
  return 0;
}
