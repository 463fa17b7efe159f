#include "core/base/pool.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include <glib.h>

enum { MAX_ITEMS = 1000 };

static atomic_int visits[MAX_ITEMS];

static void visit (int item, void *data)
{
  g_assert_true (data == visits);
  atomic_fetch_add (&visits[item], 1);
}

/* Each item once, at any number of threads (more than cores as well), whatever the count. */
static void test_each_item_once (gconstpointer threads)
{
  static const int counts[] = {0, 1, 2, 3, 7, 64, MAX_ITEMS};
  CosmosPool *pool = cosmos_pool_new (GPOINTER_TO_INT (threads));
  g_assert_cmpint (cosmos_pool_get_threads (pool), ==, GPOINTER_TO_INT (threads));
  for (size_t k = 0; k < G_N_ELEMENTS (counts); k++) {
    for (int i = 0; i < MAX_ITEMS; i++)
      atomic_store (&visits[i], 0);
    cosmos_pool_run (pool, counts[k], visit, visits);
    for (int i = 0; i < MAX_ITEMS; i++)
      g_assert_cmpint (atomic_load (&visits[i]), ==, i < counts[k] ? 1 : 0);
  }
  cosmos_pool_free (pool);
}

static void add_one (int item, void *data)
{
  ((int *) data)[item]++; /* plain: run() orders a round before the next one */
}

/* Rounds in quick succession, and now and then a rest in which the threads fall asleep. */
static void test_many_rounds (gconstpointer threads)
{
  enum { ROUNDS = 3000, ITEMS = 16 };
  int sums[ITEMS] = {0};
  CosmosPool *pool = cosmos_pool_new (GPOINTER_TO_INT (threads));
  for (int round = 0; round < ROUNDS; round++) {
    cosmos_pool_run (pool, ITEMS, add_one, sums);
    if (round % 500 == 0)
      g_usleep (3000);
  }
  for (int i = 0; i < ITEMS; i++)
    g_assert_cmpint (sums[i], ==, ROUNDS);
  cosmos_pool_free (pool);
}

static void meet (int item, void *data)
{
  (void) item;
  atomic_int *arrived = data;
  atomic_fetch_add (arrived, 1);
  while (atomic_load (arrived) < 4)
    g_usleep (100);
}

/* Four items that wait for each other end only where four threads hold one each. */
static void test_really_parallel (void)
{
  atomic_int arrived = 0;
  CosmosPool *pool = cosmos_pool_new (4);
  cosmos_pool_run (pool, 4, meet, &arrived);
  g_assert_cmpint (atomic_load (&arrived), ==, 4);
  cosmos_pool_free (pool);
}

static double process_seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static void nap (int item, void *data)
{
  (void) data;
  if (item == 0)
    g_usleep (300 * 1000);
}

/* Threads without work, the waiting caller included, leave the cores alone. */
static void test_waits_without_spinning (void)
{
  CosmosPool *pool = cosmos_pool_new (8);
  double before = process_seconds ();
  cosmos_pool_run (pool, 8, nap, NULL);
  cosmos_pool_run (pool, 8, nap, NULL);
  g_assert_cmpfloat (process_seconds () - before, <, 0.2);
  cosmos_pool_free (pool);
}

static void look_at_signals (int item, void *data)
{
  pthread_t *caller = data;
  sigset_t blocked;
  (void) item;
  pthread_sigmask (SIG_SETMASK, NULL, &blocked);
  if (!pthread_equal (pthread_self (), *caller))
    g_assert_true (sigismember (&blocked, SIGINT) == 1);
  else
    g_assert_true (sigismember (&blocked, SIGINT) == 0);
}

static void test_signals_stay_with_the_caller (void)
{
  pthread_t caller = pthread_self ();
  CosmosPool *pool = cosmos_pool_new (4);
  for (int round = 0; round < 50; round++)
    cosmos_pool_run (pool, 64, look_at_signals, &caller);
  cosmos_pool_free (pool);
}

static void test_sizes (void)
{
  CosmosPool *pool = cosmos_pool_new (0);
  g_assert_cmpint (cosmos_pool_get_threads (pool), ==, (int) g_get_num_processors ());
  cosmos_pool_free (pool);
  pool = cosmos_pool_new (INT_MAX);
  g_assert_cmpint (cosmos_pool_get_threads (pool), >, 0);
  g_assert_cmpint (cosmos_pool_get_threads (pool), <=, 256);
  cosmos_pool_free (pool);
  cosmos_pool_free (NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  static const int threads[] = {1, 2, 8};
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autofree char *once = g_strdup_printf ("/pool/each-item-once/%d", threads[i]);
    g_autofree char *rounds = g_strdup_printf ("/pool/many-rounds/%d", threads[i]);
    g_test_add_data_func (once, GINT_TO_POINTER (threads[i]), test_each_item_once);
    g_test_add_data_func (rounds, GINT_TO_POINTER (threads[i]), test_many_rounds);
  }
  g_test_add_func ("/pool/really-parallel", test_really_parallel);
  g_test_add_func ("/pool/waits-without-spinning", test_waits_without_spinning);
  g_test_add_func ("/pool/signals-stay-with-the-caller", test_signals_stay_with_the_caller);
  g_test_add_func ("/pool/sizes", test_sizes);
  return g_test_run ();
}
