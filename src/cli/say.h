/* What goes to stderr in words. */
#pragma once

#include "core/base/status.h"

/* "cosmos: ..." and a line end. Bytes that a terminal would take as commands become '?'. */
void cli_say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* Says what failed (nothing where it was cancelled, or where error is empty because it was said before) -> the exit code. */
int cli_fail (const CosmosError *error);
/* Everything on stdout is really out: 0, or CLI_FAILED after saying why not (a full disk). */
int cli_finish_output (void);
