/* The table of all options, and the parser of command lines. */
#pragma once

#include "cli/verb.h"

void cli_arguments_init (CliArguments *self);

/* argv: what stands behind the verb, n strings; it is reordered so that self->words can point into it. -> CLI_OK, or CLI_USAGE after a
 * sentence on stderr that says what is possible. */
int cli_arguments_parse (CliArguments *self, const CliVerb *verb, int n, char **argv);

/* Usage, paragraph, options and examples of a verb, on stdout. */
void cli_options_print_help (const CliVerb *verb);
