#include "core/file/name-table.h"

#include <glib.h>

static void test_empty (void)
{
  CosmosNameTable table = {0};
  g_assert_false (cosmos_name_table_find (&table, "", NULL));
  g_assert_false (cosmos_name_table_find (&table, "a", NULL));
  cosmos_name_table_clear (&table);
  cosmos_name_table_clear (&table);
}

static void test_many (void)
{
  enum { N = 5000 };
  CosmosNameTable table = {0};
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (size_t i = 0; i < N; i++) {
    g_ptr_array_add (names, g_strdup_printf ("blk.%zu.weight", i));
    g_assert_false (cosmos_name_table_find (&table, names->pdata[i], NULL));
    g_assert_true (cosmos_name_table_add (&table, names->pdata[i], i * 3));
  }
  for (size_t i = 0; i < N; i++) {
    size_t index = 0;
    g_autofree char *name = g_strdup_printf ("blk.%zu.weight", i), *other = g_strdup_printf ("blk.%zu.weigh", i);
    g_assert_true (cosmos_name_table_find (&table, name, &index));
    g_assert_cmpuint (index, ==, i * 3);
    g_assert_false (cosmos_name_table_find (&table, other, &index));
  }
  cosmos_name_table_clear (&table);
  g_assert_false (cosmos_name_table_find (&table, "blk.0.weight", NULL));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file/name-table/empty", test_empty);
  g_test_add_func ("/file/name-table/many", test_many);
  return g_test_run ();
}
