#include "train/lines.h"

#include <lzma.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 16, LONGEST_LINE = 16 << 20 };

struct CosmosLines {
  char *path;
  FILE *file;
  bool is_packed, has_ended;
  lzma_stream lzma;
  unsigned char packed[PIECE];
  char *text; /* unpacked, not yet given: from `first` to `end` */
  size_t first, end, capacity;
  size_t number;
};

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

CosmosLines *cosmos_lines_open (const char *path, CosmosError *err)
{
  CosmosLines *self = calloc (1, sizeof *self);
  if (self)
    self->path = strdup (path);
  if (!self || !self->path) {
    cosmos_lines_close (self);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  self->lzma = (lzma_stream) LZMA_STREAM_INIT;
  self->is_packed = ends_with (path, ".xz");
  self->file = fopen (path, "rbe");
  bool ok = self->file || cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", path, strerror (errno));
  if (ok && self->is_packed && lzma_stream_decoder (&self->lzma, 1 << 28, LZMA_CONCATENATED) != LZMA_OK)
    ok = cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  if (ok)
    return self;
  cosmos_lines_close (self);
  return NULL;
}

void cosmos_lines_close (CosmosLines *self)
{
  if (!self)
    return;
  lzma_end (&self->lzma);
  if (self->file)
    fclose (self->file);
  free (self->text);
  free (self->path);
  free (self);
}

/* Room for a piece behind `end`. */
static bool make_room (CosmosLines *self, CosmosError *err)
{
  if (self->first > 0)
    memmove (self->text, self->text + self->first, self->end - self->first);
  self->end -= self->first;
  self->first = 0;
  if (self->end > LONGEST_LINE)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: line %zu is longer than %d bytes", self->path, self->number + 1,
                             LONGEST_LINE);
  if (self->end + PIECE + 1 <= self->capacity)
    return true;
  size_t capacity = 2 * self->capacity + PIECE + 1;
  char *text = realloc (self->text, capacity);
  if (!text)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", self->path);
  self->text = text;
  self->capacity = capacity;
  return true;
}

static bool read_file (CosmosLines *self, void *bytes, size_t *n, CosmosError *err)
{
  *n = fread (bytes, 1, PIECE, self->file);
  return !ferror (self->file) || cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", self->path, strerror (errno));
}

static bool unpack (CosmosLines *self, CosmosError *err)
{
  self->lzma.next_out = (unsigned char *) self->text + self->end;
  self->lzma.avail_out = PIECE;
  while (self->lzma.avail_out == PIECE && !self->has_ended) {
    size_t n = 0;
    if (self->lzma.avail_in == 0) {
      if (!read_file (self, self->packed, &n, err))
        return false;
      self->lzma.next_in = self->packed;
      self->lzma.avail_in = n;
    }
    lzma_ret result = lzma_code (&self->lzma, feof (self->file) ? LZMA_FINISH : LZMA_RUN);
    if (result == LZMA_STREAM_END)
      self->has_ended = true;
    else if (result != LZMA_OK)
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: is no whole .xz file", self->path);
  }
  self->end += PIECE - self->lzma.avail_out;
  return true;
}

static bool read_piece (CosmosLines *self, CosmosError *err)
{
  if (!make_room (self, err))
    return false;
  if (self->is_packed)
    return unpack (self, err);
  size_t n;
  if (!read_file (self, self->text + self->end, &n, err))
    return false;
  self->end += n;
  self->has_ended = n == 0;
  return true;
}

bool cosmos_lines_next (CosmosLines *self, char **line, size_t *length, CosmosError *err)
{
  size_t looked = 0;
  for (;;) {
    char *begin = self->text ? self->text + self->first : NULL;
    size_t there = self->end - self->first;
    char *stop = there > looked ? memchr (begin + looked, '\n', there - looked) : NULL;
    if (!stop && !self->has_ended) {
      looked = there;
      if (!read_piece (self, err))
        return false;
      continue;
    }
    *line = NULL;
    if (!stop && there == 0)
      return true;
    *line = begin;
    *length = stop ? (size_t) (stop - begin) : there;
    self->first += *length + (stop ? 1 : 0);
    begin[*length] = 0;
    self->number++;
    return true;
  }
}

size_t cosmos_lines_get_number (const CosmosLines *self)
{
  return self->number;
}
