/* Text to token ids and back: the front of byte-level BPE (byte-pair.c) and BERT WordPiece (wordpiece.c).
 *
 * A tokenizer is constant after it was made and may be shared by threads. Texts are UTF-8 without zero bytes; others are refused with a
 * sentence that names the offset. encode() adds no special tokens: callers frame texts themselves ([CLS] text [SEP]).
 */
#pragma once

#include "core/base/status.h"
#include "core/file/gguf-writer.h"
#include "core/file/gguf.h"

typedef struct CosmosTokenizer CosmosTokenizer;

typedef enum {
  COSMOS_TOKEN_PAD,
  COSMOS_TOKEN_UNKNOWN,
  COSMOS_TOKEN_CLS, /* also the begin of a language model's sequence */
  COSMOS_TOKEN_SEP, /* also its end */
  COSMOS_TOKEN_MASK,
  COSMOS_N_SPECIAL_TOKENS
} CosmosSpecialToken;

/* From the tokenizer.ggml.* keys (model "gpt2" or "bert"), as write() leaves them. */
CosmosTokenizer *cosmos_tokenizer_new_from_gguf (const CosmosGguf *file, CosmosError *err);
/* A tokenizer.json of the Hugging Face tokenizers package: BPE with a ByteLevel pre-tokenizer, or WordPiece with BertNormalizer. */
CosmosTokenizer *cosmos_tokenizer_new_from_json (const char *path, CosmosError *err);
CosmosTokenizer *cosmos_tokenizer_new_from_json_bytes (const void *data, size_t size, const char *path, CosmosError *err);
/* A BERT vocab.txt, a token a line. */
CosmosTokenizer *cosmos_tokenizer_new_from_vocabulary (const char *path, bool lower_case, CosmosError *err);
CosmosTokenizer *cosmos_tokenizer_new_from_vocabulary_bytes (const void *data, size_t size, bool lower_case, const char *path,
                                                             CosmosError *err);
void cosmos_tokenizer_free (CosmosTokenizer *self);

/* Sets the tokenizer.ggml.* keys. */
void cosmos_tokenizer_write (const CosmosTokenizer *self, CosmosGgufWriter *writer);
/* The same with n special tokens more, behind those that there are. False when out of memory. */
bool cosmos_tokenizer_write_with (const CosmosTokenizer *self, const char *const *added, size_t n, CosmosGgufWriter *writer,
                                  CosmosError *err);

int cosmos_tokenizer_get_size (const CosmosTokenizer *self);
/* -1 where the vocabulary has none. */
int cosmos_tokenizer_get_special (const CosmosTokenizer *self, CosmosSpecialToken which);
bool cosmos_tokenizer_is_special (const CosmosTokenizer *self, int id);
/* The id of a vocabulary entry, or -1. */
int cosmos_tokenizer_find (const CosmosTokenizer *self, const char *token);
/* "byte-level BPE" or "WordPiece (cased)": for inspection. */
const char *cosmos_tokenizer_get_kind (const CosmosTokenizer *self);

/* *n: ids of the whole text; the first min (*n, capacity) are written to ids (NULL with capacity 0 just counts). length: bytes. */
bool cosmos_tokenizer_encode (const CosmosTokenizer *self, const char *text, size_t length, int32_t *ids, size_t capacity,
                              size_t *n, CosmosError *err);
/* The whole text of n ids, special tokens left out, ended by 0; free() it. Ids outside the vocabulary are
 * left out; bytes that make no UTF-8, and zero bytes, become U+FFFD. NULL when out of memory. BPE gives back the very text that was encoded
 * (special tokens apart; a tokenizer that puts a space before texts cannot tell one that was there, and loses it); WordPiece as spec 1.12
 * (joins ##, cleans spaces). */
char *cosmos_tokenizer_decode (const CosmosTokenizer *self, const int32_t *ids, size_t n);
/* One token for a person's eyes, as it would stand inside a text (a leading space kept, "##" of WordPiece dropped, specials as they are
 * named, incomplete UTF-8 as U+FFFD); at most size - 1 bytes, always ended by 0. */
void cosmos_tokenizer_describe (const CosmosTokenizer *self, int id, char *text, size_t size);
