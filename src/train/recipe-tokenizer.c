#include "train/recipe-tokenizer.h"

#include "core/file/output.h"
#include "train/corpus.h"
#include "train/ranks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

static CosmosTokenizer *read_file (const char *path, CosmosError *err)
{
  if (!ends_with (path, ".gguf"))
    return cosmos_tokenizer_new_from_json (path, err);
  CosmosGguf *file = cosmos_gguf_open (path, err);
  CosmosTokenizer *tokenizer = file ? cosmos_tokenizer_new_from_gguf (file, err) : NULL;
  cosmos_gguf_free (file);
  return tokenizer;
}

static bool make_file (const CosmosRecipe *recipe, const char *folder, const char *path, CosmosProgress *progress,
                       CosmosError *err)
{
  CosmosBytePairTrainer *words = cosmos_byte_pair_trainer_new (err);
  size_t length;
  char *json = NULL;
  if (words && cosmos_corpus_count_words (recipe, folder, words, progress, err))
    json = cosmos_byte_pair_trainer_finish (words, recipe->config.vocabulary, &length, progress, err);
  cosmos_byte_pair_trainer_free (words);
  CosmosOutput *output = json ? cosmos_output_new (path, err) : NULL;
  if (output)
    cosmos_output_write (output, json, length);
  free (json);
  return output && cosmos_output_commit (output, err);
}

static CosmosTokenizer *open_own (const CosmosRecipe *recipe, const char *folder, const char *out, CosmosProgress *progress,
                                  CosmosError *err)
{
  CosmosTokenizer *tokenizer = NULL;
  char *path;
  if (asprintf (&path, "%s/tokenizer.json", out) < 0) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
    return NULL;
  }
  if (!cosmos_ranks_is_first () || access (path, F_OK) == 0 || make_file (recipe, folder, path, progress, err)) {
    cosmos_ranks_wait ();
    tokenizer = read_file (path, err);
  }
  free (path);
  return tokenizer;
}

CosmosTokenizer *cosmos_recipe_open_tokenizer (CosmosRecipe *recipe, const char *named, const char *folder, const char *out,
                                               CosmosProgress *progress, CosmosError *err)
{
  const char *files[] = {named ? named : "", recipe->tokenizer_file, recipe->encoder.stage.file, recipe->from};
  const char *file = "";
  for (size_t i = 0; i < sizeof files / sizeof files[0] && !*file; i++)
    file = files[i];
  CosmosTokenizer *tokenizer = *file ? read_file (file, err) : open_own (recipe, folder, out, progress, err);
  if (tokenizer)
    recipe->config.vocabulary = cosmos_tokenizer_get_size (tokenizer);
  return tokenizer;
}
