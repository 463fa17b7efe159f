/* Work that takes long, seen from a terminal: a line on stderr after half a second, and Ctrl-C.
 *
 * There is one process, so there is one of it. SIGINT and SIGTERM set the progress' flag, the work then ends with
 * COSMOS_STATUS_CANCELLED; a second signal ends the process at once, with the cursor shown again.
 */
#pragma once

#include "core/base/progress.h"

/* Installs the handlers at the first call. */
CosmosProgress *cli_progress_get (void);
bool cli_progress_is_cancelled (void);
/* What the work reports as 0 to 1 is shown as from .. to: for work that is a part of all. */
void cli_progress_set_range (double from, double to);
/* For work that this program cuts into pieces itself. */
void cli_progress_show (double fraction, const char *what);
/* Takes the line away. */
void cli_progress_clear (void);
/* A line "12 % words" at every percent, but only after so many seconds, be there a terminal or not: for who reads it by a program or in a file. */
void cli_progress_use_lines (double seconds);
/* The line stays away from now on (somebody else draws on the terminal). */
void cli_progress_silence (void);
/* Sleeps, but not through a Ctrl-C. */
void cli_progress_sleep (double seconds);
