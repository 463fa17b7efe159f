#include "cli/training-record.h"

#include "cli/say.h"
#include "store/cpg-session-log-shelf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

struct CliTrainingRecord {
  CpgSessionLog *log;
  const CliArguments *arguments;
  const CosmosRecipe *recipe;
  CpgLogTraining *training; /* of the stage; NULL between stages */
  double loss;              /* as it was told last, before what was measured there */
  bool failed;              /* which is told once */
};

static void on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  CliTrainingRecord *self = data;
  g_autoptr (GError) error = NULL;
  if (cpg_session_log_write_finish (CPG_SESSION_LOG (source), result, &error) || self->failed)
    return;
  self->failed = true;
  cli_say ("The session log does not keep this training: %s", error->message);
}

CliTrainingRecord *cli_training_record_open (const CliArguments *arguments, const CosmosRecipe *recipe)
{
  g_autofree char *standard = cpg_session_log_get_default_path ();
  const char *path = arguments->log ? arguments->log : standard;
  if (arguments->no_log || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  CliTrainingRecord *self = g_new0 (CliTrainingRecord, 1);
  self->arguments = arguments;
  self->recipe = recipe;
  self->log = cpg_session_log_new (path);
  return self;
}

static void write_record (CliTrainingRecord *self)
{
  cpg_session_log_write_training_async (self->log, self->training, NULL, on_written, self);
  while (g_main_context_iteration (NULL, FALSE)) /* answers of before */
    ;
}

/* The recipe's file, and what of it says how much is trained. */
static char *describe_recipe (const CliTrainingRecord *self)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc);
  yyjson_mut_doc_set_root (doc, root);
  yyjson_mut_obj_add_str (doc, root, "file", self->arguments->words[0]);
  yyjson_mut_obj_add_str (doc, root, "data", self->arguments->data);
  yyjson_mut_obj_add_uint (doc, root, "seed", self->recipe->seed);
  char *text = yyjson_mut_write (doc, YYJSON_WRITE_ALLOW_INVALID_UNICODE, NULL),
       *copy = g_utf8_make_valid (text ? text : "{}", -1);
  free (text);
  yyjson_mut_doc_free (doc);
  return copy;
}

void cli_training_record_begin (CliTrainingRecord *self, const CosmosStageKind *kind)
{
  if (!self)
    return;
  self->training = cpg_log_training_new ();
  self->loss = NAN;
  self->training->name = g_strdup (self->recipe->name);
  self->training->stage = g_strdup (kind->name);
  self->training->recipe = describe_recipe (self);
  self->training->output = g_strdup_printf ("%s/%s.gguf", self->arguments->out, kind->name);
  write_record (self);
}

static void add (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *name, double value)
{
  if (isfinite (value))
    yyjson_mut_obj_add_real (doc, object, name, value);
}

void cli_training_record_report (CliTrainingRecord *self, const CosmosTrainingReport *report)
{
  if (!self || !self->training)
    return;
  self->training->seconds = report->seconds;
  if (isfinite (report->loss))
    self->loss = report->loss;
  if (!report->evaluation)
    return;
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc);
  yyjson_mut_doc_set_root (doc, root);
  add (doc, root, "loss", self->loss);
  add (doc, root, "rate", report->rate);
  for (int i = 0; i < report->evaluation->n; i++)
    add (doc, root, report->evaluation->items[i].name, report->evaluation->items[i].value);
  char *text = yyjson_mut_write (doc, 0, NULL);
  cpg_session_log_add_training_point_async (self->log, self->training->id, report->step, text ? text : "{}", NULL, on_written,
                                            self);
  write_record (self);
  free (text);
  yyjson_mut_doc_free (doc);
}

void cli_training_record_end (CliTrainingRecord *self, bool done, const char *error)
{
  if (!self || !self->training)
    return;
  self->training->state = *error ? CPG_LOG_FAILED : done ? CPG_LOG_DONE : CPG_LOG_CANCELLED;
  g_set_str (&self->training->error, error);
  write_record (self);
  g_clear_pointer (&self->training, cpg_log_training_free);
}

void cli_training_record_close (CliTrainingRecord *self)
{
  if (!self)
    return;
  cpg_session_log_close (self->log);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->log);
  g_free (self);
}
