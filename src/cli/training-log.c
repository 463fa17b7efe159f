#include "cli/training-log.h"

#include "cli/progress.h"
#include "cli/say.h"
#include "cli/training-curves.h"
#include "cli/wrap.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <yyjson.h>

enum { WINDOW = 300 }; /* seconds of training, at least, by which the time that is left is told */

typedef struct {
  const CosmosStageKind *kind;
  int64_t step;
  double seconds;
} Mark;

struct CliTrainingLog {
  FILE *lines, *samples; /* log.jsonl, samples.txt */
  bool is_quiet;
  char *folder;
  Mark marks[2]; /* the later one is at most a window old, the earlier one was the later one before */
};

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

static void report_start (const CosmosTrainingReport *report)
{
  fprintf (stderr, "%-11s begins with %.1f %% of its numbers from %s\n", report->kind->name,
           100 * (double) report->start->n_taken / (double) report->start->n_asked, report->start->path);
}

/* How long a step takes these days: another machine, or other work on this one, may have made the first ones. */
static double get_step_seconds (CliTrainingLog *self, const CosmosTrainingReport *report)
{
  const Mark now = {report->kind, report->step, report->seconds};
  Mark *marks = self->marks;
  if (marks[0].kind != now.kind)
    marks[0] = marks[1] = now;
  if (now.seconds - marks[1].seconds > WINDOW) {
    marks[0] = marks[1];
    marks[1] = now;
  }
  if (now.step > marks[0].step)
    return (now.seconds - marks[0].seconds) / (double) (now.step - marks[0].step);
  return now.seconds / (double) now.step;
}

/* Of the loss; one part alone is the loss itself and needs no name. */
static bool is_part (const CosmosTrainingReport *report, int measure)
{
  int n = 0;
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++)
    n += report->kind->measures[i] && isfinite (report->measures[i]);
  return n > 1 && report->kind->measures[measure] && isfinite (report->measures[measure]);
}

static void report_line (CliTrainingLog *self, const CosmosTrainingReport *report)
{
  char left[32], parts[128] = "";
  double steps_left = (double) (report->steps - report->step);
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++)
    if (is_part (report, i))
      snprintf (parts + strlen (parts), sizeof parts - strlen (parts), "  %s %.4f", report->kind->measures[i],
                report->measures[i]);
  print_duration (steps_left * get_step_seconds (self, report), left, sizeof left);
  if (isfinite (report->loss))
    fprintf (stderr, "%-11s %7" PRId64 "/%" PRId64 "  loss %.4f%s  %.0f texts/s  %s left\n", report->kind->name, report->step,
             report->steps, report->loss, parts, report->texts_per_second, left);
  const CosmosEvaluation *evaluation = report->evaluation;
  for (int i = 0; evaluation && i < evaluation->n; i++)
    fprintf (stderr, "  %-32s %.4f\n", evaluation->items[i].name, evaluation->items[i].value);
  for (int i = 0; evaluation && i < evaluation->n_samples; i++) {
    const CosmosSample *sample = &evaluation->samples[i];
    if (i == 0 || strcmp (sample->task, evaluation->samples[i - 1].task) != 0) { /* the first of each task */
      cli_make_printable (sample->text);
      fprintf (stderr, "  %s: %s\n", sample->task, sample->text);
    }
  }
}

/* For people: samples.txt grows by what the model writes at each checkpoint. */
static void write_samples (const CliTrainingLog *self, const CosmosTrainingReport *report)
{
  const CosmosEvaluation *evaluation = report->evaluation;
  FILE *file = self->samples;
  if (!evaluation || !evaluation->n_samples)
    return;
  fprintf (file, "== %s, step %" PRId64 " of %" PRId64 " ==\n\n", report->kind->name, report->step, report->steps);
  for (int i = 0; i < evaluation->n_samples; i++) {
    const CosmosSample *sample = &evaluation->samples[i];
    if (sample->source)
      fprintf (file, "%s of: %s\n", sample->task, sample->source);
    fprintf (file, "%s: %s\n\n", sample->task, sample->text);
  }
  fflush (file);
}

/* "samples": [{"task": .., "source": .., "text": ..}]; source null where there is none. */
static void log_samples (FILE *log, const CosmosEvaluation *evaluation)
{
  yyjson_mut_doc *document = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *array = yyjson_mut_arr (document);
  yyjson_mut_doc_set_root (document, array);
  for (int i = 0; i < evaluation->n_samples; i++) {
    const CosmosSample *sample = &evaluation->samples[i];
    yyjson_mut_val *object = yyjson_mut_arr_add_obj (document, array);
    yyjson_mut_obj_add_str (document, object, "task", sample->task);
    if (sample->source)
      yyjson_mut_obj_add_str (document, object, "source", sample->source);
    else
      yyjson_mut_obj_add_null (document, object, "source");
    yyjson_mut_obj_add_str (document, object, "text", sample->text);
  }
  char *text = yyjson_mut_write (document, 0, NULL);
  if (text)
    fprintf (log, ",\"samples\":%s", text);
  free (text);
  yyjson_mut_doc_free (document);
}

/* What has no value is left out: JSON has no word for it. */
static void log_number (FILE *log, const char *name, double value)
{
  if (isfinite (value))
    fprintf (log, ",\"%s\":%.6g", name, value);
}

static void log_line (CliTrainingLog *self, const CosmosTrainingReport *report)
{
  fprintf (self->lines, "{\"stage\":\"%s\",\"step\":%" PRId64 ",\"seconds\":%.1f", report->kind->name, report->step,
           report->seconds);
  log_number (self->lines, "loss", report->loss);
  log_number (self->lines, "norm", report->norm);
  log_number (self->lines, "rate", report->rate);
  log_number (self->lines, "texts_per_second", report->texts_per_second);
  for (int i = 0; i < COSMOS_MAX_MEASURES; i++)
    if (is_part (report, i))
      log_number (self->lines, report->kind->measures[i], report->measures[i]);
  for (int i = 0; report->evaluation && i < report->evaluation->n; i++)
    log_number (self->lines, report->evaluation->items[i].name, report->evaluation->items[i].value);
  if (report->start)
    fprintf (self->lines, ",\"taken\":%" PRId64 ",\"asked\":%" PRId64, report->start->n_taken, report->start->n_asked);
  if (report->evaluation && report->evaluation->n_samples)
    log_samples (self->lines, report->evaluation);
  fputs ("}\n", self->lines);
  fflush (self->lines);
}

/* A picture that cannot be drawn is no reason to stop. */
static void draw_curves (const CliTrainingLog *self, const CosmosTrainingReport *report)
{
  CosmosError err;
  if (report->evaluation && !cli_training_curves_draw (self->folder, &err))
    cli_say ("%s", err.message);
}

void cli_training_log_take (const CosmosTrainingReport *report, void *log)
{
  CliTrainingLog *self = log;
  cli_progress_clear ();
  log_line (self, report);
  write_samples (self, report);
  draw_curves (self, report);
  if (!self->is_quiet && report->start)
    report_start (report);
  else if (!self->is_quiet)
    report_line (self, report);
}

/* ---- the files ---- */

static FILE *open_file (const char *folder, const char *name, CosmosError *err)
{
  char *path;
  if (asprintf (&path, "%s/%s", folder, name) < 0) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
    return NULL;
  }
  FILE *file = fopen (path, "ae");
  if (!file)
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be written: %s", path, strerror (errno));
  free (path);
  return file;
}

/* What a training that was killed while it wrote a checkpoint left behind (output.c). */
static void remove_leftovers (const char *folder)
{
  DIR *files = opendir (folder);
  for (struct dirent *file; files && (file = readdir (files));)
    if (strncmp (file->d_name, ".cosmos-", 8) == 0 && strlen (file->d_name) == 8 + 16)
      unlinkat (dirfd (files), file->d_name, 0);
  if (files)
    closedir (files);
}

/* One training a folder: the log is locked while it is open. */
static bool take_folder (CliTrainingLog *self, const char *folder, CosmosError *err)
{
  if (flock (fileno (self->lines), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: another training is at work in it; give each a folder of its own",
                             folder);
  remove_leftovers (folder);
  return true;
}

CliTrainingLog *cli_training_log_open (const char *folder, bool is_quiet, CosmosError *err)
{
  CliTrainingLog *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
    return NULL;
  }
  self->is_quiet = is_quiet;
  self->folder = strdup (folder);
  self->lines = self->folder ? open_file (folder, "log.jsonl", err) : NULL;
  if (!self->folder)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  self->samples = self->lines && take_folder (self, folder, err) ? open_file (folder, "samples.txt", err) : NULL;
  if (self->samples)
    return self;
  cli_training_log_close (self);
  return NULL;
}

void cli_training_log_close (CliTrainingLog *self)
{
  if (!self)
    return;
  if (self->lines)
    fclose (self->lines);
  if (self->samples)
    fclose (self->samples);
  free (self->folder);
  free (self);
}
