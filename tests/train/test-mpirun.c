/* One training by two processes: what `mpirun cosmos train` does. */
#include "fixture.h"

#include "core/file/gguf.h"

#include <gio/gio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

#define STAGE "batch = 128\nmicro-batch = 64\nwarm-up = 0\nfinal-rate = 1\n"

/* Learns at one rate, so that it may be stopped by a recipe of fewer steps. */
static const char recipe_text[]
    = "[model]\nname = small\ntokens = 16\nlatents = 4\nlatent-width = 8\nsource-tokens = 16\n"
      "[tokenizer]\nsize = 300\n"
      "[encoder]\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\npositions = 16\nsteps = %d\n" STAGE
      "[autoencoder]\nlayers = 1\nhead = 16\nffn = 64\nsteps = %d\nrate = 0.003\n" STAGE
      "[denoiser]\nlayers = 2\nwidth = 32\nhead = 16\nffn = 64\nsource-layers = -1\nsteps = %d\naverage = 0.9\nrate = 0.003\n" STAGE
      "[baseline]\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\nsteps = %d\n" STAGE
      "[task story]\ntrain = story.jsonl\nvalid = story.jsonl\ntarget = text\n";

static const char *const stages[] = {"encoder", "autoencoder", "denoiser", "baseline"};

static void write_texts (Fixture *self, const char *name, int n)
{
  static const char *const who[] = {"Sally", "Tom", "Anna"}, *const what[] = {"dog", "ball", "cat", "hat", "boat"};
  g_autoptr (GString) lines = g_string_new (NULL);
  for (int i = 0; i < n; i++)
    g_string_append_printf (lines, "{\"text\": \"%s saw a %s. %s was %s.\"}\n", who[i % 3], what[i % 5], i % 2 ? "It" : "She",
                            i % 7 ? "glad" : "sad");
  fixture_write (self, name, lines->str);
}

static void write_recipe (Fixture *self, const char *name, int encoder_steps, int steps)
{
  g_autofree char *text = g_strdup_printf (recipe_text, encoder_steps, steps, steps, steps);
  fixture_write (self, name, text);
}

static void set_up (Fixture *self, gconstpointer unused)
{
  fixture_set_up (self, NULL);
  write_texts (self, "story.jsonl", 100);
  write_texts (self, "less/story.jsonl", 50);
  write_recipe (self, "whole.ini", 20, 20);
  write_recipe (self, "half.ini", 10, 10);
  write_recipe (self, "long.ini", 1, 1000000);
}

/* Starts it in the fixture's folder: `train` is what follows "cosmos train", may name $OMPI_COMM_WORLD_RANK, and leaves its process number in
 * pid.RANK. ranks 0: without mpirun. */
static GSubprocess *start (Fixture *self, int ranks, const char *train)
{
  GError *error = NULL;
  g_autofree char *script = g_strdup_printf ("echo $$ > pid.$OMPI_COMM_WORLD_RANK; exec \"$COSMOS\" train %s "
                                             "--compute openblas --threads 1",
                                             train),
                  *count = g_strdup_printf ("%d", ranks);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                                        | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  GSubprocess *process = ranks ? g_subprocess_launcher_spawn (launcher, &error, g_getenv ("MPIRUN"), "-n", count, "sh", "-c",
                                                              script, NULL)
                               : g_subprocess_launcher_spawn (launcher, &error, "sh", "-c", script, NULL);
  g_assert_no_error (error);
  return process;
}

/* -> what was said; g_free () it. */
static char *finish (GSubprocess *process, int *code)
{
  char *said = NULL;
  GError *error = NULL;
  g_subprocess_communicate_utf8 (process, NULL, NULL, &said, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  *code = g_subprocess_get_exit_status (process);
  g_object_unref (process);
  g_test_message ("%s", said);
  return said;
}

static void train (Fixture *self, int ranks, const char *words)
{
  int code;
  g_free (finish (start (self, ranks, words), &code));
  g_assert_cmpint (code, ==, 0);
}

static CosmosGguf *open_checkpoint (const Fixture *self, const char *folder, const char *stage)
{
  CosmosError err;
  g_autofree char *name = g_strconcat (stage, ".gguf", NULL), *path = g_build_filename (self->folder, folder, name, NULL);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  assert_ok (file, &err);
  return file;
}

/* The mean over a stage's steps, of six digits, from the log. */
static double get_loss (const Fixture *self, const char *folder, const char *stage)
{
  g_autofree char *path = g_build_filename (self->folder, folder, "log.jsonl", NULL), *log = NULL,
                  *begin = g_strdup_printf ("{\"stage\":\"%s\",\"step\":20,", stage);
  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  const char *line = strstr (log, begin), *loss = line ? strstr (line, "\"loss\":") : NULL;
  g_assert_nonnull (loss);
  return g_ascii_strtod (loss + strlen ("\"loss\":"), NULL);
}

static bool skips (void)
{
  bool skips = !*g_getenv ("MPIRUN");
  if (skips)
    g_test_skip ("There is no mpirun, or cosmos was built without MPI");
  return skips;
}

/* Two processes with half a batch each find what one finds: sums have another order, and nothing else. */
static void test_same (Fixture *self, gconstpointer unused)
{
  if (skips ())
    return;
  train (self, 0, "whole.ini --data . --out one");
  train (self, 2, "whole.ini --data . --out two");
  for (size_t i = 0; i < G_N_ELEMENTS (stages); i++) {
    double one = get_loss (self, "one", stages[i]), two = get_loss (self, "two", stages[i]);
    g_test_message ("%s: loss %g alone, %g by two", stages[i], one, two);
    g_assert_cmpfloat (one, >, .1);
    g_assert_cmpfloat (fabs (one - two), <=, 1e-5 * one);
  }
}

/* Twenty steps at once or ten and ten: the same bytes. */
static void test_resume (Fixture *self, gconstpointer unused)
{
  if (skips ())
    return;
  train (self, 2, "whole.ini --data . --out whole --stage encoder");
  train (self, 2, "half.ini --data . --out halves --stage encoder");
  train (self, 2, "whole.ini --data . --out halves --stage encoder --resume");
  CosmosGguf *whole = open_checkpoint (self, "whole", "encoder"), *halves = open_checkpoint (self, "halves", "encoder");
  g_assert_cmpuint (cosmos_gguf_get_n_tensors (whole), >, 10);
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (whole); i++) {
    const CosmosTensorInfo *a = cosmos_gguf_get_tensor (whole, i), *b = cosmos_gguf_find_tensor (halves, a->name);
    g_assert_nonnull (b);
    g_assert_cmpmem (a->data, a->size, b->data, b->size);
  }
  cosmos_gguf_free (whole);
  cosmos_gguf_free (halves);
}

static void wait_for (const Fixture *self, const char *name)
{
  g_autofree char *path = fixture_path (self, name);
  for (int i = 0; !g_file_test (path, G_FILE_TEST_EXISTS); i++) {
    g_assert_cmpint (i, <, 1200);
    g_usleep (50000);
  }
}

/* A signal to one of them stops both, with a checkpoint. */
static void test_signal (Fixture *self, gconstpointer unused)
{
  int code;
  int64_t step;
  CosmosError err;
  g_autofree char *text = NULL, *path = fixture_path (self, "pid.1");
  if (skips ())
    return;
  GSubprocess *process = start (self, 2, "long.ini --data . --out out");
  wait_for (self, "out/encoder.gguf"); /* the next stage has no end */
  g_usleep (500000);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (kill ((pid_t) atoi (text), SIGINT), ==, 0);
  g_autofree char *said = finish (process, &code);
  g_assert_cmpint (code, !=, 0);
  g_assert_nonnull (strstr (said, "not done yet; go on with --resume"));
  CosmosGguf *file = open_checkpoint (self, "out", "autoencoder");
  assert_ok (cosmos_gguf_get_integer (file, "train.step", 0, 999999, &step, &err), &err);
  cosmos_gguf_free (file);
}

/* One that cannot go on ends both, and says why. */
static void test_fault (Fixture *self, gconstpointer unused)
{
  int code;
  if (skips ())
    return;
  g_autofree char *texts = finish (
      start (self, 2, "whole.ini --data $([ $OMPI_COMM_WORLD_RANK = 1 ] && echo less || echo .) --out out"), &code);
  g_assert_cmpint (code, !=, 0);
  g_assert_nonnull (strstr (texts, "Process 1 begins at step 0 with 50 texts, process 0 at step 0 with 100"));
  g_autofree char *data = finish (
      start (self, 2, "whole.ini --data $([ $OMPI_COMM_WORLD_RANK = 1 ] && echo none || echo .) --out out"), &code);
  g_assert_cmpint (code, !=, 0);
  g_assert_nonnull (strstr (data, "cosmos: "));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/mpirun/same", Fixture, NULL, set_up, test_same, fixture_tear_down);
  g_test_add ("/mpirun/resume", Fixture, NULL, set_up, test_resume, fixture_tear_down);
  g_test_add ("/mpirun/signal", Fixture, NULL, set_up, test_signal, fixture_tear_down);
  g_test_add ("/mpirun/fault", Fixture, NULL, set_up, test_fault, fixture_tear_down);
  return g_test_run ();
}
