/* Puts PyTorch checkpoints together by hand: pickles of tensors, and the zip around them, right or with one thing wrong. */
#pragma once

#include "bytes.h"

/* ---- the sum of zip files ---- */

/* CRC-32 (IEEE 802.3) of n more bytes; data NULL: zeros. */
static inline uint32_t torch_crc (uint32_t sum, const void *data, size_t n)
{
  static uint32_t table[256];
  const unsigned char *bytes = data;
  if (!table[1])
    for (uint32_t i = 0; i < 256; i++) {
      table[i] = i;
      for (int k = 0; k < 8; k++)
        table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
    }
  sum = ~sum;
  for (size_t i = 0; i < n; i++)
    sum = sum >> 8 ^ table[(sum ^ (bytes ? bytes[i] : 0)) & 0xff];
  return ~sum;
}

/* ---- pickles ---- */

static inline void pickle_text (GByteArray *self, const char *text)
{
  bytes_u8 (self, 'X');
  bytes_u32 (self, (uint32_t) strlen (text));
  bytes_put (self, text, strlen (text));
}

static inline void pickle_integer (GByteArray *self, int64_t number)
{
  bytes_u8 (self, 0x8a);
  bytes_u8 (self, 8);
  bytes_put (self, &number, 8);
}

static inline void pickle_tuple (GByteArray *self, int n, const int64_t *numbers)
{
  bytes_u8 (self, '(');
  for (int i = 0; i < n; i++)
    pickle_integer (self, numbers[i]);
  bytes_u8 (self, 't');
}

static inline void pickle_begin (GByteArray *self)
{
  bytes_put (self, "\x80\x02}", 3);
}

/* What a checkpoint says of a tensor; zeros: F32, storage "0". */
typedef struct {
  const char *class, *key, *word;
  int64_t numbers, offset; /* of the storage */
  int rank;
  int64_t shape[9], strides[9];
} PickledTensor;

static inline void pickle_tensor (GByteArray *self, const PickledTensor *tensor)
{
  g_autofree char *global = g_strdup_printf ("ctorch\n%s\n", tensor->class ? tensor->class : "FloatStorage");
  bytes_put (self, "ctorch._utils\n_rebuild_tensor_v2\n((", strlen ("ctorch._utils\n_rebuild_tensor_v2\n(("));
  pickle_text (self, tensor->word ? tensor->word : "storage");
  bytes_put (self, global, strlen (global));
  pickle_text (self, tensor->key ? tensor->key : "0");
  pickle_text (self, "cuda:0");
  pickle_integer (self, tensor->numbers);
  bytes_put (self, "tQ", 2);
  pickle_integer (self, tensor->offset);
  pickle_tuple (self, tensor->rank, tensor->shape);
  pickle_tuple (self, tensor->rank, tensor->strides);
  bytes_put (self,
             "\x89"
             "ccollections\nOrderedDict\n)RtR",
             strlen ("\x89"
                     "ccollections\nOrderedDict\n)RtR"));
}

/* A tensor under a key of the dictionary that is on the stack. */
static inline void pickle_set_tensor (GByteArray *self, const char *name, const PickledTensor *tensor)
{
  pickle_text (self, name);
  pickle_tensor (self, tensor);
  bytes_u8 (self, 's');
}

/* ---- zips ---- */

typedef struct {
  GByteArray *bytes, *directory;
  guint n;
} TorchZip;

/* What is wrong with an entry; zeros: nothing. */
typedef struct {
  uint16_t method, flags;
  uint32_t wrong_sum; /* is added */
  int32_t longer;     /* than it is, by the directory */
  uint32_t place;     /* of another entry, whose data this one claims */
} TorchFault;

static inline void bytes_u16 (GByteArray *self, uint16_t x)
{
  bytes_put (self, &x, 2);
}

static inline void torch_zip_begin (TorchZip *self)
{
  *self = (TorchZip) {g_byte_array_new (), g_byte_array_new (), 0};
}

/* A local header with the data, and one in the directory. */
static inline void torch_zip_add (TorchZip *self, const char *name, const void *data, uint32_t size, TorchFault fault)
{
  uint32_t sum = torch_crc (0, data, size) + fault.wrong_sum, place = fault.place ? fault.place : self->bytes->len,
           said = size + (uint32_t) fault.longer;
  for (int is_central = fault.place ? 1 : 0; is_central < 2; is_central++) {
    GByteArray *bytes = is_central ? self->directory : self->bytes;
    bytes_put (bytes, is_central ? "PK\1\2\24\0\24\0" : "PK\3\4\24\0", is_central ? 8 : 6);
    bytes_u16 (bytes, fault.flags);
    bytes_u16 (bytes, fault.method);
    bytes_u32 (bytes, 0x00210000); /* a day in 1980 */
    bytes_u32 (bytes, sum);
    bytes_u32 (bytes, said);
    bytes_u32 (bytes, said);
    bytes_u16 (bytes, (uint16_t) strlen (name));
    bytes_u16 (bytes, 0);
    if (is_central) {
      bytes_put (bytes, "\0\0\0\0\0\0\0\0\0\0", 10);
      bytes_u32 (bytes, place);
    }
    bytes_put (bytes, name, strlen (name));
    if (!is_central)
      bytes_put (bytes, data, size);
  }
  self->n++;
}

static inline GByteArray *torch_zip_end (TorchZip *self)
{
  uint32_t place = self->bytes->len;
  bytes_put (self->bytes, self->directory->data, self->directory->len);
  bytes_put (self->bytes, "PK\5\6\0\0\0\0", 8);
  bytes_u16 (self->bytes, (uint16_t) self->n);
  bytes_u16 (self->bytes, (uint16_t) self->n);
  bytes_u32 (self->bytes, self->directory->len);
  bytes_u32 (self->bytes, place);
  bytes_u16 (self->bytes, 0);
  g_byte_array_unref (self->directory);
  return self->bytes;
}
