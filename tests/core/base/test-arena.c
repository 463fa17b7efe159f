#include "core/base/arena.h"

#include <string.h>

#include <glib.h>

static void test_alignment (void)
{
  CosmosArena *arena = cosmos_arena_new (1000);
  for (size_t size = 0; size < 300; size += 7) {
    void *piece = cosmos_arena_alloc (arena, size);
    g_assert_nonnull (piece);
    g_assert_cmpuint ((uintptr_t) piece % 64, ==, 0);
    memset (piece, 0xab, size);
  }
  cosmos_arena_free (arena);
}

/* Every piece keeps its own bytes, over many chunks. */
static void test_pieces_are_apart (void)
{
  enum { N = 200 };
  unsigned char *pieces[N];
  CosmosArena *arena = cosmos_arena_new (128);
  for (int i = 0; i < N; i++) {
    pieces[i] = cosmos_arena_alloc (arena, (size_t) i * 5 + 1);
    memset (pieces[i], i, (size_t) i * 5 + 1);
  }
  for (int i = 0; i < N; i++)
    for (int k = 0; k <= i * 5; k++)
      g_assert_cmpint (pieces[i][k], ==, i);
  g_assert_cmpuint (cosmos_arena_get_allocations (arena), >, 1);
  cosmos_arena_free (arena);
}

static void test_rewind_repeats (void)
{
  CosmosArena *arena = cosmos_arena_new (256);
  cosmos_arena_alloc (arena, 100);
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  void *first[50];
  for (int i = 0; i < 50; i++)
    first[i] = cosmos_arena_alloc (arena, (size_t) i * 64);
  size_t allocations = cosmos_arena_get_allocations (arena), size = cosmos_arena_get_size (arena);
  g_assert_cmpuint (allocations, >, 1);

  for (int round = 0; round < 3; round++) {
    cosmos_arena_rewind (arena, mark);
    for (int i = 0; i < 50; i++)
      g_assert_true (cosmos_arena_alloc (arena, (size_t) i * 64) == first[i]);
  }
  g_assert_cmpuint (cosmos_arena_get_allocations (arena), ==, allocations);
  g_assert_cmpuint (cosmos_arena_get_size (arena), ==, size);
  cosmos_arena_free (arena);
}

static void test_large_piece (void)
{
  CosmosArena *arena = cosmos_arena_new (64);
  size_t size = 10 << 20;
  unsigned char *piece = cosmos_arena_alloc (arena, size);
  g_assert_nonnull (piece);
  piece[0] = piece[size - 1] = 1;
  g_assert_cmpuint (cosmos_arena_get_size (arena), >=, size + 64);
  cosmos_arena_free (arena);
}

/* A refused piece leaves the arena usable, and what it held stays. */
static void test_too_much (void)
{
  CosmosArena *arena = cosmos_arena_new (0);
  char *kept = cosmos_arena_alloc (arena, 4);
  memcpy (kept, "abc", 4);
  g_assert_null (cosmos_arena_alloc (arena, SIZE_MAX));
  g_assert_null (cosmos_arena_alloc (arena, SIZE_MAX - 64));
  g_assert_null (cosmos_arena_alloc (arena, SIZE_MAX / 2));
  g_assert_nonnull (cosmos_arena_alloc (arena, 1000));
  g_assert_cmpstr (kept, ==, "abc");
  cosmos_arena_free (arena);
  g_assert_null (cosmos_arena_new (SIZE_MAX));
  cosmos_arena_free (NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arena/alignment", test_alignment);
  g_test_add_func ("/arena/pieces-are-apart", test_pieces_are_apart);
  g_test_add_func ("/arena/rewind-repeats", test_rewind_repeats);
  g_test_add_func ("/arena/large-piece", test_large_piece);
  g_test_add_func ("/arena/too-much", test_too_much);
  return g_test_run ();
}
