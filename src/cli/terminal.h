/* What a terminal can do, and small things drawn in it. */
#pragma once

#include <stdbool.h>

/* Columns and rows of the terminal behind fd, 80 and 24 where it does not say. */
int cli_terminal_get_columns (int fd);
int cli_terminal_get_rows (int fd);
/* fd is a terminal that understands cursor movement (TERM is set and not "dumb"). */
bool cli_terminal_is_usable (int fd);
/* Colours are wanted: NO_COLOR (no-color.org) is not set. */
bool cli_terminal_has_colour (void);

/* Hides stdout's cursor until restore(). */
void cli_terminal_hide_cursor (void);
/* Shows the cursor and ends attributes where hide_cursor() was called; safe in a signal handler. */
void cli_terminal_restore (void);

/* A bar of `cells` cells, filled from the left by fraction (0 .. 1); UTF-8, ended by 0. */
#define CLI_BAR_SIZE(cells) (3 * (cells) + 1)
void cli_bar (double fraction, int cells, char *text);

/* Monotonic seconds. */
double cli_now (void);
