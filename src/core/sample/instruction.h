/* The program's tasks as one asks an instruction-tuned model for them: in English, in the turns of its chat template. */
#pragma once

#include "core/model/language-model.h"

/* What a model is given of a task (NULL: none; it only goes on with a text). */
typedef enum {
  COSMOS_ASKING_CONTINUE,    /* the source as it is, to be gone on with */
  COSMOS_ASKING_TASK,        /* the token of the task and the source, as it was trained */
  COSMOS_ASKING_INSTRUCTION, /* an instruction in turns of ChatML */
  COSMOS_ASKING_UNKNOWN      /* as CONTINUE, since its chat template is not one that is known here */
} CosmosAsking;

/* A file's tokenizer.chat_template is known where it is ChatML: <|im_start|>ROLE\nTEXT<|im_end|>\n for each turn, both marks being tokens. */
CosmosAsking cosmos_asking_find (const CosmosLanguageModel *model, const char *task);

/* The instruction of a task, "" for a task that is none of the program's own. A story's opening sentence is no part of it. */
const char *cosmos_instruction_get (const char *task);
/* The turns up to where the model's answer begins; the source (size bytes, clean; 0: none) is the end of the user's turn, but a story's source, its opening
 * sentence, is the beginning of the answer and left out here. Marks in the source are taken out, so that a text cannot end its turn. Ended by 0;
 * free() it. NULL when out of memory. */
char *cosmos_instruction_new (const char *task, const char *source, size_t size);
/* True for a task (NULL: none) whose source is the beginning of its text. */
bool cosmos_instruction_goes_on (const char *task);
/* True for one of the program's tasks that makes little of no source: all but stories. */
bool cosmos_instruction_needs_source (const char *task);
/* The token that ends an answer. */
int cosmos_instruction_get_end (const CosmosLanguageModel *model);
