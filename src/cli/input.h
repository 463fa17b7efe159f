/* Texts that a user hands over: as an argument, in a file, on standard input. All are UTF-8 and at most COSMOS_TEXT_MAX_SIZE bytes. */
#pragma once

#include "cli/arguments.h"
#include "core/base/status.h"

/* A file as a string ended by 0 ("-": standard input); free() it. *size: its bytes, may be NULL. */
char *cli_read_file (const char *path, size_t *size, CosmosError *err);

/* The one text of a command line: the word at `index` ("-": standard input), else --file; free() it. NULL with err->code OK where none was
 * given. Refused, with its name in words: both, empty or blank, not UTF-8. */
char *cli_input_source (const CliArguments *arguments, int index, CosmosError *err);

/* Many texts: every word is one, else --file or standard input holds one a line, or JSON lines with a "text" or "target" field. Blank
 * lines are left out. */
typedef struct {
  char **items; /* strings */
  size_t n;
} CliTexts;

bool cli_input_texts (const CliArguments *arguments, CliTexts *texts, CosmosError *err);
void cli_texts_clear (CliTexts *self);
