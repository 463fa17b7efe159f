#include "cli/terminal.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t hidden;

static bool get_size (int fd, struct winsize *size)
{
  return ioctl (fd, TIOCGWINSZ, size) == 0 && size->ws_col > 0 && size->ws_row > 0;
}

int cli_terminal_get_columns (int fd)
{
  struct winsize size;
  return get_size (fd, &size) ? size.ws_col : 80;
}

int cli_terminal_get_rows (int fd)
{
  struct winsize size;
  return get_size (fd, &size) ? size.ws_row : 24;
}

bool cli_terminal_is_usable (int fd)
{
  const char *term = getenv ("TERM");
  return isatty (fd) && term && *term && strcmp (term, "dumb") != 0;
}

bool cli_terminal_has_colour (void)
{
  const char *none = getenv ("NO_COLOR");
  return !none || !*none;
}

void cli_terminal_hide_cursor (void)
{
  hidden = 1;
  fputs ("\033[?25l", stdout);
  fflush (stdout);
}

void cli_terminal_restore (void)
{
  static const char show[] = "\033[0m\033[?25h";
  if (!hidden)
    return;
  hidden = 0;
  if (write (STDOUT_FILENO, show, sizeof show - 1) < 0)
    return; /* the terminal is gone: nothing to restore */
}

void cli_bar (double fraction, int cells, char *text)
{
  int filled = (int) lround (fmin (fmax (fraction, 0), 1) * cells);
  for (int i = 0; i < cells; i++)
    text = mempcpy (text, i < filled ? "█" : "░", 3);
  *text = 0;
}

double cli_now (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}
