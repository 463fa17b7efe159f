/* How often this process, libraries included, has asked the system's allocator for memory.
 *
 * The command defines malloc and its relatives itself, counts, and hands over to glibc's: the only way to see also what is given back at once. */
#pragma once

/* -1 where a sanitizer has the allocator. */
long cli_allocations_get_count (void);
