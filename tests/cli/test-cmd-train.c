/* cosmos train and export from end to end on networks of a few numbers: killed, stopped, on a full disk, and misunderstood. */
#include "command.h"

#include "core/file/gguf.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char recipe_text[]
    = "[model]\nname = small\ntokens = 12\nlatents = 4\nlatent-width = 8\nsource-tokens = 12\n"
      "[tokenizer]\nsize = 300\n"
      "[encoder]\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\npositions = 12\nsteps = 100\nbatch = 8\nmicro-batch = 4\n"
      "[autoencoder]\nlayers = 1\nhead = 16\nffn = 64\nsteps = 100\nbatch = 8\nmicro-batch = 4\nlatent-noise = 0.5\n"
      "[denoiser]\nlayers = 2\nwidth = 32\nhead = 16\nffn = 64\nsource-layers = 1\npositions = yes\nsource-latents = yes\n"
      "steps = 100\nbatch = 8\nmicro-batch = 4\n"
      "average = 0.9\nsamples = 1\nsample-steps = 2\n"
      "[baseline]\nlayers = 1\nwidth = 32\nheads = 2\nffn = 64\nsteps = 100\nbatch = 8\nmicro-batch = 4\nsamples = 1\n"
      "[task story]\ntrain = story/*.jsonl\nvalid = story/a.jsonl\ntarget = text\nsource = first-sentence\n"
      "source-tokens = 8\nunconditional = 0.5\n"
      "[task detox]\ntrain = detox.jsonl\nvalid = detox.jsonl\nsource-tokens = 8\nsource = source\n";
static const char stories[] = "{\"text\": \"Sally saw a dog. It ran.\"}\n{\"text\": \"Tom went home. He was sad.\"}\n"
                              "{\"text\": \"A cat sat. It slept.\"}\n{\"text\": \"Tom saw Sally. They ran.\"}\n";
static const char detox[] = "{\"source\": \"go away you dog\", \"target\": \"please go\"}\n"
                            "{\"source\": \"this is a sad cat\", \"target\": \"this is sad\"}\n";
static const char *const stages[] = {"encoder", "autoencoder", "denoiser", "baseline"};

static char *recipe, *data;

static void write_file (const char *name, const char *text)
{
  g_autofree char *path = command_path (name), *folder = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *path_in (const char *out, const char *stage, const char *end)
{
  g_autofree char *name = g_strconcat (stage, end, NULL);
  return g_build_filename (out, name, NULL);
}

static GSubprocess *start (GSubprocessLauncher *launcher, const char *out, const char *stage, const char *save_every,
                           const char *value)
{
  GError *error = NULL;
  const char *words[20] = {g_getenv ("COSMOS"), "train",     recipe,     "--data",       data,       "--out", out,
                           "--resume",          "--compute", "openblas", "--save-every", save_every, "--set", value};
  if (stage) {
    words[14] = "--stage";
    words[15] = stage;
  }
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, words, &error);
  g_assert_no_error (error);
  return process;
}

static GSubprocessLauncher *new_launcher (void)
{
  return g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
}

static void train (const char *out, const char *stage)
{
  g_autofree char *text = command_out (0, "train", recipe, "--data", data, "--out", out, "--resume", "--compute", "openblas",
                                       stage ? "--stage" : NULL, stage, NULL);
  g_assert_nonnull (strstr (text, "done"));
}

/* ---- killed ---- */

static void assert_same (const char *a, const char *b, const char *stage)
{
  CosmosError err;
  g_autofree char *path_a = path_in (a, stage, ".gguf"), *path_b = path_in (b, stage, ".gguf");
  CosmosGguf *file_a = cosmos_gguf_open (path_a, &err), *file_b = cosmos_gguf_open (path_b, &err);
  g_assert_nonnull (file_a);
  g_assert_nonnull (file_b);
  size_t n = cosmos_gguf_get_n_tensors (file_a);
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpuint (n, ==, cosmos_gguf_get_n_tensors (file_b));
  for (size_t i = 0; i < n; i++) {
    const CosmosTensorInfo *x = cosmos_gguf_get_tensor (file_a, i), *y = cosmos_gguf_find_tensor (file_b, x->name);
    g_test_message ("%s", x->name);
    g_assert_nonnull (y);
    g_assert_cmpmem (x->data, x->size, y->data, y->size);
  }
  cosmos_gguf_free (file_a);
  cosmos_gguf_free (file_b);
}

/* Temporary files, and what a denoiser keeps only until it is done. */
static int count_leftovers (const char *out)
{
  GDir *folder = g_dir_open (out, 0, NULL);
  const char *name;
  int n = 0;
  while ((name = g_dir_read_name (folder)))
    n += g_str_has_prefix (name, ".cosmos-") || g_str_has_prefix (name, "latents-");
  g_dir_close (folder);
  return n;
}

/* Killed at any instant, and resumed until it is done: the same bytes as without. */
static void killed (void)
{
  g_autofree char *whole = command_path ("whole"), *often = command_path ("often");
  int n_killed = 0;
  gint64 begin = g_get_monotonic_time ();
  train (whole, NULL);
  int longest = (int) (g_get_monotonic_time () - begin) / 4;
  for (int i = 0; i < 200 && n_killed < 8; i++) {
    g_autoptr (GSubprocessLauncher) launcher = new_launcher ();
    g_autoptr (GSubprocess) process = start (launcher, often, NULL, "0.02s", "model.name=small");
    g_usleep ((gulong) g_test_rand_int_range (longest / 8, longest));
    g_subprocess_send_signal (process, SIGKILL);
    g_subprocess_wait (process, NULL, NULL);
    n_killed += g_subprocess_get_if_signaled (process);
    if (g_subprocess_get_if_exited (process)) {
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
      if (n_killed > 0)
        break; /* done already, on a fast machine */
      g_autofree char *again = g_strdup_printf ("often-%d", i), *before = often;
      g_test_message ("%s was done before the first shot: once more, sooner, in %s", before, again);
      often = command_path (again);
      longest = MAX (longest / 2, 1000);
    }
  }
  g_test_message ("killed %d times", n_killed);
  g_assert_cmpint (n_killed, >, 0);
  train (often, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (stages); i++)
    assert_same (whole, often, stages[i]);
  g_assert_cmpint (count_leftovers (often), ==, 0);
}

/* ---- latents ---- */

/* Goes on for a moment with a denoiser that has far to go. */
static void denoise_for_a_moment (const char *out)
{
  g_autofree char *text = command_out (0, "train", recipe, "--data", data, "--out", out, "--resume", "--compute", "openblas",
                                       "--stage", "denoiser", "--set", "denoiser.steps=1000000", "--for", "1s", NULL);
  g_assert_nonnull (strstr (text, "not done yet"));
}

/* They are made once; a file that is not theirs is made anew. */
static void latents (void)
{
  g_autofree char *out = command_path ("latents"), *path = g_build_filename (out, "latents-story.bin", NULL), *first = NULL,
                  *second = NULL, *third = NULL;
  gsize n, m, k;
  GStatBuf before, after;
  train (out, "encoder");
  train (out, "autoencoder");
  denoise_for_a_moment (out);
  g_assert_true (g_file_get_contents (path, &first, &n, NULL));
  g_assert_cmpuint (n, ==, 4 * 8 + 4 * 4 * 8 * 2); /* its head, and four stories in 4 latents of 8, two bytes a number */
  g_assert_cmpint (g_stat (path, &before), ==, 0);
  denoise_for_a_moment (out);
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_true (before.st_ino == after.st_ino); /* it was taken as it is */

  first[8]++; /* of other weights or texts */
  g_assert_true (g_file_set_contents (path, first, (gssize) n, NULL));
  denoise_for_a_moment (out);
  g_assert_true (g_file_get_contents (path, &second, &m, NULL));
  first[8]--;
  g_assert_cmpmem (first, n, second, m);
  g_assert_true (g_file_set_contents (path, first, 40, NULL)); /* cut off */
  denoise_for_a_moment (out);
  g_assert_true (g_file_get_contents (path, &third, &k, NULL));
  g_assert_cmpmem (first, n, third, k);
}

/* ---- stopped ---- */

static void stopped (void)
{
  g_autofree char *out = command_path ("stopped"), *log = g_build_filename (out, "samples.txt", NULL),
                  *checkpoint = path_in (out, "encoder", ".gguf");
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();
  g_autoptr (GSubprocess) process = start (launcher, out, "encoder", "1h", "encoder.steps=1000000");
  for (int i = 0; i < 1000 && !g_file_test (log, G_FILE_TEST_EXISTS); i++)
    g_usleep (2000);
  /* a second training has no business there */
  command_fails (1, "another training is at work in it", "train", recipe, "--data", data, "--out", out, NULL);
  g_subprocess_send_signal (process, SIGINT);
  g_autofree char *said = NULL;
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, NULL));
  g_test_message ("%s", said);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  train (out, "encoder");
}

/* ---- a full disk ---- */

enum { DISK = 20000 };

static void limit_files (gpointer unused)
{
  const struct rlimit limit = {DISK, DISK};
  (void) unused;
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &limit);
}

static void full_disk (void)
{
  g_autofree char *out = command_path ("full"), *checkpoint = path_in (out, "baseline", ".gguf"), *before = NULL, *after = NULL,
                  *said = NULL;
  gsize n_before, n_after;
  train (out, "baseline");
  g_assert_true (g_file_get_contents (checkpoint, &before, &n_before, NULL));
  g_assert_cmpuint (n_before, >, DISK);
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();
  g_subprocess_launcher_set_child_setup (launcher, limit_files, NULL, NULL);
  g_autoptr (GSubprocess) process = start (launcher, out, "baseline", "1h", "baseline.steps=120");
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, NULL));
  g_test_message ("%s", said);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (said, "baseline.gguf: cannot be written"));
  g_assert_true (g_file_get_contents (checkpoint, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_cmpint (count_leftovers (out), ==, 0);
}

/* ---- where it comes from ---- */

static void assert_key (JsonObject *keys, const char *key, const char *value)
{
  g_test_message ("%s", key);
  g_assert_true (json_object_has_member (keys, key));
  g_assert_cmpstr (json_object_get_string_member (keys, key), ==, value);
}

static void provenance (void)
{
  g_autofree char *out = command_path ("provenance"), *bundle = command_path ("provenance.gguf"),
                  *next = command_path ("next.gguf"), *second = command_path ("second"),
                  *stories_sha = g_compute_checksum_for_string (G_CHECKSUM_SHA256, stories, -1),
                  *recipe_sha = g_compute_checksum_for_string (G_CHECKSUM_SHA256, recipe_text, -1);
  train (out, NULL);
  g_free (command_out (0, "export", recipe, out, "-o", bundle, "--dtype", "F32", NULL));
  /* only the denoiser anew, the rest from the bundle, whose history goes with it */
  g_free (command_out (0, "train", recipe, "--data", data, "--out", second, "--from", bundle, "--stage", "denoiser", NULL));
  g_free (command_out (0, "export", recipe, second, "--from", bundle, "-o", next, "--dtype", "F32", NULL));
  JsonObject *object = command_json ("inspect", "inspect", next, "--json", NULL),
             *keys = json_object_get_object_member (object, "keys"), *recipes = json_object_get_object_member (object, "recipes");
  assert_key (keys, "train.encoder.step", "100");
  assert_key (keys, "train.encoder.data.story/a.jsonl", stories_sha);
  assert_key (keys, "train.denoiser.recipe_sha256", recipe_sha);
  g_assert_true (json_object_has_member (keys, "train.denoiser.data.provenance.gguf"));
  g_assert_false (json_object_has_member (keys, "train.encoder.data.provenance.gguf"));
  g_assert_true (json_object_has_member (keys, "train.autoencoder.measured.story_exact"));
  g_assert_true (json_object_has_member (keys, "train.denoiser.measured.loss_at_t_0.5"));
  g_assert_true (json_object_has_member (keys, "train.denoiser.engine"));
  g_assert_true (json_object_has_member (keys, "train.denoiser.date"));
  g_assert_cmpstr (json_object_get_string_member (recipes, "train.denoiser.recipe"), ==, recipe_text);
  json_object_unref (object);
  g_autofree char *text = command_out (0, "inspect", next, NULL);
  g_assert_nonnull (strstr (text, "\ntraining\n"));
  g_assert_null (strstr (text, ".recipe "));
}

/* ---- an ablation in one line ---- */

static void ablation (void)
{
  g_autofree char *with = command_path ("provenance"), *without = command_path ("without"),
                  *encoder = path_in (with, "encoder", ".gguf"), *file = g_strconcat ("encoder.file=", encoder, NULL),
                  *checkpoint = path_in (without, "autoencoder", ".gguf");
  g_free (command_out (0, "train", recipe, "--data", data, "--out", without, "--stage", "autoencoder", "--set", file, "--set",
                       "autoencoder.dropout=0", NULL));
  JsonObject *object = command_json ("inspect", "inspect", checkpoint, "--json", NULL);
  const char *text = json_object_get_string_member (json_object_get_object_member (object, "recipes"), "train.recipe");
  g_assert_true (g_str_has_prefix (text, recipe_text));
  g_assert_nonnull (strstr (text, "[autoencoder]\ndropout = 0\n"));
  json_object_unref (object);
  command_fails (1, "takes the stage encoder ready from", "train", recipe, "--data", data, "--out", without, "--stage", "encoder",
                 "--set", file, NULL);
}

/* ---- log and samples ---- */

static void log_file (void)
{
  g_autofree char *out = command_path ("provenance"), *path = g_build_filename (out, "log.jsonl", NULL),
                  *samples_path = g_build_filename (out, "samples.txt", NULL), *text = NULL, *samples = NULL;
  int n_samples = 0;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (int i = 0; lines[i]; i++) {
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_test_message ("%s", lines[i]);
    g_assert_true (json_parser_load_from_data (parser, lines[i], -1, NULL));
    JsonObject *line = json_node_get_object (json_parser_get_root (parser));
    if (!json_object_has_member (line, "samples"))
      continue;
    JsonObject *sample = json_array_get_object_element (json_object_get_array_member (line, "samples"), 1);
    g_assert_cmpstr (json_object_get_string_member (sample, "task"), ==, "detox");
    g_assert_true (g_str_has_prefix (json_object_get_string_member (sample, "source"), "go away")); /* cut to 8 tokens */
    n_samples++;
  }
  g_assert_cmpint (n_samples, ==, 2); /* denoiser, baseline */
  g_assert_true (g_file_get_contents (samples_path, &samples, NULL, NULL));
  g_assert_nonnull (strstr (samples, "== denoiser, step 100 of 100 ==\n\nstory of: Sally saw a dog.\nstory: "));
}

static void curves (void)
{
  g_autofree char *out = command_path ("provenance"), *path = g_build_filename (out, "curves.svg", NULL), *svg = NULL;
  static const char *const words[] = {"encoder: loss",        "tokens that come back", "story 0.25", "denoiser: validation loss",
                                      "detox plain + source", "baseline: perplexity"};
  g_assert_true (g_file_get_contents (path, &svg, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    g_test_message ("%s", words[i]);
    g_assert_nonnull (strstr (svg, words[i]));
  }
  g_assert_true (g_str_has_suffix (g_strchomp (svg), "</svg>"));
}

/* ---- misunderstood ---- */

static void refused (void)
{
  g_autofree char *out = command_path ("refused"), *bad = command_path ("bad.ini"), *other = command_path ("other.ini"),
                  *whole = command_path ("whole"), *output = command_path ("refused.gguf");
  write_file ("bad.ini", "[encoder]\nlayer = 3\n");
  command_fails (2, "needs --data DIR and --out DIR", "train", recipe, NULL);
  command_fails (1, "/nowhere.ini: cannot be read", "train", "/nowhere.ini", "--data", data, "--out", out, NULL);
  command_fails (1, "[encoder] layer: is not known here", "train", bad, "--data", data, "--out", out, NULL);
  command_fails (1, "/nowhere/story/*.jsonl: there is no such file. The recipe's patterns are below the folder that --data names",
                 "train", recipe, "--data", "/nowhere", "--out", out, NULL);
  command_fails (1, "/nowhere/out: cannot be made", "train", recipe, "--data", data, "--out", "/nowhere/out", NULL);
  command_fails (1, "The stage encoder must be trained first, or be taken from a bundle (--from)", "train", recipe, "--data",
                 data, "--out", out, "--stage", "denoiser", NULL);
  command_fails (1, "/nowhere.gguf", "train", recipe, "--data", data, "--out", out, "--from", "/nowhere.gguf", NULL);
  command_fails (1, "The stage encoder must be trained first", "export", recipe, out, "-o", output, NULL);
  g_autofree char *changed = g_strconcat (recipe_text, "[encoder]\nffn = 32\n", NULL);
  write_file ("other.ini", changed);
  command_fails (1, "the recipe has changed. Go on with the one it began with, or begin anew without --resume", "train", other,
                 "--data", data, "--out", whole, "--resume", NULL);
  write_file ("bad/story/a.jsonl", "{\"txt\": \"x\"}\n");
  g_autofree char *bad_data = command_path ("bad");
  command_fails (1, "a.jsonl: line 1 has no text \"text\"", "train", recipe, "--data", bad_data, "--out", out, NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  write_file ("recipe.ini", recipe_text);
  write_file ("texts/story/a.jsonl", stories);
  write_file ("texts/detox.jsonl", detox);
  recipe = command_path ("recipe.ini");
  data = command_path ("texts");
  g_test_add_func ("/cmd-train/killed", killed);
  g_test_add_func ("/cmd-train/latents", latents);
  g_test_add_func ("/cmd-train/stopped", stopped);
  g_test_add_func ("/cmd-train/full-disk", full_disk);
  g_test_add_func ("/cmd-train/provenance", provenance);
  g_test_add_func ("/cmd-train/ablation", ablation);
  g_test_add_func ("/cmd-train/log", log_file);
  g_test_add_func ("/cmd-train/curves", curves);
  g_test_add_func ("/cmd-train/refused", refused);
  int result = g_test_run ();
  g_free (recipe);
  g_free (data);
  command_finish ();
  return result;
}
