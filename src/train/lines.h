/* The lines of a text file, one after the other; a file whose name ends in .xz is unpacked on the way. */
#pragma once

#include "core/base/status.h"
#include <stddef.h>

typedef struct CosmosLines CosmosLines;

CosmosLines *cosmos_lines_open (const char *path, CosmosError *err);
void cosmos_lines_close (CosmosLines *self);
/* The next line without its end, and ended by 0; until the next call. *line NULL at the end of the file. Lines of over 16 MiB are refused. */
bool cosmos_lines_next (CosmosLines *self, char **line, size_t *length, CosmosError *err);
/* Counts from 1; of the line that next() gave last. */
size_t cosmos_lines_get_number (const CosmosLines *self);
