#include "fixture.h"

#include "engine/cpg-worker.h"

/* Counts to `pieces`, telling each; gives the sum. */
typedef struct {
  int pieces, done, sum;
  gboolean forever, fails;
  GThread *thread, **freed_by;
} Count;

static void free_count (gpointer data)
{
  Count *self = data;
  *self->freed_by = g_thread_self ();
  g_assert_true (!self->thread || self->thread == g_thread_self ());
  g_free (self);
}

static gboolean count (CpgErrand *errand, gpointer data, GError **error)
{
  Count *self = data;
  self->thread = g_thread_self ();
  g_assert_nonnull (cpg_errand_get_pool (errand));
  if (self->forever) {
    while (!cosmos_progress_is_cancelled (cpg_errand_get_progress (errand)))
      g_usleep (1000);
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    return FALSE;
  }
  self->sum += ++self->done;
  cpg_errand_tell (errand, g_strdup_printf ("%d", self->done), g_free);
  if (self->done < self->pieces)
    return TRUE;
  if (self->fails)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "on purpose");
  else
    cpg_errand_give (errand, g_strdup_printf ("%d", self->sum), g_free);
  return FALSE;
}

static void hear (gpointer news, gpointer data)
{
  g_string_append (data, news);
}

static void answer (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

typedef struct {
  CpgWorker *worker;
  GThread *freed_by;
  GString *heard;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->worker = cpg_worker_new (1, "auto", NULL, NULL);
  self->heard = g_string_new (NULL);
}

static void stop (Fixture *self)
{
  if (self->worker)
    cpg_worker_stop (self->worker);
  g_clear_pointer (&self->worker, cpg_worker_unref);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  stop (self);
  g_string_free (self->heard, TRUE);
}

static void send_off (Fixture *self, Count what, GCancellable *cancellable, GAsyncResult **result)
{
  GTask *task = g_task_new (NULL, cancellable, answer, result);
  g_task_set_task_data (task, self->heard, NULL);
  what.freed_by = &self->freed_by;
  cpg_worker_send (self->worker, cpg_errand_new (task, count, hear, g_memdup2 (&what, sizeof what), free_count));
}

static void test_pieces (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  send_off (self, (Count) {.pieces = 4}, NULL, &first);
  send_off (self, (Count) {.pieces = 2}, NULL, &second);
  fixture_wait_until (first && second);
  g_assert_cmpstr (self->heard->str, ==, "123412"); /* in order */
  g_autofree char *sum = g_task_propagate_pointer (G_TASK (first), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sum, ==, "10");
  g_assert_true (self->freed_by != g_thread_self ());
  /* The second one's result is nobody's: freed with it. */
}

static void test_failure (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  send_off (self, (Count) {.pieces = 1, .fails = TRUE}, NULL, &result);
  fixture_wait_until (result);
  g_assert_null (g_task_propagate_pointer (G_TASK (result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

/* Both the one that is being done and the one that waits. */
static void test_cancel (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL, other = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new (), later = g_cancellable_new ();
  send_off (self, (Count) {.forever = TRUE}, cancellable, &first);
  send_off (self, (Count) {.pieces = 3}, later, &second);
  fixture_sleep (20);
  g_cancellable_cancel (later);
  g_cancellable_cancel (cancellable);
  fixture_wait_until (first && second);
  g_assert_null (g_task_propagate_pointer (G_TASK (first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (g_task_propagate_pointer (G_TASK (second), &other));
  g_assert_error (other, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (self->heard->str, ==, "");
}

static void test_stop (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  send_off (self, (Count) {.forever = TRUE}, NULL, &first);
  send_off (self, (Count) {.pieces = 3}, NULL, &second);
  fixture_sleep (20);
  stop (self);
  fixture_wait_until (first && second);
  g_assert_null (g_task_propagate_pointer (G_TASK (second), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/errand/pieces", Fixture, NULL, set_up, test_pieces, tear_down);
  g_test_add ("/errand/failure", Fixture, NULL, set_up, test_failure, tear_down);
  g_test_add ("/errand/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/errand/stop", Fixture, NULL, set_up, test_stop, tear_down);
  return g_test_run ();
}
