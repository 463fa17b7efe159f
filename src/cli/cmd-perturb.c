/* cosmos perturb: how much noise on its latents a text survives. */

#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "core/study/probe.h"

#include <stdio.h>
#include <stdlib.h>

static const CliNumbers default_sigmas = {{0.25, 0.5, 0.75, 1, 1.25, 1.5, 2}, 7};

static int print_results (const CliEngine *engine, const CliArguments *arguments, const char *source,
                          const CosmosPerturbation *results, int n)
{
  if (!arguments->json) {
    printf ("sigma  BLEU   tokens  text\n");
    for (int i = 0; i < n; i++) {
      printf ("%5.2f  %5.3f  %4.0f %%  ", results[i].sigma, results[i].bleu, 100 * results[i].token_accuracy);
      cli_print_text (results[i].decoding->text);
    }
    return cli_finish_output ();
  }
  CliJson json = cli_json_new ("perturb");
  cli_json_engine (&json, engine);
  yyjson_mut_obj_add_uint (json.doc, json.root, "seed", arguments->seed);
  cli_json_text (&json, json.root, "source", source);
  yyjson_mut_val *array = cli_json_array (&json, json.root, "points");
  for (int i = 0; i < n; i++) {
    yyjson_mut_val *object = cli_json_append (&json, array);
    cli_json_number (&json, object, "sigma", results[i].sigma);
    cli_json_number (&json, object, "bleu", results[i].bleu);
    cli_json_number (&json, object, "token_accuracy", results[i].token_accuracy);
    cli_json_decoding (&json, object, cosmos_pipeline_get_tokenizer (engine->pipeline), results[i].decoding, false);
  }
  return cli_json_finish (&json);
}

static int run_perturb (const CliArguments *arguments)
{
  const CliNumbers *sigmas = arguments->sigma.n ? &arguments->sigma : &default_sigmas;
  CliEngine engine = {0};
  CosmosError err = {0};
  CosmosPerturbation results[CLI_MAX_NUMBERS];
  cli_progress_get ();
  char *source = cli_input_source (arguments, 0, &err);
  bool ok = source != NULL;
  if (!ok && err.code == COSMOS_STATUS_OK)
    cosmos_error_set (&err, COSMOS_STATUS_RANGE,
                      "No text was given: write it in quotes, or name a file with --file (-: standard input)");
  ok = ok && cli_engine_init (&engine, arguments, &err) && cli_engine_open_pipeline (&engine, arguments, false, &err)
       && cosmos_perturb (engine.pipeline, engine.pool, source, sigmas->items, (size_t) sigmas->n, arguments->seed, results,
                          cli_progress_get (), &err);
  cli_progress_clear ();
  int result = ok ? print_results (&engine, arguments, source, results, sigmas->n) : cli_fail (&err);
  for (int i = 0; ok && i < sigmas->n; i++)
    cosmos_perturbation_clear (&results[i]);
  free (source);
  cli_engine_clear (&engine);
  return result;
}

const CliVerb cli_verb_perturb = {
  .name = "perturb",
  .words = "TEXT",
  .summary = "decode a text's latents with noise on them",
  .about
  = "Encodes a text, adds noise of several sizes to its latent vectors (which have a spread of 1) and decodes: a smooth latent space "
    "gives the same text back for a long time. BLEU and the share of unchanged tokens are against the decode without noise.",
  .options = "sigma seed model task file compute threads",
  .examples = "  cosmos perturb \"Anna had lost her keys. She looked everywhere.\"\n"
              "  cosmos perturb --file story.txt --sigma 0.5,1,2 --seed 3",
  .max_words = 1,
  .run = run_perturb,
};
