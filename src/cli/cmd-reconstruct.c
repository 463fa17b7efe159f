/* cosmos reconstruct: text -> latents -> text, and what was lost. */

#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "core/study/probe.h"

#include <stdio.h>
#include <stdlib.h>

enum {
  PIECE = 64, /* texts that are held at a time */
  SHOWN = 5,  /* up to so many texts are printed */
};

/* Sums over texts. */
typedef struct {
  size_t n_texts, n_exact;
  long long n_tokens, n_right;
  double squared_error; /* summed over tokens */
} Totals;

/* A text that was cut has lost its end before it was encoded: those are counted apart. */
typedef struct {
  Totals all, whole, cut;
} Sums;

static void count_in (Totals *self, const CosmosReconstruction *result)
{
  self->n_texts++;
  self->n_exact += result->exact;
  self->n_tokens += result->n_tokens;
  self->n_right += result->n_right;
  self->squared_error += result->mse * result->n_tokens;
}

static void count (Sums *self, const CosmosReconstruction *result)
{
  count_in (&self->all, result);
  count_in (result->cut ? &self->cut : &self->whole, result);
}

/* NAN without texts */
static double get_accuracy (const Totals *self)
{
  return (double) self->n_right / (double) self->n_tokens;
}

static double get_exact_share (const Totals *self)
{
  return (double) self->n_exact / (double) self->n_texts;
}

static double get_mse (const Totals *self)
{
  return self->squared_error / (double) self->n_tokens;
}

static int print_json (const CliEngine *engine, const char *text, const CosmosReconstruction *result)
{
  CliJson json = cli_json_new ("reconstruct");
  cli_json_text (&json, json.root, "source", text);
  cli_json_decoding (&json, json.root, cosmos_pipeline_get_tokenizer (engine->pipeline), result->decoding, false);
  cli_json_integer (&json, json.root, "targets", result->n_tokens);
  cli_json_integer (&json, json.root, "right", result->n_right);
  cli_json_number (&json, json.root, "token_accuracy", (double) result->n_right / result->n_tokens);
  cli_json_bool (&json, json.root, "exact", result->exact);
  cli_json_number (&json, json.root, "mse", result->mse);
  cli_json_number (&json, json.root, "latent_mean", result->latent_mean);
  cli_json_number (&json, json.root, "latent_std", result->latent_std);
  cli_json_bool (&json, json.root, "cut", result->cut);
  return cli_json_finish (&json);
}

static void print_total (const Totals *totals, const char *what)
{
  printf ("%zu text%s%s: token accuracy %.2f %%, exact %.1f %%, MSE %.3f\n", totals->n_texts, totals->n_texts == 1 ? "" : "s",
          what, 100 * get_accuracy (totals), 100 * get_exact_share (totals), get_mse (totals));
}

static void add_total (CliJson *json, const char *name, const Totals *totals)
{
  yyjson_mut_val *object = cli_json_object (json, json->root, name);
  cli_json_integer (json, object, "n_texts", (int64_t) totals->n_texts);
  cli_json_integer (json, object, "targets", totals->n_tokens);
  cli_json_number (json, object, "token_accuracy", get_accuracy (totals));
  cli_json_number (json, object, "exact_share", get_exact_share (totals));
  cli_json_number (json, object, "mse", get_mse (totals));
}

static int print_sums (const CliEngine *engine, const Sums *sums, bool json_wanted, double seconds)
{
  if (!json_wanted) {
    char what[96];
    snprintf (what, sizeof what, " of more than %d tokens, cut", cosmos_pipeline_get_config (engine->pipeline)->tokens);
    if (sums->whole.n_texts)
      print_total (&sums->whole, "");
    if (sums->cut.n_texts)
      print_total (&sums->cut, what);
    return cli_finish_output ();
  }
  CliJson json = cli_json_new ("reconstruct");
  cli_json_engine (&json, engine);
  add_total (&json, "all", &sums->all);
  add_total (&json, "whole", &sums->whole);
  add_total (&json, "cut", &sums->cut);
  cli_json_number (&json, json.root, "seconds", seconds);
  return cli_json_finish (&json);
}

static bool reconstruct_piece (const CliEngine *engine, const CliTexts *texts, size_t first, size_t n, bool json, Sums *sums,
                               CosmosError *err)
{
  CosmosReconstruction results[PIECE];
  if (!cosmos_reconstruct (engine->pipeline, engine->pool, (const char *const *) texts->items + first, n, results,
                           cli_progress_get (), err))
    return false;
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    count (sums, &results[i]);
    if (json)
      ok = ok && print_json (engine, texts->items[first + i], &results[i]) == CLI_OK;
    else if (texts->n <= SHOWN)
      cli_print_text (results[i].decoding->text);
    cosmos_reconstruction_clear (&results[i]);
  }
  return ok;
}

static int run_reconstruct (const CliArguments *arguments)
{
  CliEngine engine = {0};
  CliTexts texts = {0};
  CosmosError err = {0};
  Sums sums = {0};
  double start = cli_now ();
  cli_progress_get ();
  bool ok = cli_input_texts (arguments, &texts, &err) && cli_engine_init (&engine, arguments, &err)
            && cli_engine_open_pipeline (&engine, arguments, false, &err);
  for (size_t first = 0; ok && first < texts.n; first += PIECE) {
    size_t n = texts.n - first < PIECE ? texts.n - first : PIECE;
    cli_progress_set_range ((double) first / (double) texts.n, (double) (first + n) / (double) texts.n);
    ok = reconstruct_piece (&engine, &texts, first, n, arguments->json, &sums, &err);
  }
  cli_progress_clear ();
  int result = ok ? print_sums (&engine, &sums, arguments->json, cli_now () - start) : cli_fail (&err);
  cli_texts_clear (&texts);
  cli_engine_clear (&engine);
  return result;
}

const CliVerb cli_verb_reconstruct = {
  .name = "reconstruct",
  .words = "[TEXT]...",
  .summary = "what is left of texts after the latent vectors",
  .about
  = "Encodes texts to latent vectors and decodes them again. Says how many tokens came back right ([CLS] and [SEP] count), how many texts "
    "came back exactly, and the squared error of the encoder states; texts that are longer than the model reads are counted apart. Texts come as arguments, or from a file or standard "
    "input (-): a text a line, or JSON lines with a \"text\" or \"target\" field. Up to 5 texts are printed as they came back.",
  .options = "model task file limit compute threads",
  .examples = "  cosmos reconstruct \"Anna had lost her keys. She looked everywhere.\"\n"
              "  cosmos reconstruct --file stories.txt\n"
              "  xzcat valid.jsonl.xz | cosmos reconstruct - --limit 200",
  .max_words = 1000,
  .run = run_reconstruct,
};
