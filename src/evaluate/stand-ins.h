/* Texts that no model had to write, one a reference or source: what the texts of a model are to be better than, or as good as. */
#pragma once

#include "evaluate/bench.h"

typedef enum {
  COSMOS_STAND_IN_PEOPLE,         /* the bench's other examples */
  COSMOS_STAND_IN_COPY,           /* the source as it is */
  COSMOS_STAND_IN_FIRST_SENTENCE, /* of the source */
  COSMOS_STAND_IN_FREQUENT,       /* the most frequent target of the training texts whose answers are of the same type; below */
} CosmosStandIn;

typedef struct {
  char **items;
  size_t n;
} CosmosStandIns;

/* None, where the examples have no sources and the kind needs them, or where it needs training texts and there are none. */
bool cosmos_stand_ins_make (CosmosStandIns *self, CosmosStandIn kind, const CosmosBench *bench, CosmosError *err);
void cosmos_stand_ins_clear (CosmosStandIns *self);

/* The type of the answer that a source begins with, as far as " | " (else all of it): a number, a reason (because, to ...), a name (capitals), a few words (at most
 * three), or more. */
typedef enum {
  COSMOS_ANSWER_NUMBER,
  COSMOS_ANSWER_REASON,
  COSMOS_ANSWER_NAME,
  COSMOS_ANSWER_WORDS,
  COSMOS_ANSWER_CLAUSE
} CosmosAnswerType;
enum { COSMOS_N_ANSWER_TYPES = 5 };
CosmosAnswerType cosmos_answer_type_of (const char *source, size_t length);
