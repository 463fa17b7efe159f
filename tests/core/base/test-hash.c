#include "core/base/hash.h"

#include <glib.h>

/* Another key, other places: nobody can prepare names that collide. */
static void test_keys (void)
{
  CosmosHashKey a = cosmos_hash_key_new (), b = cosmos_hash_key_new ();
  g_assert_cmpuint (cosmos_hash_bytes (a, "name", 4), ==, cosmos_hash_bytes (a, "name", 4));
  g_assert_cmpuint (cosmos_hash_bytes (a, "name", 4), !=, cosmos_hash_bytes (b, "name", 4));
  g_assert_cmpuint (cosmos_hash_number (a, 7), !=, cosmos_hash_number (b, 7));
}

/* Length, tail and every byte count, also zeros. */
static void test_bytes (void)
{
  CosmosHashKey key = cosmos_hash_key_new ();
  char text[40] = {0};
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (size_t length = 0; length <= sizeof text; length++) {
    guint64 hash = cosmos_hash_bytes (key, text, length);
    g_assert_true (g_hash_table_add (seen, g_memdup2 (&hash, sizeof hash)));
    for (size_t i = 0; i < length; i++) {
      text[i] = 1;
      hash = cosmos_hash_bytes (key, text, length);
      text[i] = 0;
      g_assert_true (g_hash_table_add (seen, g_memdup2 (&hash, sizeof hash)));
    }
  }
}

/* Numbers in a row, the usual case, spread over the low bits that tables use. */
static void test_spread (void)
{
  enum { N = 1 << 14, SLOTS = 1 << 8 };
  CosmosHashKey key = cosmos_hash_key_new ();
  int counts[SLOTS] = {0};
  for (uint64_t i = 0; i < N; i++)
    counts[cosmos_hash_number (key, i) % SLOTS]++;
  for (int i = 0; i < SLOTS; i++) { /* 64 expected, deviation 8 */
    g_assert_cmpint (counts[i], >, 8);
    g_assert_cmpint (counts[i], <, 160);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/hash/keys", test_keys);
  g_test_add_func ("/base/hash/bytes", test_bytes);
  g_test_add_func ("/base/hash/spread", test_spread);
  return g_test_run ();
}
