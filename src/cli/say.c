#include "cli/say.h"

#include "cli/progress.h"
#include "cli/verb.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void cli_say (const char *format, ...)
{
  char text[1024];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  for (char *at = text; *at; at++) {
    if (((unsigned char) *at < ' ' && *at != '\n') || *at == 0x7f)
      *at = '?';
  }
  cli_progress_clear ();
  fprintf (stderr, "cosmos: %s\n", text);
}

int cli_fail (const CosmosError *error)
{
  if (error->code == COSMOS_STATUS_CANCELLED) {
    cli_progress_clear ();
    return CLI_CANCELLED;
  }
  if (error->code == COSMOS_STATUS_OK) /* whoever failed has said it */
    return CLI_FAILED;
  cli_say ("%s", error->message);
  return CLI_FAILED;
}

int cli_finish_output (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return CLI_OK;
  cli_say ("The output cannot be written: %s", strerror (errno));
  return CLI_FAILED;
}
