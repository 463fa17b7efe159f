#include "cli/report.h"

#include "cli/progress.h"
#include "cli/wrap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cli_print_text (const char *text)
{
  char *copy = isatty (STDOUT_FILENO) ? strdup (text) : NULL;
  cli_progress_clear ();
  if (copy)
    cli_make_printable (copy);
  /* A text is a line, also in a file: what a line end inside meant is lost, the lines are not. */
  for (const char *at = copy ? copy : text; *at; at++)
    putchar (*at == '\n' || *at == '\r' ? ' ' : *at);
  putchar ('\n');
  free (copy);
}

void cli_json_decoding (CliJson *json, yyjson_mut_val *object, const CosmosTokenizer *tokenizer, const CosmosDecoding *decoding,
                        bool tokens)
{
  cli_json_text (json, object, "text", decoding->text);
  cli_json_integer (json, object, "n_tokens", decoding->n_tokens);
  cli_json_number (json, object, "confidence", decoding->confidence);
  cli_json_number (json, object, "entropy", decoding->entropy);
  if (!tokens)
    return;
  yyjson_mut_val *array = cli_json_array (json, object, "tokens");
  for (int i = 0; i < decoding->n_tokens; i++) {
    const CosmosTokenGuess *guess = &decoding->tokens[decoding->first + i];
    yyjson_mut_val *token = cli_json_append (json, array);
    char text[256];
    cosmos_tokenizer_describe (tokenizer, guess->id, text, sizeof text);
    cli_json_integer (json, token, "id", guess->id);
    cli_json_text (json, token, "text", text);
    cli_json_number (json, token, "probability", guess->probability);
    cli_json_number (json, token, "entropy", guess->entropy);
  }
}

void cli_json_engine (CliJson *json, const CliEngine *engine)
{
  cli_json_text (json, json->root, "model", cosmos_pipeline_get_name (engine->pipeline));
  cli_json_text (json, json->root, "compute", cosmos_compute_get_name (engine->compute));
  cli_json_integer (json, json->root, "threads", cosmos_pool_get_threads (engine->pool));
}

void cli_json_settings (CliJson *json, const CosmosConfig *config, const CosmosSettings *settings)
{
  yyjson_mut_val *root = json->root;
  cli_json_text (json, root, "task", config->tasks[settings->task]);
  yyjson_mut_obj_add_uint (json->doc, root, "seed", settings->seed);
  cli_json_integer (json, root, "steps", settings->steps);
  cli_json_text (json, root, "sampler", cosmos_sampler_get_name (settings->sampler));
  cli_json_number (json, root, "guidance", settings->guidance);
  cli_json_bool (json, root, "self_conditioning", settings->self_conditioning);
  cli_json_number (json, root, "schedule_d", settings->schedule_d);
  cli_json_number (json, root, "t_start", settings->t_start);
  cli_json_number (json, root, "t_end", settings->t_end);
  cli_json_number (json, root, "noise_scale", settings->noise_scale);
  cli_json_number (json, root, "strength", settings->strength);
  cli_json_text (json, root, "return", settings->returned == COSMOS_RETURN_X0 ? "x0" : "mean");
}

void cli_print_note (const char *format, ...)
{
  if (!isatty (STDOUT_FILENO) || !isatty (STDERR_FILENO))
    return;
  va_list args;
  fflush (stdout);
  cli_progress_clear ();
  fputs ("\033[2m", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputs ("\033[0m\n", stderr);
}
