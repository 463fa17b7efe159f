#include "cli/watch.h"

#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/wrap.h"
#include "core/text/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHANGED = 1, UNSURE = 2, MAX_LINES = 1024, WIDEST = 100, MAX_CELLS = 12 };

struct CliWatch {
  const CosmosTokenizer *tokenizer;
  double pace, last;
  int widths[MAX_LINES]; /* of the lines that stand on the terminal */
  size_t n;
};

CliWatch *cli_watch_new (const CosmosTokenizer *tokenizer, double pace)
{
  CliWatch *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->tokenizer = tokenizer;
  self->pace = pace;
  cli_terminal_hide_cursor ();
  return self;
}

bool cli_token_ends (const CosmosTokenizer *tokenizer, const CosmosDecoding *decoding, size_t *ends)
{
  int n = decoding->n_tokens;
  int32_t *ids = malloc ((size_t) (n + 1) * sizeof *ids);
  if (!ids)
    return false;
  for (int i = 0; i < n; i++)
    ids[i] = decoding->tokens[decoding->first + i].id;
  size_t before = 0, length = strlen (decoding->text);
  for (int i = 0; i < n; i++) {
    /* What the text begins with once these tokens are there; a character or a word that is not complete yet ends earlier. */
    char *text = cosmos_tokenizer_decode (tokenizer, ids, (size_t) i + 1);
    if (!text) {
      free (ids);
      return false;
    }
    size_t same = 0;
    while (text[same] && text[same] == decoding->text[same])
      same++;
    while (same > before && ((unsigned char) decoding->text[same] & 0xc0) == 0x80)
      same--;
    before = ends[i] = i + 1 == n ? length : same > before ? same : before;
    free (text);
  }
  free (ids);
  return true;
}

/* One style a byte of the text; NULL when out of memory. */
static unsigned char *style_text (const CliWatch *self, const CosmosDecoding *decoding, const CosmosDecoding *before)
{
  size_t length = strlen (decoding->text), at = 0;
  unsigned char *styles = calloc (length + 1, 1);
  size_t *ends = malloc ((size_t) (decoding->n_tokens + 1) * sizeof *ends);
  CosmosMark *marks = malloc ((size_t) decoding->n_positions * sizeof *marks);
  bool ok = styles && ends && marks && cli_token_ends (self->tokenizer, decoding, ends);
  if (ok)
    cosmos_decoding_mark (decoding, &before, before ? 1 : 0, marks);
  for (int i = 0; ok && i < decoding->n_tokens; i++) {
    int position = decoding->first + i;
    unsigned char style = before && marks[position] == COSMOS_MARK_CHANGED ? CHANGED : 0;
    if (decoding->tokens[position].probability < 0.5f)
      style |= UNSURE;
    for (; at < ends[i]; at++)
      styles[at] = decoding->text[at] == ' ' ? 0 : style;
  }
  free (ends);
  free (marks);
  if (!ok) {
    free (styles);
    return NULL;
  }
  return styles;
}

/* ---- what is drawn ---- */

static void put (CosmosTextBuffer *out, const char *text)
{
  cosmos_text_buffer_append (out, text, strlen (text));
}

/* From the style before to this one. */
static void put_style (CosmosTextBuffer *out, unsigned char before, unsigned char style)
{
  if (before)
    put (out, "\033[0m");
  if (style & CHANGED)
    put (out, cli_terminal_has_colour () ? "\033[4;36m" : "\033[4m");
  if (style & UNSURE)
    put (out, "\033[2m");
}

static void put_line (CosmosTextBuffer *out, const char *text, const unsigned char *styles, CliLine line)
{
  unsigned char style = 0;
  for (size_t at = line.start; at < line.end; at++) {
    if (styles && styles[at] != style) {
      put_style (out, style, styles[at]);
      style = styles[at];
    }
    cosmos_text_buffer_append (out, text + at, 1);
  }
  put_style (out, style, 0);
}

/* To where the first line stands, which may be higher now than it was: a terminal that became narrower has folded the lines. */
static void put_return (const CliWatch *self, CosmosTextBuffer *out, int columns)
{
  int rows = 0;
  char move[32];
  for (size_t i = 0; i < self->n; i++)
    rows += self->widths[i] > columns ? (self->widths[i] + columns - 1) / columns : 1;
  put (out, "\r");
  if (rows > 1) {
    snprintf (move, sizeof move, "\033[%dA", rows - 1);
    put (out, move);
  }
}

/* "step 12 of 50  noise ███░░ 0.62  change █░░░░ 0.12", shorter where there is less room. */
static void put_status (CosmosTextBuffer *out, const CosmosStep *step, int steps, int columns, int *width)
{
  char noise[CLI_BAR_SIZE (MAX_CELLS)], change[CLI_BAR_SIZE (MAX_CELLS)], line[256];
  bool roomy = columns >= 56;
  int fixed = snprintf (line, sizeof line,
                        roomy ? "step %d of %d  noise  %.2f  change  %.2f" : "%d/%d  noise  %.2f  change  %.2f", step->index + 1,
                        steps, step->sigma, fmin (step->change, 9.99));
  int cells = (columns - fixed) / 2 < MAX_CELLS ? (columns - fixed) / 2 : MAX_CELLS;
  if (cells >= 2) {
    cli_bar (step->sigma, cells, noise);
    cli_bar (step->change, cells, change);
    snprintf (line, sizeof line, roomy ? "step %d of %d  noise %s %.2f  change %s %.2f" : "%d/%d  noise %s %.2f  change %s %.2f",
              step->index + 1, steps, noise, step->sigma, change, fmin (step->change, 9.99));
  } else {
    snprintf (line, sizeof line, "%d/%d", step->index + 1, steps);
  }
  *width = cli_text_width (line, strlen (line));
  put (out, line);
}

static void write_out (CosmosTextBuffer *out)
{
  size_t size = out->length;
  char *bytes = cosmos_text_buffer_finish (out);
  if (bytes)
    fwrite (bytes, 1, size, stdout);
  free (bytes);
  fflush (stdout);
}

static void wait_for_pace (CliWatch *self)
{
  double rest = self->pace - (cli_now () - self->last);
  if (rest > 0 && self->n)
    cli_progress_sleep (rest);
  self->last = cli_now ();
}

bool cli_watch_show (CliWatch *self, const CosmosStep *step, int steps, const CosmosDecoding *decoding,
                     const CosmosDecoding *before, CosmosError *err)
{
  unsigned char *styles = style_text (self, decoding, before);
  char *text = strdup (decoding->text);
  if (!styles || !text) {
    free (styles);
    free (text);
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the text");
  }
  cli_make_printable (text);
  wait_for_pace (self);

  int columns = cli_terminal_get_columns (STDOUT_FILENO), rows = cli_terminal_get_rows (STDOUT_FILENO);
  int room = columns > 2 ? columns - 1 : 2; /* nothing in the last column: terminals differ in what they do then */
  CliLine lines[MAX_LINES];
  size_t shown = (size_t) (rows > 3 ? rows - 3 : 1); /* what is above the first row cannot be redrawn */
  if (shown > MAX_LINES - 2)
    shown = MAX_LINES - 2;
  size_t n = cli_wrap (text, strlen (text), room < WIDEST ? room : WIDEST, lines, shown);
  CosmosTextBuffer out = {0};
  put_return (self, &out, columns);
  put_status (&out, step, steps, room, &self->widths[0]);
  put (&out, "\033[K\r\n\033[K");
  self->widths[1] = 0;
  self->n = 2;
  for (size_t i = 0; i < n && i < shown; i++) {
    put (&out, "\r\n");
    put_line (&out, text, styles, lines[i]);
    put (&out, "\033[K");
    self->widths[self->n++] = lines[i].width;
  }
  put (&out, "\033[J");
  write_out (&out);
  free (styles);
  free (text);
  return true;
}

void cli_watch_finish (CliWatch *self, const CosmosDecoding *decoding)
{
  CosmosTextBuffer out = {0};
  int columns = cli_terminal_get_columns (STDOUT_FILENO);
  char *text = decoding ? strdup (decoding->text) : NULL;
  put_return (self, &out, columns);
  put (&out, "\033[J");
  if (text) {
    cli_make_printable (text);
    CliLine lines[MAX_LINES];
    int room = columns > 2 ? columns - 1 : 2;
    size_t n = cli_wrap (text, strlen (text), room < WIDEST ? room : WIDEST, lines, MAX_LINES);
    for (size_t i = 0; i < n && i < MAX_LINES; i++) {
      put_line (&out, text, NULL, lines[i]);
      put (&out, "\r\n");
    }
  }
  write_out (&out);
  free (text);
  free (self);
  cli_terminal_restore ();
}
