/* The named values of a GGUF file. All ranges were checked when the file was opened. */
#include "core/file/gguf-private.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

static const char *const kind_names[COSMOS_GGUF_N_KINDS] = {
  [COSMOS_GGUF_U8] = "u8",       [COSMOS_GGUF_I8] = "i8",   [COSMOS_GGUF_U16] = "u16", [COSMOS_GGUF_I16] = "i16",
  [COSMOS_GGUF_U32] = "u32",     [COSMOS_GGUF_I32] = "i32", [COSMOS_GGUF_F32] = "f32", [COSMOS_GGUF_BOOL] = "bool",
  [COSMOS_GGUF_U64] = "u64",     [COSMOS_GGUF_I64] = "i64", [COSMOS_GGUF_F64] = "f64", [COSMOS_GGUF_STRING] = "string",
  [COSMOS_GGUF_ARRAY] = "array",
};

static bool is_float (CosmosGgufKind kind)
{
  return kind == COSMOS_GGUF_F32 || kind == COSMOS_GGUF_F64;
}

static bool is_integer (CosmosGgufKind kind)
{
  return !is_float (kind) && kind != COSMOS_GGUF_BOOL && kind != COSMOS_GGUF_STRING && kind != COSMOS_GGUF_ARRAY;
}

/* An integer or a bool; u64 beyond INT64_MAX comes as if it were signed. */
static int64_t load_integer (CosmosGgufKind kind, const unsigned char *at)
{
  uint64_t bits = 0;
  size_t size = cosmos_gguf_kind_get_size (kind);
  memcpy (&bits, at, size);
  bool is_signed = kind == COSMOS_GGUF_I8 || kind == COSMOS_GGUF_I16 || kind == COSMOS_GGUF_I32;
  if (is_signed && bits >> (8 * size - 1))
    bits |= UINT64_MAX << (8 * size);
  return (int64_t) bits;
}

static bool is_too_large (CosmosGgufKind kind, int64_t loaded)
{
  return kind == COSMOS_GGUF_U64 && loaded < 0;
}

static double load_number (CosmosGgufKind kind, const unsigned char *at)
{
  if (kind == COSMOS_GGUF_F32) {
    float x;
    memcpy (&x, at, sizeof x);
    return x;
  }
  if (kind == COSMOS_GGUF_F64) {
    double x;
    memcpy (&x, at, sizeof x);
    return x;
  }
  int64_t x = load_integer (kind, at);
  return kind == COSMOS_GGUF_U64 ? (double) (uint64_t) x : (double) x;
}

static CosmosGgufString next_string (const unsigned char **at)
{
  uint64_t length;
  memcpy (&length, *at, sizeof length);
  CosmosGgufString string = {(const char *) *at + sizeof length, (size_t) length};
  *at += sizeof length + string.length;
  return string;
}

static const CosmosGgufValue *find (const CosmosGguf *self, const char *key)
{
  size_t index;
  return cosmos_name_table_find (&self->value_names, key, &index) ? &self->values[index] : NULL;
}

static const CosmosGgufValue *require (const CosmosGguf *self, const char *key, bool is_array, CosmosError *err)
{
  const CosmosGgufValue *value = find (self, key);
  if (!value) {
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the key %s is missing", cosmos_gguf_get_path (self), key);
    return NULL;
  }
  if (value->is_array != is_array) {
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is %s array", cosmos_gguf_get_path (self), key, is_array ? "no" : "an");
    return NULL;
  }
  return value;
}

static bool wrong_kind (const CosmosGguf *self, const CosmosGgufValue *value, const char *wanted, CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is of kind %s where %s is expected", cosmos_gguf_get_path (self),
                           value->key, kind_names[value->kind], wanted);
}

static bool not_finite (const CosmosGguf *self, const CosmosGgufValue *value, CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s holds infinity or NaN", cosmos_gguf_get_path (self), value->key);
}

bool cosmos_gguf_has (const CosmosGguf *self, const char *key)
{
  return find (self, key) != NULL;
}

bool cosmos_gguf_get_integer (const CosmosGguf *self, const char *key, int64_t min, int64_t max, int64_t *value, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, false, err);
  if (!found)
    return false;
  if (!is_integer (found->kind))
    return wrong_kind (self, found, "an integer", err);
  int64_t x = load_integer (found->kind, found->data);
  if (is_too_large (found->kind, x) || x < min || x > max) {
    char text[32];
    cosmos_gguf_describe_value (self, (size_t) (found - self->values), text, sizeof text);
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s is %s; it must be between %" PRId64 " and %" PRId64,
                             cosmos_gguf_get_path (self), key, text, min, max);
  }
  *value = x;
  return true;
}

bool cosmos_gguf_get_float (const CosmosGguf *self, const char *key, double *value, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, false, err);
  if (!found)
    return false;
  if (!is_integer (found->kind) && !is_float (found->kind))
    return wrong_kind (self, found, "a number", err);
  double x = load_number (found->kind, found->data);
  if (!isfinite (x))
    return not_finite (self, found, err);
  *value = x;
  return true;
}

bool cosmos_gguf_get_bool (const CosmosGguf *self, const char *key, bool *value, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, false, err);
  if (!found)
    return false;
  if (found->kind != COSMOS_GGUF_BOOL)
    return wrong_kind (self, found, "a bool", err);
  *value = *found->data != 0;
  return true;
}

bool cosmos_gguf_get_string (const CosmosGguf *self, const char *key, const char **value, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, false, err);
  if (!found)
    return false;
  if (found->kind != COSMOS_GGUF_STRING)
    return wrong_kind (self, found, "a string", err);
  if (!found->text)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is no text: it is not UTF-8 or holds a zero byte",
                             cosmos_gguf_get_path (self), key);
  *value = found->text;
  return true;
}

bool cosmos_gguf_get_array_length (const CosmosGguf *self, const char *key, size_t *length, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, true, err);
  if (found)
    *length = found->n;
  return found != NULL;
}

bool cosmos_gguf_get_strings (const CosmosGguf *self, const char *key, CosmosGgufString *items, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, true, err);
  if (!found)
    return false;
  if (found->kind != COSMOS_GGUF_STRING)
    return wrong_kind (self, found, "an array of strings", err);
  const unsigned char *at = found->data;
  for (size_t i = 0; i < found->n; i++)
    items[i] = next_string (&at);
  return true;
}

bool cosmos_gguf_get_integers (const CosmosGguf *self, const char *key, int64_t *items, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, true, err);
  if (!found)
    return false;
  if (!is_integer (found->kind) && found->kind != COSMOS_GGUF_BOOL)
    return wrong_kind (self, found, "an array of integers", err);
  size_t size = cosmos_gguf_kind_get_size (found->kind);
  for (size_t i = 0; i < found->n; i++) {
    if (is_too_large (found->kind, load_integer (found->kind, found->data + i * size)))
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s holds a number beyond %" PRId64, cosmos_gguf_get_path (self),
                               key, INT64_MAX);
  }
  for (size_t i = 0; i < found->n; i++)
    items[i] = load_integer (found->kind, found->data + i * size);
  return true;
}

bool cosmos_gguf_get_floats (const CosmosGguf *self, const char *key, double *items, CosmosError *err)
{
  const CosmosGgufValue *found = require (self, key, true, err);
  if (!found)
    return false;
  if (!is_integer (found->kind) && !is_float (found->kind))
    return wrong_kind (self, found, "an array of numbers", err);
  size_t size = cosmos_gguf_kind_get_size (found->kind);
  for (size_t i = 0; i < found->n; i++) {
    if (!isfinite (load_number (found->kind, found->data + i * size)))
      return not_finite (self, found, err);
  }
  for (size_t i = 0; i < found->n; i++)
    items[i] = load_number (found->kind, found->data + i * size);
  return true;
}

size_t cosmos_gguf_get_n_keys (const CosmosGguf *self)
{
  return self->n_values;
}

const char *cosmos_gguf_get_key (const CosmosGguf *self, size_t index)
{
  return self->values[index].key;
}

/* Cut between characters; what could steer a terminal becomes a space. */
static void describe_text (const char *source, size_t length, char *text, size_t size)
{
  size_t used = 0;
  for (size_t at = 0; at < length;) {
    utf8proc_int32_t point;
    size_t left = length - at < 4 ? length - at : 4;
    size_t n = (size_t) utf8proc_iterate ((const utf8proc_uint8_t *) source + at, (utf8proc_ssize_t) left, &point);
    if (n >= size - used)
      break;
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
      text[used++] = ' ';
    else
      used = (size_t) ((char *) mempcpy (text + used, source + at, n) - text);
    at += n;
  }
  text[used] = 0;
}

void cosmos_gguf_describe_value (const CosmosGguf *self, size_t index, char *text, size_t size)
{
  const CosmosGgufValue *value = &self->values[index];
  if (size == 0)
    return;
  if (value->is_array) {
    snprintf (text, size, "[%zu %s%s]", value->n, kind_names[value->kind],
              value->kind == COSMOS_GGUF_STRING && value->n != 1 ? "s" : "");
  } else if (value->kind == COSMOS_GGUF_STRING) {
    if (value->text)
      describe_text (value->text, value->n, text, size);
    else
      snprintf (text, size, "[%zu bytes]", value->n);
  } else if (value->kind == COSMOS_GGUF_BOOL) {
    snprintf (text, size, "%s", *value->data ? "true" : "false");
  } else if (is_float (value->kind)) {
    snprintf (text, size, "%g", load_number (value->kind, value->data));
  } else if (value->kind == COSMOS_GGUF_U64) {
    snprintf (text, size, "%" PRIu64, (uint64_t) load_integer (value->kind, value->data));
  } else {
    snprintf (text, size, "%" PRId64, load_integer (value->kind, value->data));
  }
}
