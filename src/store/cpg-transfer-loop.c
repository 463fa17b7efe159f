#include "store/cpg-transfer-loop.h"

enum { LONGEST_SLEEP = 1000 }; /* ms */

struct _CpgTransferLoop {
  CURLM *multi;
  GThread *thread;
  GThreadPool *checkers;
  GAsyncQueue *checked; /* transfers, each with a reference */
  GMainContext *context;
  GSourceFunc news;
  gpointer data;
  int over, n_active; /* atomic */

  GMutex lock; /* of these: */
  GPtrArray *transfers;
  GSource *telling; /* NULL: none is under way */
};

/* ---- news to the main thread ---- */

static gboolean on_tell (gpointer data)
{
  CpgTransferLoop *self = data;
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->telling, g_source_unref);
  g_mutex_unlock (&self->lock);
  self->news (self->data);
  return G_SOURCE_REMOVE;
}

static void tell (CpgTransferLoop *self)
{
  g_mutex_lock (&self->lock);
  if (!self->telling) {
    self->telling = g_idle_source_new ();
    g_source_set_priority (self->telling, G_PRIORITY_DEFAULT);
    g_source_set_callback (self->telling, on_tell, self, NULL);
    g_source_attach (self->telling, self->context);
  }
  g_mutex_unlock (&self->lock);
}

/* ---- checking ---- */

static void run_check (gpointer transfer, gpointer data)
{
  CpgTransferLoop *self = data;
  cpg_transfer_check (transfer);
  g_async_queue_push (self->checked, transfer);
  curl_multi_wakeup (self->multi);
}

static void check (CpgTransfer *transfer, gpointer data)
{
  CpgTransferLoop *self = data;
  g_thread_pool_push (self->checkers, cpg_transfer_ref (transfer), NULL);
}

static void take_checked (CpgTransferLoop *self)
{
  for (CpgTransfer *transfer; (transfer = g_async_queue_try_pop (self->checked));) {
    cpg_transfer_take_check (transfer);
    cpg_transfer_unref (transfer);
  }
}

/* ---- the thread ---- */

static GPtrArray *copy_transfers (CpgTransferLoop *self)
{
  g_mutex_lock (&self->lock);
  GPtrArray *copy = g_ptr_array_copy (self->transfers, (GCopyFunc) (void (*) (void)) cpg_transfer_ref, NULL);
  g_mutex_unlock (&self->lock);
  g_ptr_array_set_free_func (copy, (GDestroyNotify) cpg_transfer_unref);
  return copy;
}

static void take_ends (CpgTransferLoop *self, const CpgTransferPlace *place)
{
  int left, running;
  curl_multi_perform (self->multi, &running);
  for (CURLMsg *message; (message = curl_multi_info_read (self->multi, &left));) {
    CpgTransfer *transfer = NULL;
    if (message->msg != CURLMSG_DONE)
      continue;
    curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, (char **) &transfer);
    cpg_transfer_take_end (transfer, place, message->data.result, g_get_monotonic_time ());
  }
}

/* -> ms until the next turn. */
static int step_all (CpgTransferLoop *self, GPtrArray *transfers, const CpgTransferPlace *place)
{
  gint64 now = g_get_monotonic_time (), deadline = now + LONGEST_SLEEP * 1000;
  int n = 0;
  gboolean news = FALSE;
  for (guint i = 0; i < transfers->len; i++)
    n += cpg_transfer_is_active (transfers->pdata[i]);
  for (guint i = 0; i < transfers->len; i++) {
    CpgTransfer *transfer = transfers->pdata[i];
    gboolean before = cpg_transfer_is_active (transfer);
    cpg_transfer_step (transfer, place, now, n < g_atomic_int_get (&self->n_active));
    n += cpg_transfer_is_active (transfer) - before;
    deadline = MIN (deadline, cpg_transfer_get_deadline (transfer));
    news = cpg_transfer_take_news (transfer) || news;
  }
  if (news)
    tell (self);
  return (int) (MAX (deadline - now, 0) / 1000);
}

static gpointer run (gpointer data)
{
  CpgTransferLoop *self = data;
  const CpgTransferPlace place = {self->multi, check, self};
  g_autoptr (GPtrArray) transfers = copy_transfers (self);
  while (!g_atomic_int_get (&self->over)) {
    take_ends (self, &place);
    take_checked (self);
    /* A transfer that was removed is kept until here, as a request of it may have ended in this turn. */
    g_ptr_array_unref (transfers);
    transfers = copy_transfers (self);
    int wait = step_all (self, transfers, &place);
    curl_multi_poll (self->multi, NULL, 0, wait, NULL);
  }
  for (guint i = 0; i < transfers->len; i++)
    cpg_transfer_stop (transfers->pdata[i]);
  g_thread_pool_free (self->checkers, FALSE, TRUE);
  take_checked (self);
  step_all (self, transfers, &place);
  return NULL;
}

/* ---- main thread ---- */

CpgTransferLoop *cpg_transfer_loop_new (guint n_active, GSourceFunc news, gpointer data)
{
  static gsize once;
  if (g_once_init_enter (&once)) {
    curl_global_init (CURL_GLOBAL_DEFAULT);
    g_once_init_leave (&once, 1);
  }
  CpgTransferLoop *self = g_new0 (CpgTransferLoop, 1);
  g_mutex_init (&self->lock);
  self->multi = curl_multi_init ();
  self->n_active = (int) n_active;
  self->news = news;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();
  self->transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_transfer_unref);
  self->checked = g_async_queue_new ();
  self->checkers = g_thread_pool_new (run_check, self, 1, FALSE, NULL);
  self->thread = g_thread_new ("cpg-network", run, self);
  return self;
}

void cpg_transfer_loop_free (CpgTransferLoop *self)
{
  g_atomic_int_set (&self->over, TRUE);
  curl_multi_wakeup (self->multi);
  g_thread_join (self->thread);
  if (self->telling) {
    g_source_destroy (self->telling);
    g_source_unref (self->telling);
  }
  curl_multi_cleanup (self->multi);
  g_ptr_array_unref (self->transfers);
  g_async_queue_unref (self->checked);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void cpg_transfer_loop_add (CpgTransferLoop *self, CpgTransfer *transfer)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->transfers, cpg_transfer_ref (transfer));
  g_mutex_unlock (&self->lock);
  cpg_transfer_loop_wake (self);
}

void cpg_transfer_loop_remove (CpgTransferLoop *self, CpgTransfer *transfer)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->transfers, transfer);
  g_mutex_unlock (&self->lock);
  cpg_transfer_loop_wake (self);
}

void cpg_transfer_loop_wake (CpgTransferLoop *self)
{
  curl_multi_wakeup (self->multi);
}

void cpg_transfer_loop_set_n_active (CpgTransferLoop *self, guint n_active)
{
  g_atomic_int_set (&self->n_active, (int) n_active);
  cpg_transfer_loop_wake (self);
}
