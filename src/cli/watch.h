/* A run seen in a terminal: the text redrawn in place step by step, what changed underlined and coloured, what is unsure dimmed. */
#pragma once

#include "core/sample/trajectory.h"

typedef struct CliWatch CliWatch;

/* Hides the cursor. pace: seconds that a step is shown at least. NULL when out of memory. */
CliWatch *cli_watch_new (const CosmosTokenizer *tokenizer, double pace);
/* Draws a step over the one before, and waits. before: the decoding shown last, NULL at the first. */
bool cli_watch_show (CliWatch *self, const CosmosStep *step, int steps, const CosmosDecoding *decoding,
                     const CosmosDecoding *before, CosmosError *err);
/* Leaves the final text there, without marks, and the cursor on the line below; shows the cursor. decoding NULL: takes all away. Frees. */
void cli_watch_finish (CliWatch *self, const CosmosDecoding *decoding);

/* Where the tokens of a decoding lie in its text: ends[i] bytes belong to the first i + 1 real tokens. ends: n_tokens. False: no memory. */
bool cli_token_ends (const CosmosTokenizer *tokenizer, const CosmosDecoding *decoding, size_t *ends);
