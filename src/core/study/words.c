#include "core/study/words.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

typedef struct {
  size_t offset, length; /* in the bytes of all different words */
  int32_t id;            /* -1: a free slot */
} Word;

/* Different words lie one behind another in `bytes`; `slots` finds them, open addressing over 2^k slots, at most half full. */
struct CosmosWords {
  char *bytes;
  size_t n_bytes, bytes_capacity;
  size_t *starts; /* of the different words, in bytes, by number */
  size_t starts_capacity;
  Word *slots;
  size_t n_slots, n_different;
  int32_t *ids; /* of all texts, one text behind another */
  size_t n_ids, ids_capacity;
  size_t *ends; /* of the texts, in ids */
  size_t n_texts, texts_capacity;
};

/* Room for `more` items of `size` bytes behind n. */
static bool reserve (void **data, size_t *capacity, size_t n, size_t more, size_t size)
{
  if (n + more <= *capacity)
    return true;
  size_t larger = 2 * (n + more) + 64;
  void *moved = realloc (*data, larger * size);
  if (!moved)
    return false;
  *data = moved;
  *capacity = larger;
  return true;
}

#define RESERVE(data, capacity, n, more) reserve ((void **) &(data), &(capacity), n, more, sizeof *(data))

static Word *new_slots (size_t n)
{
  Word *slots = malloc (n * sizeof *slots);
  for (size_t i = 0; slots && i < n; i++)
    slots[i].id = -1;
  return slots;
}

CosmosWords *cosmos_words_new (void)
{
  CosmosWords *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->n_slots = 64;
  self->slots = new_slots (self->n_slots);
  if (!self->slots) {
    free (self);
    return NULL;
  }
  return self;
}

void cosmos_words_free (CosmosWords *self)
{
  if (!self)
    return;
  free (self->bytes);
  free (self->starts);
  free (self->slots);
  free (self->ids);
  free (self->ends);
  free (self);
}

size_t cosmos_words_get_n_texts (const CosmosWords *self)
{
  return self->n_texts;
}

const int32_t *cosmos_words_get_text (const CosmosWords *self, size_t index, size_t *n)
{
  size_t start = index > 0 ? self->ends[index - 1] : 0;
  *n = self->ends[index] - start;
  return start > 0 ? self->ids + start : self->ids; /* no arithmetic on NULL, where no text has a word */
}

/* FNV-1a. */
static size_t hash (const char *bytes, size_t length)
{
  uint64_t value = 0xcbf29ce484222325u;
  for (size_t i = 0; i < length; i++)
    value = (value ^ (unsigned char) bytes[i]) * 0x100000001b3u;
  return (size_t) (value ^ (value >> 32));
}

static Word *find (const CosmosWords *self, Word *slots, size_t n_slots, const char *bytes, size_t length)
{
  size_t at = hash (bytes, length) & (n_slots - 1);
  while (slots[at].id >= 0 && (slots[at].length != length || memcmp (self->bytes + slots[at].offset, bytes, length) != 0))
    at = (at + 1) & (n_slots - 1);
  return &slots[at];
}

static bool grow_slots (CosmosWords *self)
{
  size_t larger = 2 * self->n_slots;
  Word *slots = new_slots (larger);
  if (!slots)
    return false;
  for (size_t i = 0; i < self->n_slots; i++) {
    const Word *word = &self->slots[i];
    if (word->id >= 0)
      *find (self, slots, larger, self->bytes + word->offset, word->length) = *word;
  }
  free (self->slots);
  self->slots = slots;
  self->n_slots = larger;
  return true;
}

/* The word's number, a new one where it is new; -1 when out of memory. */
static int32_t number (CosmosWords *self, const char *bytes, size_t length)
{
  Word *slot = find (self, self->slots, self->n_slots, bytes, length);
  if (slot->id >= 0)
    return slot->id;
  if (2 * (self->n_different + 1) > self->n_slots) {
    if (!grow_slots (self))
      return -1;
    slot = find (self, self->slots, self->n_slots, bytes, length);
  }
  if (!RESERVE (self->bytes, self->bytes_capacity, self->n_bytes, length)
      || !RESERVE (self->starts, self->starts_capacity, self->n_different, 1))
    return -1;
  self->starts[self->n_different] = self->n_bytes;
  memcpy (self->bytes + self->n_bytes, bytes, length);
  *slot = (Word) {self->n_bytes, length, (int32_t) self->n_different++};
  self->n_bytes += length;
  return slot->id;
}

typedef enum { SPACE, LETTER, OTHER } Kind;

static Kind kind (utf8proc_int32_t point)
{
  if (point == '\'' || point == 0x2019)
    return LETTER;
  switch (utf8proc_category (point)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return LETTER;
  case UTF8PROC_CATEGORY_ZS:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return SPACE;
  default:
    return (point >= '\t' && point <= '\r') || point == 0x85 ? SPACE : OTHER;
  }
}

/* The character at text: its bytes, at least 1. */
static size_t read_character (const char *text, size_t size, Kind *what)
{
  utf8proc_int32_t point;
  utf8proc_ssize_t length = utf8proc_iterate ((const utf8proc_uint8_t *) text, (utf8proc_ssize_t) size, &point);
  *what = length > 0 ? kind (point) : OTHER;
  return length > 0 ? (size_t) length : 1;
}

bool cosmos_words_next (const char *text, size_t size, size_t *at, size_t *start)
{
  Kind what = SPACE;
  while (what == SPACE && *at < size) {
    *start = *at;
    *at += read_character (text + *at, size - *at, &what);
  }
  for (Kind next = what; what == LETTER && *at < size;) {
    size_t length = read_character (text + *at, size - *at, &next);
    if (next != LETTER)
      break;
    *at += length;
  }
  return what != SPACE;
}

/* As cosmos_words_next. */
static bool next_parted (const char *text, size_t size, size_t *at, size_t *start)
{
  while (*at < size && text[*at] == ' ')
    ++*at;
  *start = *at;
  while (*at < size && text[*at] != ' ')
    ++*at;
  return *at > *start;
}

static bool add (CosmosWords *self, const char *text, size_t size, bool (*next) (const char *, size_t, size_t *, size_t *))
{
  size_t n_ids = self->n_ids, at = 0, start;
  while (next (text, size, &at, &start)) {
    int32_t id = number (self, text + start, at - start);
    if (id < 0 || !RESERVE (self->ids, self->ids_capacity, self->n_ids, 1)) {
      self->n_ids = n_ids;
      return false;
    }
    self->ids[self->n_ids++] = id;
  }
  if (!RESERVE (self->ends, self->texts_capacity, self->n_texts, 1)) {
    self->n_ids = n_ids;
    return false;
  }
  self->ends[self->n_texts++] = self->n_ids;
  return true;
}

bool cosmos_words_add (CosmosWords *self, const char *text, size_t size)
{
  return add (self, text, size, cosmos_words_next);
}

bool cosmos_words_add_parted (CosmosWords *self, const char *text, size_t size)
{
  return add (self, text, size, next_parted);
}

size_t cosmos_words_get_n_different (const CosmosWords *self)
{
  return self->n_different;
}

const char *cosmos_words_get_word (const CosmosWords *self, int32_t id, size_t *length)
{
  size_t start = self->starts[id], end = (size_t) id + 1 < self->n_different ? self->starts[id + 1] : self->n_bytes;
  *length = end - start;
  return self->bytes + start;
}
