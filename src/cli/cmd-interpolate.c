/* cosmos interpolate: the texts between two texts. */

#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "core/study/probe.h"

#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 7 };

static int print_results (const CliEngine *engine, const CliArguments *arguments, const CliTexts *texts,
                          CosmosDecoding *const *decodings, int n)
{
  if (!arguments->json) {
    for (int i = 0; i < n; i++) {
      printf ("%4.2f  ", (double) i / (n - 1));
      cli_print_text (decodings[i]->text);
    }
    return cli_finish_output ();
  }
  CliJson json = cli_json_new ("interpolate");
  cli_json_engine (&json, engine);
  cli_json_text (&json, json.root, "from", texts->items[0]);
  cli_json_text (&json, json.root, "to", texts->items[1]);
  cli_json_bool (&json, json.root, "spherical", arguments->spherical);
  yyjson_mut_val *array = cli_json_array (&json, json.root, "points");
  for (int i = 0; i < n; i++) {
    yyjson_mut_val *object = cli_json_append (&json, array);
    cli_json_number (&json, object, "mu", (double) i / (n - 1));
    cli_json_decoding (&json, object, cosmos_pipeline_get_tokenizer (engine->pipeline), decodings[i], false);
  }
  return cli_json_finish (&json);
}

static int run_interpolate (const CliArguments *arguments)
{
  int n = arguments->points ? arguments->points : POINTS;
  CliEngine engine = {0};
  CliTexts texts = {0};
  CosmosError err = {0};
  CosmosDecoding **decodings = calloc ((size_t) n, sizeof *decodings);
  cli_progress_get ();
  bool ok = (decodings || cosmos_error_set (&err, COSMOS_STATUS_NO_MEMORY, "Out of memory"))
            && cli_input_texts (arguments, &texts, &err);
  if (ok && texts.n != 2)
    ok = cosmos_error_set (&err, COSMOS_STATUS_RANGE,
                           "Two texts are needed, each in quotes or on a line of its own; there %s %zu",
                           texts.n == 1 ? "is" : "are", texts.n);
  ok = ok && cli_engine_init (&engine, arguments, &err) && cli_engine_open_pipeline (&engine, arguments, false, &err)
       && cosmos_interpolate (engine.pipeline, engine.pool, texts.items[0], texts.items[1], (size_t) n, arguments->spherical,
                              decodings, cli_progress_get (), &err);
  cli_progress_clear ();
  int result = ok ? print_results (&engine, arguments, &texts, decodings, n) : cli_fail (&err);
  for (int i = 0; ok && i < n; i++)
    cosmos_decoding_free (decodings[i]);
  free (decodings);
  cli_texts_clear (&texts);
  cli_engine_clear (&engine);
  return result;
}

const CliVerb cli_verb_interpolate = {
  .name = "interpolate",
  .words = "TEXT TEXT",
  .summary = "the texts between two texts",
  .about
  = "Encodes two texts and decodes points on the way between their latent vectors. The texts come as two arguments, or as two lines of a "
    "file or of standard input (-).",
  .options = "points spherical model task file compute threads",
  .examples = "  cosmos interpolate \"Anna had lost her keys.\" \"The dog ran into the sea.\"\n"
              "  cosmos interpolate --file two-lines.txt --points 11 --spherical",
  .max_words = 2,
  .run = run_interpolate,
};
