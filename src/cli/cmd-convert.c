/* cosmos convert: weights of a trainer to one file. */

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "core/model/convert.h"
#include "core/model/finding.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_quality (const char *pair, CosmosQuality *quality)
{
  const char *equals = strchr (pair, '='); /* there is one: the parser looked */
  char *key = strndup (pair, (size_t) (equals - pair));
  *quality = (CosmosQuality) {key, strtod (equals + 1, NULL)};
  return key;
}

static int print_json (const CliArguments *arguments, const CosmosConverted *result, double seconds)
{
  CliJson json = cli_json_new ("convert");
  cli_json_text (&json, json.root, "output", arguments->output);
  cli_json_text (&json, json.root, "architecture", result->architecture);
  cli_json_integer (&json, json.root, "n_tensors", (int64_t) result->n_tensors);
  cli_json_integer (&json, json.root, "n_parameters", result->n_parameters);
  cli_json_integer (&json, json.root, "bytes", (int64_t) result->size);
  if (result->guessed_heads)
    cli_json_integer (&json, json.root, "guessed_heads", result->guessed_heads);
  if (result->guessed_schedule_d > 0)
    cli_json_number (&json, json.root, "guessed_schedule_d", result->guessed_schedule_d);
  cli_json_number (&json, json.root, "seconds", seconds);
  return cli_json_finish (&json);
}

static int run_convert (const CliArguments *arguments)
{
  if (!arguments->output) {
    cli_say ("convert needs --output FILE. See: cosmos help convert");
    return CLI_USAGE;
  }
  CosmosQuality qualities[CLI_MAX_QUALITIES];
  CosmosConversion conversion = {
    .input = arguments->words[0],
    .diffusion = arguments->n_words > 1 ? arguments->words[1] : NULL,
    .schedule_d = isnan (arguments->schedule_d) ? 0 : arguments->schedule_d,
    .tokenizer = arguments->tokenizer,
    .lower_case = arguments->lower_case,
    .output = arguments->output,
    .dtype = COSMOS_DTYPE_BF16,
    .name = arguments->name,
    .license = arguments->license,
    .description = arguments->description,
    .provenance = arguments->provenance,
    .qualities = qualities,
  };
  CosmosError err = {0};
  CosmosConverted result;
  CosmosFinding found;
  if (!conversion.license && cosmos_finding_read (&found, conversion.input, NULL) && found.license[0])
    conversion.license = found.license; /* as the README.md beside it says */
  double start = cli_now ();
  bool ok = !arguments->dtype || cosmos_dtype_from_name (arguments->dtype, &conversion.dtype);
  while (ok && conversion.n_qualities < (size_t) arguments->quality.n) {
    ok = read_quality (arguments->quality.items[conversion.n_qualities], &qualities[conversion.n_qualities])
         || cosmos_error_set (&err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
    conversion.n_qualities++;
  }
  ok = ok && cosmos_convert (&conversion, &result, cli_progress_get (), &err);
  for (size_t i = 0; i < conversion.n_qualities; i++)
    free ((char *) qualities[i].key);
  if (!ok)
    return cli_fail (&err);
  cli_progress_clear ();
  if (arguments->json)
    return print_json (arguments, &result, cli_now () - start);
  printf ("%s: %s, %zu tensors, %" PRId64 " parameters, %.1f MB; it loads\n", arguments->output, result.architecture,
          result.n_tensors, result.n_parameters, (double) result.size / 1e6);
  if (result.guessed_heads)
    printf (
        "%d attention heads are taken for granted (of 64 numbers, as Google's BERTs have them), since there is no config.json\n",
        result.guessed_heads);
  if (result.guessed_schedule_d > 0)
    printf ("The noise schedule's d is taken to be %g, since no path says it (as \"d=5\"); --schedule-d names another\n",
            result.guessed_schedule_d);
  return cli_finish_output ();
}

const CliVerb cli_verb_convert = {
  .name = "convert",
  .words = "FOLDER | AUTOENCODER.pth DIFFUSION.pth",
  .summary = "make a model file (GGUF) of trained weights",
  .about
  = "Makes one GGUF file of a folder with model.safetensors, config.json and tokenizer.json (or vocab.txt). A COSMOS folder becomes a "
    "bundle for generate; a Hugging Face LLaMA becomes a baseline or judge that llama.cpp reads, too; a Hugging Face BERT becomes "
    "a text encoder that a training can take ([encoder] file in the recipe; it needs no config.json where its heads have 64 numbers). The file appears whole, "
    "after it was opened to prove that it loads, or not at all. The COSMOS authors' PyTorch checkpoints come in two files, which become a bundle "
    "together with the vocab.txt of bert-base-cased; nothing in them is run.",
  .options = "output dtype tokenizer vocabulary lower-case schedule-d name license description provenance quality",
  .examples = "  cosmos convert weights/story-first -o models/story-first.gguf --license CC-BY-4.0\n"
              "  cosmos convert weights/story-first -o small.gguf --dtype Q8_0\n"
              "  cosmos convert 100000.pth 180000.pth --vocabulary vocab.txt -o cosmos-16.gguf --schedule-d 5\n"
              "  cosmos convert bert-base-cased -o models/bert-base.gguf --dtype F32 --license Apache-2.0\n"
              "  cosmos convert llama-folder -o models/story-baseline.gguf --quality perplexity=21.4",
  .min_words = 1,
  .max_words = 2,
  .run = run_convert,
};
