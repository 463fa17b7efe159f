#include "core/math/pack-memory.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

enum { PIECES = 40 };

/* Pieces of all sizes, some larger than a block, do not overlap, and are given back in any order. */
static void test_pieces (void)
{
  unsigned char *pieces[PIECES];
  size_t sizes[PIECES];
  CosmosPackBlock *blocks[PIECES];
  int n_blocks = 0;
  for (int i = 0; i < PIECES; i++) {
    sizes[i] = i == 7 ? 17 << 20 : (size_t) i * i * 1000 + 1;
    pieces[i] = cosmos_pack_memory_get (sizes[i], &blocks[i]);
    g_assert_nonnull (pieces[i]);
    g_assert_cmpuint ((guintptr) pieces[i] % 64, ==, 0);
    memset (pieces[i], i + 1, sizes[i]);
    n_blocks += i == 0 || blocks[i] != blocks[i - 1];
  }
  g_assert_cmpint (n_blocks, >, 1);
  g_assert_cmpint (n_blocks, <, PIECES / 2); /* small ones share */
  for (int i = 0; i < PIECES; i++) {
    int k = i * 7 % PIECES;
    for (size_t j = 0; j < sizes[k]; j++)
      g_assert_true (pieces[k][j] == k + 1);
    cosmos_pack_memory_release (blocks[k]);
  }
  CosmosPackBlock *again;
  g_assert_nonnull (cosmos_pack_memory_get (10, &again));
  cosmos_pack_memory_release (again);
  cosmos_pack_memory_release (NULL);
}

static void test_no_memory (void)
{
  CosmosPackBlock *block = NULL;
  g_assert_null (cosmos_pack_memory_get (SIZE_MAX, &block));
  g_assert_null (cosmos_pack_memory_get (SIZE_MAX / 2, &block));
  g_assert_null (block);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pack-memory/pieces", test_pieces);
  g_test_add_func ("/pack-memory/no-memory", test_no_memory);
  return g_test_run ();
}
