/* A verb: one line in the table of main.c, one file cmd-<name>.c. */
#pragma once

#include "cli/arguments.h"

/* Exit codes, documented in the man page. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_DIFFERENT = 3, CLI_CANCELLED = 130 };

typedef struct {
  const char *name;
  const char *words;   /* "[SOURCE]", for the usage line */
  const char *summary; /* a few words for the overview */
  const char *about;   /* a paragraph or two */
  const char *
      options; /* names of the options that it takes, separated by spaces, in the order of the help, NAME+ for the form that takes a list or a
                  file; json and help come by themselves */
  const char *examples; /* lines of shell commands, each with what it does */
  int min_words, max_words;
  int (*run) (const CliArguments *arguments); /* -> exit code; has said on stderr what went wrong */
} CliVerb;

extern const CliVerb cli_verb_generate, cli_verb_baseline, cli_verb_compare, cli_verb_reconstruct, cli_verb_perturb,
    cli_verb_interpolate, cli_verb_inspect, cli_verb_convert, cli_verb_models, cli_verb_sessions, cli_verb_train, cli_verb_export,
    cli_verb_bench, cli_verb_evaluate, cli_verb_study;
