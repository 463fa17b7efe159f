#include "core/base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* Loops follow each other within microseconds while a network runs: a thread looks this often (some 0.1 ms) before it sleeps.
 * It sleeps at once where threads outnumber cores: looking would take the core from one that works. */
enum { SPINS = 4000, MAX_THREADS = 256 };

struct CosmosPool {
  int threads; /* the caller's included */
  int spins;
  pthread_t *ids;
  pthread_mutex_t mutex;
  pthread_cond_t wake; /* for pool threads: a round began */
  pthread_cond_t done; /* for the caller: inside fell to 0 */
  atomic_uint round;   /* a new value starts a loop */
  atomic_int sleeping; /* pool threads that wait for wake */
  atomic_bool caller_sleeps;
  atomic_bool quit;

  /* The loop of this round. */
  void (*work) (int item, void *data);
  void *data;
  int count;
  atomic_llong next; /* the first item that nobody took; wider than count, as every thread steps past the end once */
  atomic_bool open;  /* the loop may be entered: its fields do not change */
  atomic_int inside; /* pool threads that may look at the loop */
};

static void pause_a_moment (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

static void take_items (CosmosPool *self)
{
  long long item;
  while ((item = atomic_fetch_add (&self->next, 1)) < self->count)
    self->work ((int) item, self->data);
}

/* The waits, and entering a loop, pair with a store and a look on the other side (round and sleeping, inside and caller_sleeps,
 * inside and open): all are sequentially consistent, so at least one side sees the other. Returns the round that began. */
static unsigned wait_for_round (CosmosPool *self, unsigned seen)
{
  for (int i = 0; i < self->spins; i++) {
    if (atomic_load (&self->round) != seen)
      return atomic_load (&self->round);
    pause_a_moment ();
  }
  pthread_mutex_lock (&self->mutex);
  atomic_fetch_add (&self->sleeping, 1);
  while (atomic_load (&self->round) == seen)
    pthread_cond_wait (&self->wake, &self->mutex);
  atomic_fetch_sub (&self->sleeping, 1);
  pthread_mutex_unlock (&self->mutex);
  return atomic_load (&self->round);
}

static void wait_for_threads (CosmosPool *self)
{
  for (int i = 0; i < self->spins; i++) {
    if (atomic_load (&self->inside) == 0)
      return;
    pause_a_moment ();
  }
  pthread_mutex_lock (&self->mutex);
  atomic_store (&self->caller_sleeps, true);
  while (atomic_load (&self->inside) > 0)
    pthread_cond_wait (&self->done, &self->mutex);
  atomic_store (&self->caller_sleeps, false);
  pthread_mutex_unlock (&self->mutex);
}

/* A thread that comes when the items are gone finds the loop closed: nobody waits for it. */
static void enter_round (CosmosPool *self)
{
  atomic_fetch_add (&self->inside, 1);
  if (atomic_load (&self->open))
    take_items (self);
  if (atomic_fetch_sub (&self->inside, 1) > 1 || !atomic_load (&self->caller_sleeps))
    return;
  pthread_mutex_lock (&self->mutex);
  pthread_cond_signal (&self->done);
  pthread_mutex_unlock (&self->mutex);
}

static void *thread_main (void *pool)
{
  CosmosPool *self = pool;
  for (unsigned seen = 0;;) {
    seen = wait_for_round (self, seen);
    if (atomic_load (&self->quit))
      return NULL;
    enter_round (self);
  }
}

static void start_round (CosmosPool *self)
{
  atomic_fetch_add (&self->round, 1);
  if (atomic_load (&self->sleeping) == 0)
    return;
  pthread_mutex_lock (&self->mutex);
  pthread_cond_broadcast (&self->wake);
  pthread_mutex_unlock (&self->mutex);
}

static int usable_cores (void)
{
  cpu_set_t set;
  return sched_getaffinity (0, sizeof set, &set) == 0 ? CPU_COUNT (&set) : 1;
}

CosmosPool *cosmos_pool_new (int threads)
{
  CosmosPool *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  int cores = usable_cores ();
  if (threads <= 0)
    threads = cores;
  if (threads > MAX_THREADS)
    threads = MAX_THREADS;
  self->ids = calloc ((size_t) threads, sizeof *self->ids);
  if (!self->ids) {
    free (self);
    return NULL;
  }
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->wake, NULL);
  pthread_cond_init (&self->done, NULL);
  self->spins = threads <= cores ? SPINS : 0;
  /* Signals belong to the program's own threads. */
  sigset_t all, old;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  /* A system that gives fewer threads still gives a working pool. */
  self->threads = 1;
  while (self->threads < threads && pthread_create (&self->ids[self->threads], NULL, thread_main, self) == 0)
    self->threads++;
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  return self;
}

void cosmos_pool_free (CosmosPool *self)
{
  if (!self)
    return;
  atomic_store (&self->quit, true);
  start_round (self);
  for (int i = 1; i < self->threads; i++)
    pthread_join (self->ids[i], NULL);
  pthread_cond_destroy (&self->wake);
  pthread_cond_destroy (&self->done);
  pthread_mutex_destroy (&self->mutex);
  free (self->ids);
  free (self);
}

int cosmos_pool_get_threads (const CosmosPool *self)
{
  return self->threads;
}

void cosmos_pool_run (CosmosPool *self, int count, void (*work) (int item, void *data), void *data)
{
  if (self->threads == 1 || count <= 1) {
    for (int i = 0; i < count; i++)
      work (i, data);
    return;
  }
  self->work = work;
  self->data = data;
  self->count = count;
  atomic_store (&self->next, 0);
  atomic_store (&self->open, true);
  start_round (self);
  take_items (self);
  atomic_store (&self->open, false);
  wait_for_threads (self);
}
