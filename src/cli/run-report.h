/* A logged run as a line, as a page, as JSON. */
#pragma once

#include "cli/json.h"
#include "store/cpg-log-run.h"

/* Number, when it began (local time), state, task, and how it is called, or where a search found it. */
void cli_print_run_line (const CpgLogRun *run);
/* All of it but the steps' texts. */
void cli_print_run (const CpgLogRun *run);
/* Into the root; with its steps where they were loaded. */
void cli_json_run (CliJson *json, const CpgLogRun *run);
