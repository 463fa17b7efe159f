#include "cli/progress.h"

#include "cli/terminal.h"
#include "cli/verb.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double PATIENCE = 0.5, BETWEEN = 0.1;  /* seconds before the first line, and between two */
static const double FORESIGHT = 5, FORESEEN = 0.01; /* seconds and share of the work after which the time left is told */

static CosmosProgress progress;
static bool installed, shown, silent, uses_lines;
static int last_percent = -1;
static double started, last, between_lines, range_from, range_to = 1;

static void on_signal (int number)
{
  (void) number;
  if (!atomic_exchange (&progress.cancelled, true))
    return;
  cli_terminal_restore ();
  _exit (CLI_CANCELLED);
}

static void report (double fraction, const char *what, void *data)
{
  (void) data;
  cli_progress_show (range_from + fraction * (range_to - range_from), what);
}

CosmosProgress *cli_progress_get (void)
{
  if (!installed) {
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: reading and sleeping end, too */
    sigemptyset (&action.sa_mask);
    sigaction (SIGINT, &action, NULL);
    sigaction (SIGTERM, &action, NULL);
    sigaction (SIGUSR1, &action, NULL); /* the one that mpirun hands on without a SIGKILL after it */
    progress.report = report;
    installed = true;
    started = cli_now ();
  }
  return &progress;
}

void cli_progress_set_range (double from, double to)
{
  range_from = from;
  range_to = to;
}

bool cli_progress_is_cancelled (void)
{
  return cosmos_progress_is_cancelled (&progress);
}

/* ", 12 min left" by what went before, or "" where that tells too little. */
static void describe_time_left (double fraction, double seconds, char *text, size_t size)
{
  double left = seconds * (1 - fraction) / fraction;
  *text = 0;
  if (seconds < FORESIGHT || fraction < FORESEEN || fraction >= 1)
    return;
  if (left < 90)
    snprintf (text, size, ", %.0f s left", left);
  else if (left < 5400)
    snprintf (text, size, ", %.0f min left", left / 60);
  else
    snprintf (text, size, ", %.1f h left", left / 3600);
}

static void show_line (double fraction, const char *what)
{
  int percent = (int) floor (100 * fmin (fmax (fraction, 0), 1));
  double now = cli_now ();
  if (percent == last_percent || now - last < between_lines)
    return;
  last_percent = percent;
  last = now;
  fprintf (stderr, "%d %% %.200s\n", percent, what);
}

void cli_progress_use_lines (double seconds)
{
  uses_lines = true;
  between_lines = seconds;
  last = cli_now ();
}

void cli_progress_show (double fraction, const char *what)
{
  enum { CELLS = 24 };
  if (uses_lines && !silent) {
    show_line (fraction, what);
    return;
  }
  double now = cli_now ();
  if (silent || now - started < PATIENCE || now - last < BETWEEN || !isatty (STDERR_FILENO))
    return;
  last = now;
  shown = true;
  char bar[CLI_BAR_SIZE (CELLS)];
  cli_bar (fraction, CELLS, bar);
  char text[256], left[32];
  describe_time_left (fraction, now - started, left, sizeof left);
  snprintf (text, sizeof text, "%.200s%s", what, left);
  int room = cli_terminal_get_columns (STDERR_FILENO) - CELLS - 8;
  fprintf (stderr, "\r\033[K%s %3.0f %% %.*s", bar, 100 * fmin (fmax (fraction, 0), 1), room > 0 ? room : 0, text);
  fflush (stderr);
}

void cli_progress_clear (void)
{
  if (shown)
    fputs ("\r\033[K", stderr);
  shown = false;
}

void cli_progress_silence (void)
{
  cli_progress_clear ();
  silent = true;
}

void cli_progress_sleep (double seconds)
{
  struct timespec time = {(time_t) seconds, (long) (fmod (seconds, 1) * 1e9)};
  nanosleep (&time, NULL);
}
