/* A token of a text that the model decoded, as widgets show it. A plain value; what it points to lives as long as the step or reading that it is of. */
#pragma once

#include "core/sample/decoding.h"
#include <glib.h>

G_BEGIN_DECLS

/* A token at a position, with what the popover shows. */
typedef struct {
  int position;
  CosmosTokenGuess guess;
  CosmosMark mark;
  const char *text;                   /* as it stands in the text (leading space kept) */
  const char *top_text[COSMOS_TOP_K]; /* NULL beyond */
} CpgToken;

G_END_DECLS
