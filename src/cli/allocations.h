/* How often this process, libraries included, has asked the system's allocator for memory.
 *
 * The command defines malloc and its relatives itself, counts, and hands over to glibc's: the only way to see also what is given back at once. */
#pragma once

typedef struct {
  long own;       /* by code of this program, the core included */
  long libraries; /* by shared libraries */
} CliAllocations;

/* Both -1 where a sanitizer has the allocator. */
CliAllocations cli_allocations_get (void);
