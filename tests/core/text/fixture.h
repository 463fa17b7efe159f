/* Small tokenizers, and ids as words, so that an assertion reads as a line. */
#pragma once

#include "core/text/tokenizer.h"

#include <glib.h>
#include <string.h>

/* Ids in order: the first line is 0. */
#define WORDPIECE_LINES                                                                            \
  "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\ns\n##at\nsat\n.\n,\n'\nun\n##known\nCat\n! " \
  "\nstra\n##\xc3\x9f\n##e\ncafe\n"

/* Every byte has a token (ids 1 to 256, in the order of the bytes), then the results of the merges, then added tokens. */
static inline char *bpe_json (const char *pre_tokenizer)
{
  GString *json = g_string_new ("{\"added_tokens\":[{\"id\":0,\"content\":\"<|end|>\",\"special\":true},"
                                "{\"id\":261,\"content\":\"<x>\",\"special\":false,\"normalized\":false}],\"pre_tokenizer\":");
  g_string_append_printf (json, "%s,\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"<|end|>\":0",
                          pre_tokenizer);
  int beyond = 0;
  for (int byte = 0; byte < 256; byte++) {
    gboolean visible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
    g_string_append_printf (json, ",\"\\u%04x\":%d", visible ? byte : 0x100 + beyond, byte + 1);
    beyond += !visible;
  }
  g_string_append (json, ",\"th\":257,\"the\":258,\"\\u0120the\":259,\"aa\":260},"
                         "\"merges\":[\"t h\",[\"th\",\"e\"],[\"\\u0120\",\"the\"],\"a a\"]}}");
  return g_string_free (json, FALSE);
}

#define BYTE_LEVEL "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}"
#define BYTE_LEVEL_SPACE "{\"type\":\"ByteLevel\",\"add_prefix_space\":true}"
#define DIGITS "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true}," BYTE_LEVEL "]}"

static inline CosmosTokenizer *bpe_new (const char *pre_tokenizer)
{
  g_autofree char *json = bpe_json (pre_tokenizer);
  CosmosError err = {0};
  CosmosTokenizer *self = cosmos_tokenizer_new_from_json_bytes (json, strlen (json), "small.json", &err);
  if (!self)
    g_error ("%s", err.message);
  return self;
}

static inline CosmosTokenizer *wordpiece_new (bool lower_case)
{
  CosmosError err = {0};
  CosmosTokenizer *self = cosmos_tokenizer_new_from_vocabulary_bytes (WORDPIECE_LINES, strlen (WORDPIECE_LINES), lower_case,
                                                                      "vocab.txt", &err);
  if (!self)
    g_error ("%s", err.message);
  return self;
}

/* All ids of a text; free() them. */
static inline int32_t *encode_all (const CosmosTokenizer *self, const char *text, size_t length, size_t *n)
{
  CosmosError err = {0};
  if (!cosmos_tokenizer_encode (self, text, length, NULL, 0, n, &err))
    g_error ("%s", err.message);
  int32_t *ids = g_new (int32_t, *n + 1);
  size_t again;
  g_assert_true (cosmos_tokenizer_encode (self, text, length, ids, *n, &again, &err));
  g_assert_cmpuint (again, ==, *n);
  return ids;
}

/* "5 6 7" */
static inline char *ids_of (const CosmosTokenizer *self, const char *text)
{
  size_t n;
  g_autofree int32_t *ids = encode_all (self, text, strlen (text), &n);
  GString *line = g_string_new (NULL);
  for (size_t i = 0; i < n; i++)
    g_string_append_printf (line, "%s%d", i ? " " : "", ids[i]);
  return g_string_free (line, FALSE);
}

static inline char *round_trip (const CosmosTokenizer *self, const char *text)
{
  size_t n;
  g_autofree int32_t *ids = encode_all (self, text, strlen (text), &n);
  return cosmos_tokenizer_decode (self, ids, n);
}

#define assert_ids(tokenizer, text, expected)         \
  do {                                                \
    g_autofree char *ids_ = ids_of (tokenizer, text); \
    g_assert_cmpstr (ids_, ==, expected);             \
  } while (0)

#define assert_round_trip(tokenizer, text, expected)       \
  do {                                                     \
    g_autofree char *text_ = round_trip (tokenizer, text); \
    g_assert_cmpstr (text_, ==, expected);                 \
  } while (0)

/* The error's sentence has both parts. */
#define assert_error(err, status, part1, part2)                                       \
  do {                                                                                \
    g_assert_cmpint ((err).code, ==, status);                                         \
    if (!strstr ((err).message, part1) || !strstr ((err).message, part2))             \
      g_error ("\"%s\" does not say \"%s\" and \"%s\"", (err).message, part1, part2); \
  } while (0)
