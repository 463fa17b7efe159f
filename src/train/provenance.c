#include "train/provenance.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONGEST_KEY = 512 };

static void set_string (CosmosGgufWriter *writer, const char *key, const char *value)
{
  if (value)
    cosmos_gguf_writer_set_string (writer, key, value);
}

static void set_date (CosmosGgufWriter *writer)
{
  char text[32];
  struct tm parts;
  time_t now = time (NULL);
  if (gmtime_r (&now, &parts) && strftime (text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts))
    cosmos_gguf_writer_set_string (writer, "train.date", text);
}

void cosmos_provenance_write (const CosmosProvenance *self, const CosmosEvaluation *measured, CosmosGgufWriter *writer)
{
  char key[LONGEST_KEY];
  set_date (writer);
  if (self) {
    set_string (writer, "train.recipe", self->recipe);
    set_string (writer, "train.recipe_sha256", self->recipe_sha256);
    set_string (writer, "train.engine", self->engine);
  }
  for (size_t i = 0; self && i < self->n_files; i++) {
    snprintf (key, sizeof key, "train.data.%.400s", self->files[i].name);
    set_string (writer, key, self->files[i].sha256);
  }
  for (int i = 0; measured && i < measured->n; i++) {
    snprintf (key, sizeof key, "train.measured.%s", measured->items[i].name);
    for (char *c = key; *c; c++)
      *c = *c == ' ' ? '_' : *c;
    cosmos_gguf_writer_set_f32 (writer, key, (float) measured->items[i].value);
  }
}

static void copy_value (const CosmosGguf *file, const char *key, const char *copy, CosmosGgufWriter *writer)
{
  const char *text;
  int64_t integer;
  double number;
  if (cosmos_gguf_get_string (file, key, &text, NULL))
    cosmos_gguf_writer_set_string (writer, copy, text);
  else if (cosmos_gguf_get_integer (file, key, 0, UINT32_MAX, &integer, NULL))
    cosmos_gguf_writer_set_u32 (writer, copy, (uint32_t) integer);
  else if (cosmos_gguf_get_float (file, key, &number, NULL))
    cosmos_gguf_writer_set_f32 (writer, copy, (float) number);
}

void cosmos_provenance_copy (const CosmosGguf *file, const char *stage, CosmosGgufWriter *writer)
{
  char prefix[64] = "train.", own[64], copy[LONGEST_KEY];
  snprintf (own, sizeof own, "train.%s.", stage);
  if (!cosmos_gguf_has (file, "train.stage")) /* a bundle */
    strcpy (prefix, own);
  for (size_t i = 0; i < cosmos_gguf_get_n_keys (file); i++) {
    const char *key = cosmos_gguf_get_key (file, i);
    if (strncmp (key, prefix, strlen (prefix)) != 0 || strcmp (key, "train.stage") == 0
        || strlen (key) + strlen (stage) + 2 > sizeof copy)
      continue;
    snprintf (copy, sizeof copy, "%s%s", own, key + strlen (prefix));
    copy_value (file, key, copy, writer);
  }
}
