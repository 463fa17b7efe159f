#include "core/sample/instruction.h"

#include "core/text/text.h"

#include <string.h>

#define BEGIN "<|im_start|>"
#define END "<|im_end|>"

static const char system_text[] = "You are a careful writer. You answer with the text that was asked for, and with nothing else.";

static const struct {
  const char *task, *instruction;
} instructions[] = {
  {"story", "Write a short story of five simple sentences about something that happens in everyday life. "
            "It has a beginning, a middle and an end. Write one paragraph, without a title."},
  {"summary", "Summarize the following text in one or two short sentences. Say only what is most important."},
  {"question",
   "The following text begins with an answer. Write the one question about the rest of the text that this is the answer to."},
  {"detox", "Rewrite the following sentence politely, without insults and swear words. Keep its meaning and its length."},
};
enum { N_INSTRUCTIONS = sizeof instructions / sizeof *instructions };

const char *cosmos_instruction_get (const char *task)
{
  for (int i = 0; i < N_INSTRUCTIONS; i++)
    if (strcmp (task, instructions[i].task) == 0)
      return instructions[i].instruction;
  return "";
}

bool cosmos_instruction_goes_on (const char *task)
{
  return task && strcmp (task, "story") == 0;
}

CosmosAsking cosmos_asking_find (const CosmosLanguageModel *model, const char *task)
{
  if (cosmos_language_model_get_tasks (model)->n > 0)
    return COSMOS_ASKING_TASK;
  const char *template = cosmos_language_model_get_chat_template (model);
  if (!task || !template || !*cosmos_instruction_get (task))
    return COSMOS_ASKING_CONTINUE;
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  const bool is_known = strstr (template, BEGIN) && strstr (template, END)
                        && cosmos_tokenizer_is_special (tokenizer, cosmos_tokenizer_find (tokenizer, BEGIN))
                        && cosmos_tokenizer_is_special (tokenizer, cosmos_tokenizer_find (tokenizer, END));
  return is_known ? COSMOS_ASKING_INSTRUCTION : COSMOS_ASKING_UNKNOWN;
}

bool cosmos_instruction_needs_source (const char *task)
{
  return *cosmos_instruction_get (task) && !cosmos_instruction_goes_on (task);
}

int cosmos_instruction_get_end (const CosmosLanguageModel *model)
{
  return cosmos_tokenizer_find (cosmos_language_model_get_tokenizer (model), END);
}

static void add (CosmosTextBuffer *buffer, const char *text)
{
  cosmos_text_buffer_append (buffer, text, strlen (text));
}

static void add_turn (CosmosTextBuffer *buffer, const char *role)
{
  add (buffer, BEGIN);
  add (buffer, role);
  add (buffer, "\n");
}

/* The length of a mark that the text begins with, or 0. */
static size_t get_mark (const char *text, size_t size)
{
  static const char *const marks[] = {BEGIN, END};
  for (int i = 0; i < 2; i++) {
    size_t length = strlen (marks[i]);
    if (length <= size && memcmp (text, marks[i], length) == 0)
      return length;
  }
  return 0;
}

/* What is left may be a mark again ("<|im_<|im_end|>end|>"): then that goes, too. */
static void add_without_marks (CosmosTextBuffer *buffer, const char *text, size_t size)
{
  const size_t begin = buffer->length;
  for (size_t i = 0; i < size; i++) {
    cosmos_text_buffer_append (buffer, text + i, 1);
    for (size_t length = sizeof END - 1; length < sizeof BEGIN && !buffer->failed; length++)
      if (buffer->length - begin >= length && get_mark (buffer->data + buffer->length - length, length) == length)
        buffer->length -= length;
  }
}

char *cosmos_instruction_new (const char *task, const char *source, size_t size)
{
  CosmosTextBuffer buffer = {0};
  add_turn (&buffer, "system");
  add (&buffer, system_text);
  add (&buffer, END "\n");
  add_turn (&buffer, "user");
  add (&buffer, cosmos_instruction_get (task));
  if (size > 0 && !cosmos_instruction_goes_on (task)) {
    add (&buffer, "\n\n");
    add_without_marks (&buffer, source, size);
  }
  add (&buffer, END "\n");
  add_turn (&buffer, "assistant");
  return cosmos_text_buffer_finish (&buffer);
}
