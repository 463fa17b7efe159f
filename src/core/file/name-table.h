/* Finds the place of a name among the names of a file. For the readers and writers of this folder only.
 *
 * Names are borrowed and must outlive the table. A cleared struct is an empty table. A file of a million names costs no more
 * a look-up than one of ten, whatever the names are.
 */
#pragma once

#include "core/base/hash.h"

#include <stdbool.h>

typedef struct {
  const char *name; /* NULL: free */
  size_t index;
} CosmosNameSlot;

typedef struct {
  CosmosNameSlot *slots;
  size_t mask; /* slots - 1 */
  size_t n;
  CosmosHashKey key;
} CosmosNameTable;

void cosmos_name_table_clear (CosmosNameTable *self);
/* False where the name is not there. index may be NULL. */
bool cosmos_name_table_find (const CosmosNameTable *self, const char *name, size_t *index);
/* The name must not be there yet. False: out of memory. */
bool cosmos_name_table_add (CosmosNameTable *self, const char *name, size_t index);
