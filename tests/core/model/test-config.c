#include "golden.h"

#include <glib/gstdio.h>

static char *folder;

static char *path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static CosmosConfig golden_config (const char *name)
{
  CosmosError err = {0};
  CosmosConfig config = {0};
  g_autofree char *path = g_strdup_printf ("%s/networks/%s.json", g_getenv ("GOLDEN"), name);
  assert_ok (cosmos_config_read_json (&config, path, &err), &err);
  return config;
}

/* Saves what `change` leaves of a config in a GGUF and reads it. */
static bool reread (const CosmosConfig *config, void (*change) (CosmosGgufWriter *writer), CosmosConfig *found, CosmosError *err)
{
  g_autofree char *path = path_of ("config.gguf");
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_config_write (config, writer);
  if (change)
    change (writer);
  CosmosError problem = {0};
  assert_ok (cosmos_gguf_writer_save (writer, path, &problem), &problem);
  cosmos_gguf_writer_free (writer);
  CosmosGguf *file = cosmos_gguf_open (path, &problem);
  assert_ok (file != NULL, &problem);
  bool ok = cosmos_config_read (found, file, err);
  cosmos_gguf_free (file);
  return ok;
}

static void assert_equal (const CosmosConfig *a, const CosmosConfig *b)
{
  g_assert_cmpint (a->vocabulary, ==, b->vocabulary);
  g_assert_cmpint (a->tokens, ==, b->tokens);
  g_assert_cmpint (a->latents, ==, b->latents);
  g_assert_cmpint (a->latent_width, ==, b->latent_width);
  g_assert_cmpint (a->source_tokens, ==, b->source_tokens);
  g_assert_cmpint (a->encoder.ffn, ==, b->encoder.ffn);
  g_assert_cmpfloat (a->encoder.norm_eps, ==, b->encoder.norm_eps);
  g_assert_cmpmem (&a->compressor, sizeof a->compressor, &b->compressor, sizeof b->compressor);
  g_assert_cmpmem (&a->decompressor, sizeof a->decompressor, &b->decompressor, sizeof b->decompressor);
  g_assert_true (a->folded == b->folded);
  g_assert_cmpint (a->denoiser.layers, ==, b->denoiser.layers);
  g_assert_cmpint (a->denoiser.tasks, ==, b->denoiser.tasks);
  g_assert_cmpint (a->denoiser.source_layers, ==, b->denoiser.source_layers);
  g_assert_cmpint (a->denoiser.source_positions, ==, b->denoiser.source_positions);
  g_assert_true (a->denoiser.source_input == b->denoiser.source_input);
  g_assert_true (a->denoiser.cross_norm == b->denoiser.cross_norm);
  g_assert_true (a->denoiser.positions == b->denoiser.positions);
  g_assert_true (a->denoiser.source_latents == b->denoiser.source_latents);
  g_assert_cmpfloat (a->denoiser.rope_theta, ==, b->denoiser.rope_theta);
  g_assert_cmpfloat (a->schedule_d, ==, b->schedule_d);
  g_assert_cmpfloat (a->t_start, ==, b->t_start);
  g_assert_cmpfloat (a->t_end, ==, b->t_end);
  g_assert_cmpfloat (a->noise_scale, ==, b->noise_scale);
  g_assert_cmpfloat (a->guidance, ==, b->guidance);
  g_assert_cmpint (a->n_tasks, ==, b->n_tasks);
  for (int i = 0; i < a->n_tasks; i++)
    g_assert_cmpstr (a->tasks[i], ==, b->tasks[i]);
}

/* What is written is read, to the last digit of .999 and .05. */
static void test_round_trip (void)
{
  CosmosError err = {0};
  CosmosConfig configs[] = {golden_config ("folded"), golden_config ("unfolded"), cosmos_config_paper (16),
                            cosmos_config_paper (128)},
               found;
  for (size_t i = 0; i < G_N_ELEMENTS (configs); i++) {
    assert_ok (reread (&configs[i], NULL, &found, &err), &err);
    assert_equal (&found, &configs[i]);
  }
}

static void test_paper (void)
{
  CosmosError err = {0};
  CosmosConfig config = cosmos_config_paper (16);
  assert_ok (cosmos_config_check (&config, "paper", &err), &err);
  g_assert_cmpfloat (config.schedule_d, ==, 5);
  g_assert_cmpfloat (cosmos_config_paper (64).schedule_d, ==, 7);
  g_assert_cmpint (config.denoiser.source_layers, ==, -1);
  g_assert_cmpint (cosmos_config_find_task (&config, "story"), ==, 0);
  g_assert_cmpint (cosmos_config_find_task (&config, "detox"), ==, -1);
}

static void set_version_2 (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "cosmos.version", 2);
}

static void set_llama (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "general.architecture", "llama");
}

static void set_huge_width (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_u32 (writer, "cosmos.denoiser.width", 4000000000u);
}

static void set_text_d (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "cosmos.schedule.d", "two");
}

static void set_negative_d (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_f32 (writer, "cosmos.schedule.d", -2);
}

static void set_nan_start (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_f32 (writer, "cosmos.schedule.t_start", NAN);
}

static void set_17_tasks (CosmosGgufWriter *writer)
{
  CosmosGgufString names[17];
  for (int i = 0; i < 17; i++)
    names[i] = (CosmosGgufString) {&"abcdefghijklmnopq"[i], 1};
  cosmos_gguf_writer_set_strings (writer, "cosmos.tasks", names, 17);
}

static void set_long_task (CosmosGgufWriter *writer)
{
  CosmosGgufString name = {"a task whose name has more than 31 bytes", 40};
  cosmos_gguf_writer_set_strings (writer, "cosmos.tasks", &name, 1);
}

static void set_no_tasks (CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_strings (writer, "cosmos.tasks", NULL, 0);
}

/* Each is refused with its own sentence, and the config stays as it was. */
static void test_bad_files (void)
{
  static const struct {
    void (*change) (CosmosGgufWriter *writer);
    CosmosStatus code;
    const char *words;
  } cases[] = {
    {set_version_2, COSMOS_STATUS_UNSUPPORTED, "newer version"},
    {set_llama, COSMOS_STATUS_UNSUPPORTED, "is \"llama\", not \"cosmos\""},
    {set_huge_width, 0, "cosmos.denoiser.width"},
    {set_text_d, 0, "cosmos.schedule.d"},
    {set_negative_d, COSMOS_STATUS_RANGE, "schedule.d is -2"},
    {set_nan_start, 0, "cosmos.schedule.t_start"},
    {set_17_tasks, COSMOS_STATUS_RANGE, "names 17 tasks"},
    {set_long_task, COSMOS_STATUS_RANGE, "at most 31 bytes"},
    {set_no_tasks, COSMOS_STATUS_RANGE, "0 tasks"},
  };
  CosmosConfig config = golden_config ("folded"), found;
  config.denoiser.tasks = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    memset (&found, 0x55, sizeof found);
    CosmosConfig before = found;
    g_assert_false (reread (&config, cases[i].change, &found, &err));
    g_test_message ("%s", err.message);
    g_assert_nonnull (strstr (err.message, "config.gguf"));
    g_assert_nonnull (strstr (err.message, cases[i].words));
    if (cases[i].code)
      g_assert_cmpint (err.code, ==, cases[i].code);
    g_assert_cmpmem (&found, sizeof found, &before, sizeof before);
  }
}

/* Sizes that do not fit each other. */
static void test_bad_sizes (void)
{
  CosmosConfig good = golden_config ("folded"), unfolded = golden_config ("unfolded");
#define REFUSED(start, words, ...)                            \
  do {                                                        \
    CosmosError err = {0};                                    \
    CosmosConfig c = start;                                   \
    __VA_ARGS__;                                              \
    g_assert_false (cosmos_config_check (&c, "file", &err));  \
    g_assert_true (g_str_has_prefix (err.message, "file: ")); \
    g_assert_nonnull (strstr (err.message, words));           \
  } while (0)
  REFUSED (good, "compressor.width 32 is no whole number of heads of 24", c.compressor.head = 24);
  REFUSED (good, "decompressor.width", c.decompressor.head = 5);
  REFUSED (good, "denoiser.head is 3", c.denoiser.head = 3);
  REFUSED (good, "encoder.heads 3", c.encoder.heads = 3);
  REFUSED (good, "denoiser.layers is 3", c.denoiser.layers = 3);
  REFUSED (good, "must be encoder.width 64", c.encoder.width = 64);
  REFUSED (unfolded, "latent_width is 16", c.latent_width = 16);
  REFUSED (good, "encoder.positions 12", c.encoder.positions = 12);
  REFUSED (good, "denoiser.source_positions 3", c.denoiser.source_positions = 3);
  REFUSED (good, "denoiser.source_latents needs a source", c.denoiser.source_layers = -1, c.denoiser.source_latents = true);
  REFUSED (good, "schedule.t_start", c.t_start = 0.05);
  REFUSED (good, "denoiser.tasks is 2", c.denoiser.tasks = 2);
  REFUSED (good, "twice", strcpy (c.tasks[1], "story"));
  REFUSED (good, "empty name", c.tasks[2][0] = 0);
  REFUSED (good, "encoder.ffn is 0", c.encoder.ffn = 0);
  REFUSED (good, "denoiser.source_layers is -2", c.denoiser.source_layers = -2);
#undef REFUSED
}

static bool read_text (const char *text, CosmosConfig *config, CosmosError *err)
{
  g_autofree char *path = path_of ("config.json");
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return cosmos_config_read_json (config, path, err);
}

#define NESTED_START                                                                                                      \
  "{\"format\": 1, \"tasks\": [\"story\"], \"vocabulary\": 8192, \"tokens\": 64, \"latents\": 16, \"latent_width\": 64, " \
  "\"encoder\": {\"kind\": \"bert\", \"layers\": 4, \"width\": 256, \"heads\": 4, \"ffn\": 1024, \"positions\": 128}, "   \
  "\"compressor\": {\"layers\": 4, \"width\": 256, \"ffn\": 1024}, \"decompressor\": {\"layers\": 4, \"width\": 256, \"ffn\": 1024}, "
#define NESTED NESTED_START "\"denoiser\": {\"layers\": 8, \"width\": 256, \"ffn\": 1024}, \"schedule\": {\"d\": 2.0}}"

/* A file of few words: what it does not say is what networks without it have. */
static void test_json_defaults (void)
{
  CosmosError err = {0};
  CosmosConfig c;
  assert_ok (read_text (NESTED, &c, &err), &err);
  g_assert_cmpint (c.compressor.head, ==, 64);
  g_assert_true (c.folded);
  g_assert_cmpint (c.denoiser.tasks, ==, 0);
  g_assert_cmpint (c.denoiser.source_layers, ==, -1);
  g_assert_false (c.denoiser.source_input);
  g_assert_cmpint (c.source_tokens, ==, 128);
  g_assert_cmpfloat (c.denoiser.max_period, ==, 10);
  g_assert_cmpfloat (c.t_start, ==, 0.999);
  g_assert_cmpfloat (c.encoder.norm_eps, ==, 1e-5f);
}

/* The flat file of the GPU trainer. */
static void test_json_flat (void)
{
  CosmosError err = {0};
  CosmosConfig c;
  assert_ok (
      read_text (
          "{\"format\": 2, \"tasks\": [\"story\", \"summary\", \"detox\", \"question\"], \"vocabulary\": 8192, \"tokens\": 80, "
          "\"source_tokens\": 192, \"width\": 384, \"encoder_layers\": 4, \"layers\": 5, \"latents\": 16, \"latent_width\": 128, "
          "\"denoiser_width\": 448, \"denoiser_layers\": 12, \"source_layers\": 2, \"baseline_width\": 448, "
          "\"baseline_layers\": 10, \"d\": 2.5}",
          &c, &err),
      &err);
  g_assert_cmpint (c.encoder.heads, ==, 6);
  g_assert_cmpint (c.encoder.ffn, ==, 1536);
  g_assert_cmpint (c.compressor.layers, ==, 5);
  g_assert_cmpint (c.decompressor.width, ==, 384);
  g_assert_cmpint (c.denoiser.ffn, ==, 1152);
  g_assert_cmpint (c.denoiser.tasks, ==, 4);
  g_assert_cmpint (c.denoiser.source_layers, ==, 2);
  g_assert_true (c.denoiser.source_input && c.denoiser.cross_norm);
  g_assert_cmpint (cosmos_config_find_task (&c, "question"), ==, 3);
  g_assert_cmpfloat (c.schedule_d, ==, 2.5);
}

static void test_bad_json (void)
{
  static const struct {
    const char *text, *words;
  } cases[] = {
    {"", "config.json"},
    {"{\"format\": 1, ", "at byte"},
    {"[1, 2]", "tasks must be a list"},
    {"{\"tasks\": [1]}", "tasks must be a list"},
    {"{\"format\": 3, \"tasks\": [\"story\"]}", "format must be 1 or 2"},
    {"{\"format\": 1, \"tasks\": [\"story\"]}", "vocabulary is missing"},
    {"{\"format\": 2, \"tasks\": [\"story\"]}", "vocabulary must be a number"},
    {NESTED_START "\"denoiser\": {\"layers\": 8.5, \"width\": 256, \"ffn\": 1024}, \"schedule\": {\"d\": 2.0}}",
     "denoiser.layers must be a whole number"},
    {NESTED_START "\"denoiser\": {\"layers\": 8, \"width\": 256, \"ffn\": 1024, \"cross_norm\": 1}, \"schedule\": {\"d\": 2.0}}",
     "denoiser.cross_norm must be true or false"},
    {NESTED_START "\"denoiser\": {\"layers\": 8, \"width\": 1e300, \"ffn\": 1024}, \"schedule\": {\"d\": 2.0}}",
     "denoiser.width is 1e+300"},
    {NESTED_START "\"denoiser\": 5}", "denoiser.layers is missing"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    CosmosConfig config;
    g_assert_false (read_text (cases[i].text, &config, &err));
    g_test_message ("%s", err.message);
    g_assert_nonnull (strstr (err.message, "config.json"));
    g_assert_nonnull (strstr (err.message, cases[i].words));
  }
  CosmosError err = {0};
  CosmosConfig config;
  g_assert_false (cosmos_config_read_json (&config, "/nowhere/config.json", &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cosmos-config-XXXXXX", NULL);
  g_test_add_func ("/model/config/round-trip", test_round_trip);
  g_test_add_func ("/model/config/paper", test_paper);
  g_test_add_func ("/model/config/bad-files", test_bad_files);
  g_test_add_func ("/model/config/bad-sizes", test_bad_sizes);
  g_test_add_func ("/model/config/json-defaults", test_json_defaults);
  g_test_add_func ("/model/config/json-flat", test_json_flat);
  g_test_add_func ("/model/config/bad-json", test_bad_json);
  int result = g_test_run ();
  g_autofree char *gguf = path_of ("config.gguf"), *json = path_of ("config.json");
  g_remove (gguf);
  g_remove (json);
  g_rmdir (folder);
  g_free (folder);
  return result;
}
