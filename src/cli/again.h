/* A run of the session log, made once more by the same settings. */
#pragma once

#include "cli/arguments.h"
#include "core/base/status.h"
#include "store/cpg-log-again.h"

typedef struct {
  char *model;         /* path of the file that was used */
  char *model_sha256;  /* of it */
  const char *compute; /* how products were computed: "oneDNN bf16" */
  uint64_t seed;
  char *text, *hash; /* cpg_log_hash_output () */
  double seconds;
} CliAgain;

/* chain: CpgLogRun, the run, the one that it branched from, and so on. arguments: --model, --compute, --threads and --seed stand in for what the log says.
 * Computes as the log says where it can be done here, else as is best here. */
bool cli_again (const CliArguments *arguments, GPtrArray *chain, CliAgain *again, CosmosError *err);
void cli_again_clear (CliAgain *self);
