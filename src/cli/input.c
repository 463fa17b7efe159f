#include "cli/input.h"

#include "cli/progress.h"
#include "core/text/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yyjson.h>

static bool no_memory (const char *name, CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", name);
}

static bool read_all (int fd, const char *name, CosmosTextBuffer *buffer, CosmosError *err)
{
  char piece[1 << 16];
  for (;;) {
    ssize_t n = read (fd, piece, sizeof piece);
    if (cli_progress_is_cancelled ())
      return cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", name, strerror (errno));
    if (n == 0)
      return !buffer->failed || no_memory (name, err);
    cosmos_text_buffer_append (buffer, piece, (size_t) n);
    if (buffer->length > COSMOS_TEXT_MAX_SIZE)
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: has more than %d bytes: cut it", name, COSMOS_TEXT_MAX_SIZE);
  }
}

static const char *name_of (const char *path)
{
  return strcmp (path, "-") == 0 ? "standard input" : path;
}

char *cli_read_file (const char *path, size_t *size, CosmosError *err)
{
  bool standard = strcmp (path, "-") == 0;
  cli_progress_get (); /* Ctrl-C ends reading */
  int fd = standard ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", path, strerror (errno));
    return NULL;
  }
  CosmosTextBuffer buffer = {0};
  bool ok = read_all (fd, name_of (path), &buffer, err);
  if (!standard)
    close (fd);
  size_t length = buffer.length;
  char *text = cosmos_text_buffer_finish (&buffer);
  if (!text && ok)
    ok = no_memory (name_of (path), err);
  if (!ok) {
    free (text);
    return NULL;
  }
  if (size)
    *size = length;
  return text;
}

static bool is_blank (const char *text, size_t size)
{
  return strspn (text, " \t\r\n\v\f") >= size;
}

static bool check (const char *name, const char *text, size_t size, CosmosError *err)
{
  if (!cosmos_text_check (text, size, err))
    return cosmos_error_prefix (err, "%s", name);
  if (is_blank (text, size))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: is empty; a text is needed", name);
  return true;
}

char *cli_input_source (const CliArguments *arguments, int index, CosmosError *err)
{
  const char *word = index < arguments->n_words ? arguments->words[index] : NULL;
  const char *path = word && strcmp (word, "-") == 0 ? "-" : arguments->file, *name = "The text";
  char *text;
  size_t size;
  *err = (CosmosError) {0};
  if (word && arguments->file) {
    cosmos_error_set (err, COSMOS_STATUS_RANGE, "The text was given twice, as an argument and by --file");
    return NULL;
  }
  if (!word && !path)
    return NULL;
  if (path) {
    name = name_of (path);
    text = cli_read_file (path, &size, err);
  } else {
    text = strdup (word);
    size = strlen (word);
    if (!text)
      no_memory (name, err);
  }
  if (text && !check (name, text, size, err)) {
    free (text);
    text = NULL;
  }
  return text;
}

/* ---- many ---- */

static bool add_text (CliTexts *texts, const char *text, size_t size)
{
  if ((texts->n & (texts->n - 1)) == 0) { /* doubles at powers of two */
    char **grown = realloc (texts->items, (texts->n ? 2 * texts->n : 1) * sizeof *grown);
    if (!grown)
      return false;
    texts->items = grown;
  }
  char *copy = malloc (size + 1);
  if (!copy)
    return false;
  memcpy (copy, text, size);
  copy[size] = 0;
  texts->items[texts->n++] = copy;
  return true;
}

/* The text of a line of JSON. */
static bool add_json (CliTexts *texts, const char *name, size_t number, char *line, size_t size, CosmosError *err)
{
  yyjson_doc *doc = yyjson_read (line, size, 0);
  yyjson_val *root = yyjson_doc_get_root (doc), *text = yyjson_obj_get (root, "text");
  if (!text)
    text = yyjson_obj_get (root, "target");
  bool ok = true;
  if (!doc)
    ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu is not JSON", name, number);
  else if (!yyjson_is_str (text))
    ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu has no string \"text\" or \"target\"", name, number);
  else if (strlen (yyjson_get_str (text)) != yyjson_get_len (text))
    ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu is no text: it has a byte 0", name, number);
  else if (!is_blank (yyjson_get_str (text), yyjson_get_len (text)))
    ok = add_text (texts, yyjson_get_str (text), yyjson_get_len (text)) || no_memory (name, err);
  yyjson_doc_free (doc);
  return ok;
}

static bool split_lines (CliTexts *texts, const char *name, char *text, size_t size, size_t limit, CosmosError *err)
{
  bool json = text[strspn (text, " \t\r\n")] == '{';
  size_t number = 1;
  for (size_t at = 0; at < size && texts->n < limit; number++) {
    char *line = text + at, *end = memchr (line, '\n', size - at);
    size_t length = end ? (size_t) (end - line) : size - at;
    at += length + 1;
    if (is_blank (line, length))
      continue;
    if (length && line[length - 1] == '\r')
      length--;
    if (json && !add_json (texts, name, number, line, length, err))
      return false;
    if (!json && !add_text (texts, line, length))
      return no_memory (name, err);
  }
  return true;
}

static bool read_texts (const char *path, size_t limit, CliTexts *texts, CosmosError *err)
{
  size_t size;
  char *text = cli_read_file (path, &size, err);
  if (!text)
    return false;
  bool ok = check (name_of (path), text, size, err) && split_lines (texts, name_of (path), text, size, limit, err);
  if (ok && texts->n == 0)
    ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: has no text", name_of (path));
  free (text);
  return ok;
}

bool cli_input_texts (const CliArguments *arguments, CliTexts *texts, CosmosError *err)
{
  size_t limit = arguments->limit ? (size_t) arguments->limit : SIZE_MAX;
  bool ok = true;
  *texts = (CliTexts) {0};
  bool standard = arguments->n_words == 1 && strcmp (arguments->words[0], "-") == 0;
  if (arguments->file && arguments->n_words)
    ok = cosmos_error_set (err, COSMOS_STATUS_RANGE, "Texts were given twice, as arguments and by --file");
  else if (arguments->file || standard)
    ok = read_texts (standard ? "-" : arguments->file, limit, texts, err);
  else if (arguments->n_words == 0)
    ok = cosmos_error_set (err, COSMOS_STATUS_RANGE,
                           "No text was given: write it in quotes, or name a file with --file (-: standard input)");
  for (int i = 0; ok && !standard && i < arguments->n_words && texts->n < limit; i++) {
    size_t size = strlen (arguments->words[i]);
    ok = check ("The text", arguments->words[i], size, err)
         && (add_text (texts, arguments->words[i], size) || no_memory ("The text", err));
  }
  if (!ok)
    cli_texts_clear (texts);
  return ok;
}

void cli_texts_clear (CliTexts *self)
{
  for (size_t i = 0; i < self->n; i++)
    free (self->items[i]);
  free (self->items);
  *self = (CliTexts) {0};
}
