/* --watch in a pseudo-terminal, read by a small terminal of our own. */
#include "cli/wrap.h"
#include "command.h"

#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 24, MAX_COLUMNS = 120 };

/* ---- a terminal: what the command uses of it ---- */

typedef struct {
  int columns, row, column;
  gunichar cells[ROWS][MAX_COLUMNS]; /* 0: nothing there */
  gboolean hidden, underlined, coloured, overflowed;
} Screen;

static void clear_from (Screen *self, int row, int column)
{
  for (; column < MAX_COLUMNS; column++)
    self->cells[row][column] = 0;
}

static void line_feed (Screen *self)
{
  if (self->row + 1 < ROWS) {
    self->row++;
    return;
  }
  memmove (self->cells[0], self->cells[1], sizeof self->cells[0] * (ROWS - 1));
  clear_from (self, ROWS - 1, 0);
}

/* "[...X" behind an escape -> what follows it. */
static const char *escape (Screen *self, const char *at)
{
  g_assert_cmpint (*at, ==, '[');
  const char *body = at + 1, *end = body + strspn (body, "0123456789;?");
  int number = atoi (body);
  switch (*end) {
  case 'A':
    self->row = MAX (0, self->row - number);
    break;
  case 'K':
    clear_from (self, self->row, self->column);
    break;
  case 'J':
    clear_from (self, self->row, self->column);
    for (int row = self->row + 1; row < ROWS; row++)
      clear_from (self, row, 0);
    break;
  case 'h':
  case 'l':
    g_assert_true (g_str_has_prefix (body, "?25"));
    self->hidden = *end == 'l';
    break;
  case 'm':
    self->underlined |= *body == '4';
    self->coloured |= g_str_has_prefix (body, "4;36");
    break;
  default:
    g_error ("escape %.10s", at);
  }
  return end + 1;
}

static void put (Screen *self, gunichar point)
{
  if (g_unichar_iszerowidth (point))
    return;
  int width = g_unichar_iswide (point) ? 2 : 1;
  if (self->column + width > self->columns) { /* the command must never let that happen */
    self->overflowed = TRUE;
    line_feed (self);
    self->column = 0;
  }
  self->cells[self->row][self->column] = point;
  self->column += width;
}

static void feed (Screen *self, const char *text)
{
  while (*text) {
    if (*text == '\033') {
      text = escape (self, text + 1);
    } else if (*text == '\r') {
      self->column = 0;
      text++;
    } else if (*text == '\n') {
      line_feed (self);
      text++;
    } else {
      put (self, g_utf8_get_char (text));
      text = g_utf8_next_char (text);
    }
  }
}

static char *get_row (const Screen *self, int row)
{
  GString *text = g_string_new (NULL);
  for (int column = 0; column < self->columns; column++) {
    if (self->cells[row][column])
      g_string_append_unichar (text, self->cells[row][column]);
  }
  return g_string_free (text, FALSE);
}

/* ---- the command in it ---- */

typedef struct {
  int columns;
  int resized_to;       /* 0: stays as it is; else in the middle of the run */
  gboolean interrupted; /* Ctrl-C in the middle of the run */
  const char *no_color;
} Scene;

/* -> all that it wrote; *status as of waitpid. */
static char *play (Scene scene, const char *const *words, int *status)
{
  struct winsize size = {.ws_row = ROWS, .ws_col = (unsigned short) scene.columns};
  int master;
  pid_t child = forkpty (&master, NULL, NULL, &size);
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    setenv ("TERM", "xterm-256color", 1);
    if (scene.no_color)
      setenv ("NO_COLOR", scene.no_color, 1);
    execv (words[0], (char *const *) words);
    _exit (127);
  }
  GString *all = g_string_new (NULL);
  char piece[4096];
  ssize_t n;
  gboolean done = FALSE;
  while ((n = read (master, piece, sizeof piece)) > 0) {
    g_string_append_len (all, piece, n);
    if (done || !strstr (all->str, "step 2 of "))
      continue;
    done = TRUE;
    size.ws_col = (unsigned short) scene.resized_to;
    if (scene.resized_to)
      g_assert_cmpint (ioctl (master, TIOCSWINSZ, &size), ==, 0);
    if (scene.interrupted)
      g_assert_cmpint (write (master, "\003", 1), ==, 1);
  }
  close (master);
  g_assert_cmpint (waitpid (child, status, 0), ==, child);
  g_assert_true (g_utf8_validate (all->str, -1, NULL));
  return g_string_free (all, FALSE);
}

/* The lines in which the text must stand, and behind them the note. */
static void check_text (const Screen *screen, int columns, int first_row)
{
  JsonObject *object = command_json ("generate", "story", "--seed", "3", "--steps", "6", "--json", NULL);
  char *text = g_strdup (json_object_get_string_member (object, "text"));
  CliLine lines[ROWS];
  cli_make_printable (text);
  size_t n = cli_wrap (text, strlen (text), columns - 1, lines, ROWS);
  for (size_t i = 0; i < n; i++) {
    char *row = get_row (screen, first_row + (int) i),
         *expected = g_strndup (text + lines[i].start, lines[i].end - lines[i].start);
    g_assert_cmpstr (g_strchomp (row), ==, g_strchomp (expected));
    g_free (row);
    g_free (expected);
  }
  char *note = get_row (screen, first_row + (int) n);
  g_assert_true (g_str_has_prefix (note, "tiny · seed 3 · "));
  g_free (note);
  g_free (text);
  json_object_unref (object);
}

static const char *const *get_words (void)
{
  static const char *words[] = {NULL, "story", "--seed", "3", "--steps", "6", "--watch", "--pace", "0.05", NULL};
  words[0] = g_getenv ("COSMOS");
  return words;
}

static void in_place (gconstpointer columns)
{
  Screen screen = {.columns = GPOINTER_TO_INT (columns)};
  int status;
  char *all = play ((Scene) {.columns = screen.columns}, get_words (), &status);
  feed (&screen, all);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_nonnull (strstr (all, "6 of 6") ? all : strstr (all, "6/6"));
  g_assert_false (screen.hidden);
  g_assert_false (screen.overflowed && screen.columns > 40); /* the note may be longer than a narrow line */
  g_assert_true (screen.underlined);
  g_assert_true (screen.coloured);
  check_text (&screen, screen.columns, 0);
  g_free (all);
}

static void no_colour (void)
{
  Screen screen = {.columns = 80};
  int status;
  char *all = play ((Scene) {.columns = 80, .no_color = "1"}, get_words (), &status);
  feed (&screen, all);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (screen.underlined);
  g_assert_false (screen.coloured);
  g_free (all);
}

/* The frame after the last clearing fits the new width. */
static void resized (void)
{
  Screen screen = {.columns = 60};
  int status;
  char *all = play ((Scene) {.columns = 100, .resized_to = 60}, get_words (), &status);
  char *last = g_strrstr (all, "\033[J");
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (last);
  feed (&screen, last);
  g_assert_false (screen.overflowed);
  check_text (&screen, 60, 0);
  g_free (all);
}

static void interrupted (void)
{
  static const char *words[] = {NULL, "story", "--steps", "1000", "--watch", "--pace", "0.05", NULL};
  Screen screen = {.columns = 80};
  int status;
  words[0] = g_getenv ("COSMOS");
  char *all = play ((Scene) {.columns = 80, .interrupted = TRUE}, words, &status);
  feed (&screen, all);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 130);
  g_assert_false (screen.hidden);
  /* Nothing is left but the echo of Ctrl-C. */
  for (int row = 0; row < ROWS; row++) {
    char *text = get_row (&screen, row);
    g_assert_cmpint (strlen (text), <=, 2);
    g_free (text);
  }
  g_free (all);
}

/* SIGINT from elsewhere, without a terminal: nothing on stdout. */
/* Until the process handles SIGINT: it would only die of an earlier one. */
static void wait_for_handler (GSubprocess *process)
{
  const guint64 bit = 1 << (SIGINT - 1);
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (process));
  for (guint64 handled = 0; !(handled & bit); g_usleep (10000)) {
    g_autofree char *status = NULL;
    g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
    const char *line = strstr (status, "SigCgt:");
    g_assert_nonnull (line);
    handled = g_ascii_strtoull (line + strlen ("SigCgt:"), NULL, 16);
  }
}

static void interrupted_without_terminal (void)
{
  GError *error = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                                           g_getenv ("COSMOS"), "story", "--steps", "1000", "--count", "100000", NULL);
  char *out, *err;
  g_assert_no_error (error);
  wait_for_handler (process);
  g_subprocess_send_signal (process, SIGINT);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  g_assert_true (*out == 0 || g_str_has_suffix (out, "\n")); /* whole texts or none */
  g_assert_cmpstr (err, ==, "");
  g_free (out);
  g_free (err);
  g_object_unref (process);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  g_test_add_data_func ("/watch/40-columns", GINT_TO_POINTER (40), in_place);
  g_test_add_data_func ("/watch/80-columns", GINT_TO_POINTER (80), in_place);
  g_test_add_func ("/watch/no-colour", no_colour);
  g_test_add_func ("/watch/resized", resized);
  g_test_add_func ("/watch/interrupted", interrupted);
  g_test_add_func ("/watch/interrupted-without-terminal", interrupted_without_terminal);
  int result = g_test_run ();
  command_finish ();
  return result;
}
