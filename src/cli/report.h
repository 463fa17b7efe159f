/* What verbs say alike: decodings and settings as JSON, texts as lines, the line under a run. */
#pragma once

#include "cli/engine.h"
#include "cli/json.h"
#include "core/sample/decoding.h"

/* A text on stdout with a line end; on a terminal without control characters, line ends inside as spaces. */
void cli_print_text (const char *text);

/* "text", "confidence", "entropy" and, with tokens, a "tokens" array of {"id", "text", "probability", "entropy"} into an object. */
void cli_json_decoding (CliJson *json, yyjson_mut_val *object, const CosmosTokenizer *tokenizer, const CosmosDecoding *decoding,
                        bool tokens);
/* "model", "compute", "threads" of an engine's bundle into the root. */
void cli_json_engine (CliJson *json, const CliEngine *engine);
/* Everything that a run depends on, into the root. */
void cli_json_settings (CliJson *json, const CosmosConfig *config, const CosmosSettings *settings);

/* A dim line on stderr where stdout and stderr are a terminal, else nothing. */
void cli_print_note (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
