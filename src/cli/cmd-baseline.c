/* cosmos baseline: a text word by word, by the autoregressive model that diffusion is compared with. */

#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/wrap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const CliArguments *arguments;
  CliEngine engine;
  CosmosAutoregressSettings settings;
  CosmosAsking asking;
  char *prompt; /* or NULL */
} Work;

static void add_token (CliJson *json, yyjson_mut_val *array, const CosmosTokenizer *tokenizer, const CosmosWrittenToken *token)
{
  yyjson_mut_val *object = cli_json_append (json, array);
  char text[256];
  cosmos_tokenizer_describe (tokenizer, token->id, text, sizeof text);
  cli_json_integer (json, object, "id", token->id);
  cli_json_text (json, object, "text", text);
  cli_json_number (json, object, "probability", token->probability);
  cli_json_number (json, object, "entropy", token->entropy);
  cli_json_number (json, object, "seconds", token->seconds);
  yyjson_mut_val *top = cli_json_array (json, object, "top");
  for (int i = 0; i < (int) (sizeof token->top / sizeof token->top[0]) && token->top[i] >= 0; i++) {
    yyjson_mut_val *other = cli_json_append (json, top);
    cosmos_tokenizer_describe (tokenizer, token->top[i], text, sizeof text);
    cli_json_integer (json, other, "id", token->top[i]);
    cli_json_text (json, other, "text", text);
    cli_json_number (json, other, "probability", token->top_probability[i]);
  }
}

static const char *const asking_names[] = {[COSMOS_ASKING_CONTINUE] = "continue",
                                           [COSMOS_ASKING_TASK] = "task",
                                           [COSMOS_ASKING_INSTRUCTION] = "instruction",
                                           [COSMOS_ASKING_UNKNOWN] = "continue"};

static int print_json (const Work *self, const CosmosAutoregress *run, uint64_t seed, const char *text, double seconds)
{
  CliJson json = cli_json_new ("baseline");
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (self->engine.baseline);
  int n = cosmos_autoregress_get_n_tokens (run);
  cli_json_text (&json, json.root, "model", cosmos_language_model_get_name (self->engine.baseline));
  cli_json_text (&json, json.root, "compute", cosmos_compute_get_name (self->engine.compute));
  cli_json_integer (&json, json.root, "threads", cosmos_pool_get_threads (self->engine.pool));
  yyjson_mut_obj_add_uint (json.doc, json.root, "seed", seed);
  cli_json_number (&json, json.root, "temperature", self->settings.temperature);
  cli_json_integer (&json, json.root, "top_k", self->settings.top_k);
  cli_json_number (&json, json.root, "top_p", self->settings.top_p);
  cli_json_text (&json, json.root, "prompt", self->prompt);
  cli_json_text (&json, json.root, "asking", asking_names[self->asking]);
  cli_json_text (&json, json.root, "text", text);
  cli_json_integer (&json, json.root, "n_tokens", n);
  cli_json_number (&json, json.root, "seconds", seconds);
  cli_json_number (&json, json.root, "tokens_per_second", n / seconds);
  yyjson_mut_val *tokens = cli_json_array (&json, json.root, "tokens");
  for (int i = 0; i < n; i++)
    add_token (&json, tokens, tokenizer, cosmos_autoregress_get_token (run, i));
  return cli_json_finish (&json);
}

/* Prints what text has beyond the first *shown bytes, but no character of which bytes may still be missing. */
static void stream (const char *text, size_t *shown, bool all)
{
  size_t length = strlen (text);
  if (!all && length >= 3 && memcmp (text + length - 3, "\xef\xbf\xbd", 3) == 0)
    length -= 3;
  if (length <= *shown)
    return;
  char *piece = strndup (text + *shown, length - *shown);
  if (piece) {
    cli_make_printable (piece);
    fputs (piece, stdout);
    fflush (stdout);
  }
  free (piece);
  *shown = length;
}

static bool write_text (Work *self, int number, CosmosError *err)
{
  bool in_place = !self->arguments->json && cli_terminal_is_usable (STDOUT_FILENO);
  CosmosAutoregressSettings settings = self->settings;
  settings.seed += (uint64_t) number;
  CosmosProgress *progress = cli_progress_get ();
  double start = cli_now ();
  CosmosAutoregress *run = cosmos_autoregress_new_for_task (self->engine.baseline, self->engine.pool, &settings,
                                                            self->arguments->task, self->prompt,
                                                            self->prompt ? strlen (self->prompt) : 0, err);
  bool ok = run, done = false;
  size_t shown = 0;
  char *text = NULL;
  while (ok && !done) {
    ok = cosmos_autoregress_advance (run, progress, &done, err);
    if (ok && (in_place || done)) {
      free (text);
      text = cosmos_autoregress_get_text (run);
      ok = text || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the text");
    }
    if (ok && in_place)
      stream (text, &shown, done);
    else if (ok)
      cli_progress_show ((double) cosmos_autoregress_get_n_tokens (run) / settings.max_tokens, "writing");
  }
  double seconds = cli_now () - start;
  if (in_place && (ok || shown))
    putchar ('\n');
  if (ok && self->arguments->json)
    ok = print_json (self, run, settings.seed, text, seconds) == CLI_OK;
  else if (ok && !in_place)
    cli_print_text (text);
  if (ok && in_place)
    cli_print_note ("%s · seed %" PRIu64 " · %d tokens · %.2f s · %.0f tokens/s",
                    cosmos_language_model_get_name (self->engine.baseline), settings.seed, cosmos_autoregress_get_n_tokens (run),
                    seconds, cosmos_autoregress_get_n_tokens (run) / seconds);
  free (text);
  cosmos_autoregress_free (run);
  return ok;
}

static int run_baseline (const CliArguments *arguments)
{
  Work self = {.arguments = arguments};
  CosmosError err = {0};
  cli_progress_get ();
  self.prompt = cli_input_source (arguments, 0, &err);
  bool ok = err.code == COSMOS_STATUS_OK && cli_engine_init (&self.engine, arguments, &err)
            && cli_engine_open_baseline (&self.engine, arguments, &err)
            && cli_engine_get_autoregress_settings (&self.engine, arguments, &self.settings, &err);
  if (ok)
    self.asking = cli_engine_find_asking (&self.engine, arguments->task);
  for (int i = 0; ok && i < (arguments->count ? arguments->count : 1); i++)
    ok = write_text (&self, i, &err);
  int result = ok ? cli_finish_output () : cli_fail (&err);
  free (self.prompt);
  cli_engine_clear (&self.engine);
  return result;
}

const CliVerb cli_verb_baseline = {
  .name = "baseline",
  .words = "[PROMPT]",
  .summary = "write a text word by word, for comparison",
  .about
  = "Writes a text with an autoregressive language model, token by token: what diffusion is compared with. PROMPT is what the text begins "
    "with (-: standard input), or, where the model was trained for tasks, the source that --task is to be done with. A model that was tuned to talk "
    "(its file has a chat template, ChatML) is asked in English for what --task names; without --task it goes on with the text.",
  .options = "baseline task seed count temperature top-k top-p greedy max-tokens file compute threads",
  .examples = "  cosmos baseline --seed 7\n"
              "  cosmos baseline \"Anna had lost her keys.\" --temperature 0.8\n"
              "  cosmos baseline --greedy --json              with the probability of every token",
  .max_words = 1,
  .run = run_baseline,
};
