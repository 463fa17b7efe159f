/* cosmos train: a recipe and a folder of texts to a model. */

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/provenance.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/training-log.h"
#include "cli/training-record.h"
#include "cli/verb.h"
#include "train/bundle.h"
#include "train/ranks.h"
#include "train/recipe-tokenizer.h"
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
  char *recipe_text;
  CosmosTokenizer *tokenizer;
  CosmosCorpus *corpus;
  CosmosPool *pool;
  CosmosTraining training;
  CliProvenance *provenance;
  CliTrainingLog *log;
  CliTrainingRecord *record; /* or NULL */
  double begun;
} Work;

static void take_report (const CosmosTrainingReport *report, void *data)
{
  Work *self = data;
  cli_training_log_take (report, self->log);
  cli_training_record_report (self->record, report);
}

/* ---- what is needed ---- */

/* Of the first rank alone, as are the checkpoints. */
static bool open_log (Work *self, CosmosError *err)
{
  const char *folder = self->arguments->out;
  if (!cosmos_ranks_is_first ())
    return true;
  if (mkdir (folder, 0777) != 0 && errno != EEXIST)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be made: %s", folder, strerror (errno));
  return (self->log = cli_training_log_open (folder, self->arguments->json, err));
}

static bool take_from (const CliArguments *arguments, CosmosRecipe *recipe, CosmosError *err)
{
  const char *from = arguments->from ? arguments->from : "";
  if (strlen (from) >= sizeof recipe->from)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%.60s...: the path is longer than %zu bytes", from,
                             sizeof recipe->from - 1);
  if (*from)
    strcpy (recipe->from, from);
  return true;
}

static bool prepare (Work *self, CosmosError *err)
{
  const CliArguments *arguments = self->arguments;
  CosmosProgress *progress = cli_progress_get ();
  CosmosCompute compute = cosmos_compute_get_best ();
  if (!cosmos_recipe_read_with (&self->recipe, arguments->words[0], arguments->set.items, arguments->set.n, &self->recipe_text,
                                err)
      || !take_from (arguments, &self->recipe, err) || !open_log (self, err)
      || !(self->tokenizer = cosmos_recipe_open_tokenizer (&self->recipe, arguments->tokenizer, arguments->data, arguments->out,
                                                           progress, err)))
    return false;
  if (arguments->compute && strcmp (arguments->compute, "auto") != 0
      && (!cosmos_compute_from_name (arguments->compute, &compute, err) || !cosmos_compute_is_available (compute, err)))
    return false;
  self->corpus = cosmos_corpus_load (&self->recipe, self->tokenizer, arguments->data, progress, err);
  self->pool = self->corpus ? cosmos_pool_new (arguments->threads) : NULL;
  if (self->corpus && !self->pool)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for threads");
  if (self->corpus && !(self->provenance = cli_provenance_new (self->recipe_text, &self->recipe, arguments->data, err)))
    return false;
  self->training = (CosmosTraining) {.recipe = &self->recipe,
                                     .tokenizer = self->tokenizer,
                                     .corpus = self->corpus,
                                     .folder = arguments->out,
                                     .pool = self->pool,
                                     .compute = compute,
                                     .progress = progress,
                                     .provenance = self->provenance ? cli_provenance_get (self->provenance) : NULL};
  return self->corpus;
}

static void work_clear (Work *self)
{
  cli_training_log_close (self->log);
  cli_provenance_free (self->provenance);
  free (self->recipe_text);
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
    const char *ready = kind->get_recipe (&self->recipe)->file;
    if (only ? kind != only : *ready)
      continue;
    if (*ready)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                               "%s: takes the stage %s ready from %s; to train it, remove [%s] file (and begin with it: --from)",
                               arguments->words[0], kind->name, ready, kind->name);
    double seconds = isnan (arguments->time) ? 0 : self->begun + arguments->time - cli_now ();
    CosmosTrainingOptions options = {.resume = arguments->resume,
                                     .seconds = cosmos_ranks_get_first (seconds),
                                     .checkpoint_seconds = isnan (arguments->save_every) ? CHECKPOINT_SECONDS
                                                                                         : arguments->save_every,
                                     .report_seconds = REPORT_SECONDS,
                                     .report = cosmos_ranks_is_first () ? take_report : NULL,
                                     .data = self};
    bool done;
    if (!isnan (arguments->time) && options.seconds <= 0) {
      *all_done = false;
      break;
    }
    CosmosError failure = {0};
    cli_training_record_begin (self->record, kind);
    bool ok = cosmos_train_stage (&self->training, kind, &options, &done, &failure);
    cli_training_record_end (self->record, ok && done, ok ? "" : failure.message);
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
  if (!cosmos_ranks_begin (&err))
    return cli_fail (&err);
  if (!cosmos_ranks_is_first ())
    cli_progress_silence ();
  else if (!isatty (STDERR_FILENO))
    cli_progress_use_lines (REPORT_SECONDS);
  bool ok = prepare (&work, &err);
  work.record = ok && cosmos_ranks_is_first () ? cli_training_record_open (arguments, &work.recipe) : NULL;
  ok = ok && train (&work, &all_done, &err);
  cli_training_record_close (work.record);
  cli_progress_clear ();
  int result = !ok ? cli_fail (&err) : cosmos_ranks_is_first () ? print_end (&work, all_done) : CLI_OK;
  work_clear (&work);
  cosmos_ranks_end (ok);
  return ok && cli_progress_is_cancelled () ? CLI_CANCELLED : result;
}

const CliVerb cli_verb_train = {
  .name = "train",
  .words = "RECIPE",
  .summary = "train a model from a recipe and a folder of texts",
  .about
  = "Trains, one after the other, the text encoder, the autoencoder, the denoiser and the autoregressive baseline that a recipe (.ini) describes, "
    "each into a checkpoint STAGE.gguf of the folder --out; log.jsonl there holds a line of measurements every ten seconds, and the session log, where there is one, the losses at checkpoints. Ctrl-C stops "
    "cleanly; --resume goes on where a stage stood, to the same numbers bit for bit. With --from stages "
    "begin with the values of a model that is there already, and a stage that is not trained is taken from it as it is. Make a model of the checkpoints with: cosmos export. "
    "Started by mpirun, the processes share every batch, on one machine or several.",
  .options = "data out stage from set for save-every resume tokenizer compute threads no-log log",
  .examples = "  cosmos train models/recipes/story.ini --data texts --out trained\n"
              "  cosmos train models/recipes/story.ini --data texts --out trained --resume --for 2h\n"
              "  cosmos train models/recipes/story.ini --data texts --out trained --from story.gguf --stage denoiser\n"
              "  cosmos train models/recipes/story.ini --data texts --out no-dropout --set autoencoder.dropout=0\n"
              "  cosmos train models/recipes/tiny.ini --data texts --out trained --stage encoder\n"
              "  mpirun --host one,two --map-by node --bind-to none cosmos train story.ini --data texts --out trained\n",
  .min_words = 1,
  .max_words = 1,
  .run = run_train,
};
