/* Pickles of state dicts, read without running anything.
 *
 * A pickle is a program for a stack machine; this one knows the instructions of protocol 2 that torch.save() writes for dictionaries of tensors, numbers
 * and texts, and refuses every other one by name and offset. Classes and functions are names in a fixed list: nothing is imported or called, a "call" only
 * builds a record. A value may hold itself (a list in a memo): walk with a bound. The tree is constant, and refers to the pickle's bytes.
 */
#pragma once

#include "core/base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef enum {
  COSMOS_PICKLE_NONE,
  COSMOS_PICKLE_BOOLEAN, /* integer 0 or 1 */
  COSMOS_PICKLE_INTEGER,
  COSMOS_PICKLE_NUMBER,
  COSMOS_PICKLE_TEXT,   /* UTF-8, not ended by 0 */
  COSMOS_PICKLE_GLOBAL, /* a class or function of the list */
  COSMOS_PICKLE_TUPLE,  /* also torch.Size */
  COSMOS_PICKLE_LIST,
  COSMOS_PICKLE_DICT,    /* items: key, value, key, value ...; keys are texts or integers, and may be there twice */
  COSMOS_PICKLE_STORAGE, /* a persistent id: the items of its tuple */
  COSMOS_PICKLE_TENSOR,  /* items: what torch._utils._rebuild_tensor_v2 is called with; also a Parameter of it */
} CosmosPickleKind;

typedef struct {
  const char *module, *name;
} CosmosPickleGlobal;

typedef struct CosmosPickleValue CosmosPickleValue;
struct CosmosPickleValue {
  CosmosPickleKind kind;
  bool is_ordered; /* an OrderedDict */
  union {
    int64_t integer;
    double number;
    struct {
      const char *data;
      size_t length;
    } text;
    const CosmosPickleGlobal *global;
    struct {
      CosmosPickleValue **items;
      size_t n, capacity;
    };
  };
};

typedef struct CosmosPickle CosmosPickle;

/* data must outlive the pickle. path: for messages. */
CosmosPickle *cosmos_pickle_new (const void *data, size_t size, const char *path, CosmosError *err);
void cosmos_pickle_free (CosmosPickle *self);
const CosmosPickleValue *cosmos_pickle_get_root (const CosmosPickle *self);

/* True of a text that is this one. */
bool cosmos_pickle_is_text (const CosmosPickleValue *self, const char *text);
/* The value of the last such key, or NULL; also where self is no dictionary. */
const CosmosPickleValue *cosmos_pickle_find (const CosmosPickleValue *self, const char *key);
