/* Tells the thread sanitizer how GLib orders threads. The system's GLib is not built for it, and waits by futexes that the sanitizer does not see: without
 * this, all that one thread hands to another looks like a race. Preloaded into the tests of such a build (meson.build).
 *
 * Each function does what GLib's own does, and says of an object that what was done before it was handed over (release) comes before what is done by who
 * gets it (acquire). Only what the program uses is here. */
#include <dlfcn.h>
#include <gio/gio.h>

/* Weak: programs that the tests start have no sanitizer. */
void __tsan_acquire (void *object) __attribute__ ((weak));
void __tsan_release (void *object) __attribute__ ((weak));

static void acquire (const volatile void *object)
{
  if (__tsan_acquire)
    __tsan_acquire ((void *) object);
}

static void release (const volatile void *object)
{
  if (__tsan_release)
    __tsan_release ((void *) object);
}

/* GLib's own, looked up once. */
#define REAL(name)                                                                                  \
  ({                                                                                                \
    static __typeof__ (&(name)) real_;                                                              \
    if (!__atomic_load_n (&real_, __ATOMIC_ACQUIRE))                                                \
      __atomic_store_n (&real_, (__typeof__ (&(name))) dlsym (RTLD_NEXT, #name), __ATOMIC_RELEASE); \
    real_;                                                                                          \
  })

/* ---- locks ---- */

void (g_mutex_lock) (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  acquire (mutex);
}

gboolean (g_mutex_trylock) (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);
  if (locked)
    acquire (mutex);
  return locked;
}

void (g_mutex_unlock) (GMutex *mutex)
{
  release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void (g_cond_wait) (GCond *cond, GMutex *mutex)
{
  release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  acquire (mutex);
}

gboolean (g_cond_wait_until) (GCond *cond, GMutex *mutex, gint64 end)
{
  release (mutex);
  gboolean signalled = REAL (g_cond_wait_until) (cond, mutex, end);
  acquire (mutex);
  return signalled;
}

gboolean (g_once_init_enter_pointer) (void *location)
{
  gboolean first = REAL (g_once_init_enter_pointer) (location);
  acquire (location);
  return first;
}

void (g_once_init_leave_pointer) (void *location, gpointer result)
{
  release (location);
  REAL (g_once_init_leave_pointer) (location, result);
}

gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);
  acquire (location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  release (location);
  REAL (g_once_init_leave) (location, result);
}

/* ---- queues ---- */

void (g_async_queue_push) (GAsyncQueue *queue, gpointer data)
{
  release (queue);
  REAL (g_async_queue_push) (queue, data);
}

void (g_async_queue_push_front) (GAsyncQueue *queue, gpointer data)
{
  release (queue);
  REAL (g_async_queue_push_front) (queue, data);
}

gpointer (g_async_queue_pop) (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);
  acquire (queue);
  return data;
}

gpointer (g_async_queue_try_pop) (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);
  acquire (queue);
  return data;
}

gpointer (g_async_queue_timeout_pop) (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);
  acquire (queue);
  return data;
}

/* ---- pools of threads: a piece of work goes from who pushes it to the thread that does it ---- */

typedef struct {
  GFunc func;
  gpointer data;
} Pool;

static void do_work (gpointer work, gpointer data)
{
  const Pool *self = data;
  acquire (self);
  self->func (work, self->data);
  release (self);
}

GThreadPool *(g_thread_pool_new) (GFunc func, gpointer data, int threads, gboolean exclusive, GError **error)
{
  Pool *self = g_new (Pool, 1); /* stays: a pool may go before its last work is done */
  *self = (Pool) {func, data};
  return REAL (g_thread_pool_new) (do_work, self, threads, exclusive, error);
}

gboolean (g_thread_pool_push) (GThreadPool *pool, gpointer work, GError **error)
{
  release (pool->user_data);
  return REAL (g_thread_pool_push) (pool, work, error);
}

/* ---- counted references: each drop comes before the one that frees ---- */

#define UNREF(type, name)               \
  void (name) (type object)             \
  {                                     \
    if (object) {                       \
      release ((gconstpointer) object); \
      acquire ((gconstpointer) object); \
    }                                   \
    REAL (name) (object);               \
  }

UNREF (gpointer, g_object_unref)
UNREF (GBytes *, g_bytes_unref)
UNREF (GPtrArray *, g_ptr_array_unref)
UNREF (GHashTable *, g_hash_table_unref)
UNREF (GAsyncQueue *, g_async_queue_unref)
UNREF (GSource *, g_source_unref)

void (g_atomic_rc_box_release_full) (gpointer box, GDestroyNotify clear)
{
  release (box);
  acquire (box);
  REAL (g_atomic_rc_box_release_full) (box, clear);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  release (count);
  gboolean last = REAL (g_atomic_ref_count_dec) (count);
  acquire (count);
  return last;
}

/* ---- main contexts ---- */

typedef struct {
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

static gboolean call (gpointer data)
{
  const Callback *self = data;
  acquire (self);
  return self->func (self->data);
}

static void forget (gpointer data)
{
  g_autofree Callback *self = data;
  acquire (self);
  if (self->notify)
    self->notify (self->data);
}

/* Only those whose function takes the data alone: sources of files and processes take more, and are of one thread here. */
void (g_source_set_callback) (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  extern GSourceFuncs g_idle_funcs, g_timeout_funcs;
  if (func && (source->source_funcs == &g_idle_funcs || source->source_funcs == &g_timeout_funcs)) {
    Callback callback = {func, data, notify};
    Callback *copy = g_memdup2 (&callback, sizeof callback);
    REAL (g_source_set_callback) (source, call, copy, forget);
    release (copy);
  } else
    REAL (g_source_set_callback) (source, func, data, notify);
}

guint (g_source_attach) (GSource *source, GMainContext *context)
{
  release (source);
  return REAL (g_source_attach) (source, context);
}

/* ---- tasks ---- */

static void run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc func = (GTaskThreadFunc) g_object_get_data (G_OBJECT (task), "tsan");
  acquire (task);
  func (task, source, data, cancellable);
  release (task);
}

void (g_task_run_in_thread) (GTask *task, GTaskThreadFunc func)
{
  g_object_set_data (G_OBJECT (task), "tsan", (gpointer) func);
  release (task);
  REAL (g_task_run_in_thread) (task, run_in_thread);
}

void (g_task_return_pointer) (GTask *task, gpointer result, GDestroyNotify free_result)
{
  release (task);
  REAL (g_task_return_pointer) (task, result, free_result);
}

void (g_task_return_error) (GTask *task, GError *error)
{
  release (task);
  REAL (g_task_return_error) (task, error);
}

void (g_task_return_boolean) (GTask *task, gboolean result)
{
  release (task);
  REAL (g_task_return_boolean) (task, result);
}

gpointer (g_task_propagate_pointer) (GTask *task, GError **error)
{
  acquire (task);
  return REAL (g_task_propagate_pointer) (task, error);
}

gboolean (g_task_propagate_boolean) (GTask *task, GError **error)
{
  acquire (task);
  return REAL (g_task_propagate_boolean) (task, error);
}
