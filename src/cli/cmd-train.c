/* cosmos train: a recipe and a folder of texts to a model. */

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/training-log.h"
#include "cli/verb.h"
#include "core/file/output.h"
#include "train/bundle.h"
#include "train/trainer.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECKPOINT_SECONDS = 180, REPORT_SECONDS = 10 };

typedef struct {
  const CliArguments *arguments;
  CosmosRecipe recipe;
  CosmosTokenizer *tokenizer;
  CosmosCorpus *corpus;
  CosmosPool *pool;
  CosmosTraining training;
  FILE *log;
  CliTrainingLog *sessions; /* or NULL */
  double begun;
} Work;

/* ---- what is told ---- */

static void print_duration (double seconds, char *text, size_t size)
{
  if (seconds < 120)
    snprintf (text, size, "%.0f s", seconds);
  else if (seconds < 7200)
    snprintf (text, size, "%.0f min", seconds / 60);
  else
    snprintf (text, size, "%.1f h", seconds / 3600);
}

static void report_line (const CosmosTrainingReport *report)
{
  char left[32], parts[128] = "";
  double steps_left = (double) (report->steps - report->step);
  for (int i = 0; i < COSMOS_MAX_MEASURES && report->kind->measures[i] && report->kind->measures[1]; i++)
    snprintf (parts + strlen (parts), sizeof parts - strlen (parts), "  %s %.4f", report->kind->measures[i], report->measures[i]);
  print_duration (steps_left * report->seconds / (double) report->step, left, sizeof left);
  if (isfinite (report->loss))
    fprintf (stderr, "%-11s %7" PRId64 "/%" PRId64 "  loss %.4f%s  %.0f texts/s  %s left\n", report->kind->name, report->step,
             report->steps, report->loss, parts, report->texts_per_second, left);
  for (int i = 0; report->evaluation && i < report->evaluation->n; i++)
    fprintf (stderr, "%s%s %.4f", i ? ", " : "            ", report->evaluation->items[i].name,
             report->evaluation->items[i].value);
  if (report->evaluation && report->evaluation->n)
    fputc ('\n', stderr);
}

/* What has no value is left out: JSON has no word for it. */
static void log_number (FILE *log, const char *name, double value)
{
  if (isfinite (value))
    fprintf (log, ",\"%s\":%.6g", name, value);
}

static void log_line (Work *self, const CosmosTrainingReport *report)
{
  if (!self->log)
    return;
  fprintf (self->log, "{\"stage\":\"%s\",\"step\":%" PRId64 ",\"seconds\":%.1f", report->kind->name, report->step,
           report->seconds);
  log_number (self->log, "loss", report->loss);
  log_number (self->log, "norm", report->norm);
  log_number (self->log, "rate", report->rate);
  log_number (self->log, "texts_per_second", report->texts_per_second);
  /* One part alone is the loss. */
  for (int i = 0; i < COSMOS_MAX_MEASURES && report->kind->measures[i] && report->kind->measures[1]; i++)
    log_number (self->log, report->kind->measures[i], report->measures[i]);
  for (int i = 0; report->evaluation && i < report->evaluation->n; i++)
    log_number (self->log, report->evaluation->items[i].name, report->evaluation->items[i].value);
  fputs ("}\n", self->log);
  fflush (self->log);
}

static void take_report (const CosmosTrainingReport *report, void *data)
{
  Work *self = data;
  cli_progress_clear ();
  if (!self->arguments->json)
    report_line (report);
  log_line (self, report);
  cli_training_log_report (self->sessions, report);
}

/* ---- what is needed ---- */

/* Made of the recipe's texts and kept in the folder of the checkpoints. */
static bool make_tokenizer (Work *self, const char *path, CosmosError *err)
{
  CosmosProgress *progress = cli_progress_get ();
  CosmosBytePairTrainer *words = cosmos_byte_pair_trainer_new (err);
  size_t length;
  char *json = NULL;
  if (words && cosmos_corpus_count_words (&self->recipe, self->arguments->data, words, progress, err))
    json = cosmos_byte_pair_trainer_finish (words, self->recipe.config.vocabulary, &length, progress, err);
  cosmos_byte_pair_trainer_free (words);
  CosmosOutput *output = json ? cosmos_output_new (path, err) : NULL;
  if (output)
    cosmos_output_write (output, json, length);
  free (json);
  return output && cosmos_output_commit (output, err);
}

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

static bool read_tokenizer (Work *self, const char *path, CosmosError *err)
{
  if (ends_with (path, ".gguf")) {
    CosmosGguf *file = cosmos_gguf_open (path, err);
    self->tokenizer = file ? cosmos_tokenizer_new_from_gguf (file, err) : NULL;
    cosmos_gguf_free (file);
  } else
    self->tokenizer = cosmos_tokenizer_new_from_json (path, err);
  if (self->tokenizer)
    self->recipe.config.vocabulary = cosmos_tokenizer_get_size (self->tokenizer);
  return self->tokenizer;
}

static bool open_tokenizer (Work *self, CosmosError *err)
{
  const char *given = self->arguments->tokenizer ? self->arguments->tokenizer : self->recipe.tokenizer_file;
  char *own;
  if (*given)
    return read_tokenizer (self, given, err);
  if (asprintf (&own, "%s/tokenizer.json", self->arguments->out) < 0)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  bool ok = (access (own, F_OK) == 0 || make_tokenizer (self, own, err)) && read_tokenizer (self, own, err);
  free (own);
  return ok;
}

static bool open_log (Work *self, CosmosError *err)
{
  const char *folder = self->arguments->out;
  char *path;
  if (mkdir (folder, 0777) != 0 && errno != EEXIST)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be made: %s", folder, strerror (errno));
  if (asprintf (&path, "%s/log.jsonl", folder) < 0)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  self->log = fopen (path, "ae");
  bool ok = self->log || cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: %s", path, strerror (errno));
  free (path);
  return ok;
}

static bool prepare (Work *self, CosmosError *err)
{
  const CliArguments *arguments = self->arguments;
  CosmosProgress *progress = cli_progress_get ();
  CosmosCompute compute = cosmos_compute_get_best ();
  if (!cosmos_recipe_read (&self->recipe, arguments->words[0], err) || !open_log (self, err) || !open_tokenizer (self, err))
    return false;
  if (arguments->compute && strcmp (arguments->compute, "auto") != 0
      && (!cosmos_compute_from_name (arguments->compute, &compute, err) || !cosmos_compute_is_available (compute, err)))
    return false;
  self->corpus = cosmos_corpus_load (&self->recipe, self->tokenizer, arguments->data, progress, err);
  self->pool = self->corpus ? cosmos_pool_new (arguments->threads) : NULL;
  if (self->corpus && !self->pool)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for threads");
  self->training = (CosmosTraining) {.recipe = &self->recipe,
                                     .tokenizer = self->tokenizer,
                                     .corpus = self->corpus,
                                     .folder = arguments->out,
                                     .pool = self->pool,
                                     .compute = compute,
                                     .progress = progress};
  return self->corpus;
}

static void work_clear (Work *self)
{
  if (self->log)
    fclose (self->log);
  cosmos_corpus_free (self->corpus);
  cosmos_tokenizer_free (self->tokenizer);
  if (self->pool)
    cosmos_pool_free (self->pool);
}

/* ---- training ---- */

/* Stage after stage, or the one that was named; what is done is not done again. */
static bool train (Work *self, bool *all_done, CosmosError *err)
{
  const CliArguments *arguments = self->arguments;
  const CosmosStageKind *only = arguments->stage ? cosmos_stage_find (arguments->stage) : NULL;
  *all_done = true;
  for (int i = 0; cosmos_stage_get (i); i++) {
    const CosmosStageKind *kind = cosmos_stage_get (i);
    if (only && kind != only)
      continue;
    CosmosTrainingOptions options = {.resume = arguments->resume,
                                     .seconds = isnan (arguments->time) ? 0 : self->begun + arguments->time - cli_now (),
                                     .checkpoint_seconds = CHECKPOINT_SECONDS,
                                     .report_seconds = REPORT_SECONDS,
                                     .report = take_report,
                                     .data = self};
    bool done;
    if (!isnan (arguments->time) && options.seconds <= 0) {
      *all_done = false;
      break;
    }
    CosmosError failure = {0};
    cli_training_log_begin (self->sessions, kind);
    bool ok = cosmos_train_stage (&self->training, kind, &options, &done, &failure);
    cli_training_log_end (self->sessions, ok && done, ok ? "" : failure.message);
    if (!ok) {
      *err = failure;
      return false;
    }
    if (!done) {
      *all_done = false;
      break;
    }
  }
  return true;
}

static int print_end (Work *self, bool all_done)
{
  if (self->arguments->json) {
    CliJson json = cli_json_new ("train");
    cli_json_text (&json, json.root, "out", self->arguments->out);
    cli_json_bool (&json, json.root, "done", all_done);
    cli_json_number (&json, json.root, "seconds", cli_now () - self->begun);
    return cli_json_finish (&json);
  }
  if (all_done)
    printf ("%s: done\n", self->arguments->out);
  else
    printf ("%s: not done yet; go on with --resume\n", self->arguments->out);
  return cli_finish_output ();
}

static int run_train (const CliArguments *arguments)
{
  Work work = {.arguments = arguments, .begun = cli_now ()};
  CosmosError err = {0};
  bool all_done = false;
  if (!arguments->data || !arguments->out) {
    cli_say ("train needs --data DIR and --out DIR. See: cosmos help train");
    return CLI_USAGE;
  }
  bool ok = prepare (&work, &err);
  work.sessions = ok ? cli_training_log_open (arguments, &work.recipe) : NULL;
  ok = ok && train (&work, &all_done, &err);
  cli_training_log_close (work.sessions);
  cli_progress_clear ();
  int result = ok ? print_end (&work, all_done) : cli_fail (&err);
  work_clear (&work);
  return ok && cli_progress_is_cancelled () ? CLI_CANCELLED : result;
}

const CliVerb cli_verb_train = {
  .name = "train",
  .words = "RECIPE",
  .summary = "train a model from a recipe and a folder of texts",
  .about
  = "Trains, one after the other, the text encoder, the autoencoder, the denoiser and the autoregressive baseline that a recipe (.ini) describes, "
    "each into a checkpoint STAGE.gguf of the folder --out; log.jsonl there holds a line of measurements every ten seconds, and the session log, where there is one, the losses at checkpoints. Ctrl-C stops "
    "cleanly; --resume goes on where a stage stood, to the same numbers bit for bit. Make a model of the checkpoints with: cosmos export",
  .options = "data out stage for resume tokenizer compute threads no-log log",
  .examples = "  cosmos train models/recipes/story.ini --data texts --out trained\n"
              "  cosmos train models/recipes/story.ini --data texts --out trained --resume --for 2h\n"
              "  cosmos train models/recipes/tiny.ini --data texts --out trained --stage encoder\n",
  .min_words = 1,
  .max_words = 1,
  .run = run_train,
};
