/* Runs the command of this build on tiny models. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct {
  int code; /* exit status */
  char *out, *err;
} Result;

/* A models folder with story-first.gguf and story-baseline.gguf, made by the command itself, for all tests of the program; removed by
 * finish. */
void command_start (void);
void command_finish (void);
const char *command_get_folder (void);
/* A path in that folder; g_free() it. */
char *command_path (const char *name);

/* input: for standard input, NULL: none; words end with NULL. */
Result command_run (const char *input, ...) G_GNUC_NULL_TERMINATED;
/* The same with bytes that may have a 0 inside, and words as a list. */
Result command_run_words (GBytes *input, const char *const *words);
void result_clear (Result *self);

/* Runs it, asserts the exit status and that something was said in words where it is not 0 -> stdout; g_free() it. */
char *command_out (int code, ...) G_GNUC_NULL_TERMINATED;
/* Asserts that it fails with this status, writes nothing to stdout, and says `words` on stderr. */
void command_fails (int code, const char *words, ...) G_GNUC_NULL_TERMINATED;
/* Asserts success and that every line of stdout is a JSON object of this verb -> the last one; json_object_unref() it. */
JsonObject *command_json (const char *verb, ...) G_GNUC_NULL_TERMINATED;
