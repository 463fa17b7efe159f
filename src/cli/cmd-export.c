/* cosmos export: the checkpoints of a training to one model file. */

#include "cli/json.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "train/bundle.h"
#include "train/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The vocabulary is the tokenizer's that the stages were trained with, whatever the recipe says. */
static bool take_vocabulary (CosmosRecipe *recipe, const char *folder, bool baseline, CosmosError *err)
{
  char *path = cosmos_origin_find (recipe, folder, baseline ? "baseline" : "encoder", err);
  CosmosGguf *file = path ? cosmos_gguf_open (path, err) : NULL;
  free (path);
  CosmosTokenizer *tokenizer = file ? cosmos_tokenizer_new_from_gguf (file, err) : NULL;
  if (tokenizer)
    recipe->config.vocabulary = cosmos_tokenizer_get_size (tokenizer);
  bool ok = tokenizer;
  cosmos_tokenizer_free (tokenizer);
  cosmos_gguf_free (file);
  return ok;
}

static int run_export (const CliArguments *arguments)
{
  CosmosRecipe recipe;
  CosmosError err = {0};
  CosmosBundleRequest request = {.output = arguments->output,
                                 .dtype = COSMOS_DTYPE_Q8_0,
                                 .provenance = arguments->provenance,
                                 .baseline = arguments->stage != NULL};
  CosmosBundleResult result;
  if (!arguments->output) {
    cli_say ("export needs --output FILE. See: cosmos help export");
    return CLI_USAGE;
  }
  if (arguments->dtype)
    cosmos_dtype_from_name (arguments->dtype, &request.dtype);
  if (arguments->from && strlen (arguments->from) >= sizeof recipe.from) {
    cli_say ("%.60s...: the path is longer than %zu bytes", arguments->from, sizeof recipe.from - 1);
    return CLI_USAGE;
  }
  if (!cosmos_recipe_read_with (&recipe, arguments->words[0], arguments->set.items, arguments->set.n, NULL, &err))
    return cli_fail (&err);
  if (arguments->from)
    strcpy (recipe.from, arguments->from);
  if (!take_vocabulary (&recipe, arguments->words[1], request.baseline, &err)
      || !cosmos_bundle_write (&recipe, arguments->words[1], &request, &result, &err))
    return cli_fail (&err);
  if (arguments->json) {
    CliJson json = cli_json_new ("export");
    cli_json_text (&json, json.root, "output", arguments->output);
    cli_json_integer (&json, json.root, "n_tensors", (int64_t) result.n_tensors);
    cli_json_integer (&json, json.root, "n_parameters", result.n_parameters);
    cli_json_integer (&json, json.root, "bytes", (int64_t) result.size);
    return cli_json_finish (&json);
  }
  printf ("%s: %zu tensors, %" PRId64 " parameters, %.1f MB; it loads\n", arguments->output, result.n_tensors,
          result.n_parameters, (double) result.size / 1e6);
  return cli_finish_output ();
}

const CliVerb cli_verb_export = {
  .name = "export",
  .words = "RECIPE FOLDER",
  .summary = "make a model file (GGUF) of a training's checkpoints",
  .about
  = "Packs the encoder, autoencoder and denoiser that cosmos train left in FOLDER into one bundle for generate, with what it was trained "
    "from; a stage that was not trained there comes from the model that --from names; with --stage baseline the baseline, as a language model that llama.cpp reads, too. The file appears whole, after it was opened "
    "to prove that it loads, or not at all.",
  .options = "output dtype stage from set provenance",
  .examples = "  cosmos export models/recipes/story.ini trained -o story.gguf\n"
              "  cosmos export models/recipes/story.ini trained --stage baseline -o story-baseline.gguf --dtype F16\n",
  .min_words = 2,
  .max_words = 2,
  .run = run_export,
};
