#include "engine/cpg-work.h"

#include "../core/tiny-networks.h"

/* Jobs as the worker has them, without a thread. */
typedef struct {
  CosmosPipeline *pipeline;
  CosmosPool *pool;
  CpgModelInfo info;
  CpgModel model;
  GPtrArray *jobs;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosConfig config = tiny_config ();
  self->pipeline = tiny_pipeline (&config);
  self->pool = cosmos_pool_new (1);
  self->info.config = config;
  self->model = (CpgModel) {self->pipeline, &self->info};
  self->jobs = g_ptr_array_new ();
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < self->jobs->len; i++) {
    CpgJob *job = g_ptr_array_index (self->jobs, i);
    job->model = NULL;
    job->info = NULL;
    cpg_job_unref (job);
  }
  g_ptr_array_unref (self->jobs);
  cosmos_pipeline_free (self->pipeline);
  cosmos_pool_free (self->pool);
}

static CpgJob *add (Fixture *self, int steps, int decode_every)
{
  g_autoptr (CpgSettings) settings = cpg_settings_new ();
  g_object_set (settings, "steps", steps, "decode-every", decode_every, NULL);
  CpgJob *job = cpg_job_new (settings);
  job->model = &self->model;
  job->info = &self->info;
  g_ptr_array_add (self->jobs, job);
  return job;
}

/* Chooses, checks, and does it. */
static void expect (Fixture *self, CpgWorkKind kind, CpgJob *job, int index, CosmosShow show)
{
  CpgWork work = cpg_work_choose (self->jobs, FALSE);
  g_assert_cmpint (work.kind, ==, kind);
  g_assert_true (work.job == job);
  g_assert_cmpint (work.index, ==, index);
  g_assert_cmpint (work.show, ==, show);
  if (kind == CPG_WORK_BEGIN)
    g_assert_true (cpg_job_begin (job, self->pool, NULL));
  else if (kind == CPG_WORK_ADVANCE)
    g_assert_true (cpg_job_advance (job, NULL));
  else if (kind == CPG_WORK_DECODE)
    g_assert_nonnull (cpg_job_decode (job, index, show, NULL));
  else if (kind == CPG_WORK_END)
    job->ended = TRUE;
}

static void make_steps (Fixture *self, CpgJob *job, int n)
{
  for (int i = 0; i < n; i++)
    expect (self, CPG_WORK_ADVANCE, job, 0, COSMOS_SHOW_X0);
}

static void test_every_second (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgJob *job = add (self, 6, 2);
  expect (self, CPG_WORK_BEGIN, job, 0, COSMOS_SHOW_X0);
  make_steps (self, job, 1);
  expect (self, CPG_WORK_DECODE, job, 0, COSMOS_SHOW_X0);
  make_steps (self, job, 2);
  expect (self, CPG_WORK_DECODE, job, 2, COSMOS_SHOW_X0);
  make_steps (self, job, 2);
  expect (self, CPG_WORK_DECODE, job, 4, COSMOS_SHOW_X0);
  make_steps (self, job, 1);
  expect (self, CPG_WORK_DECODE, job, 5, COSMOS_SHOW_X0); /* the result */
  expect (self, CPG_WORK_END, job, 0, COSMOS_SHOW_X0);
  expect (self, CPG_WORK_DECODE, job, 1, COSMOS_SHOW_X0); /* the rest */
  expect (self, CPG_WORK_DECODE, job, 3, COSMOS_SHOW_X0);
  expect (self, CPG_WORK_NONE, NULL, 0, COSMOS_SHOW_X0);
  job->show = COSMOS_SHOW_XT;
  expect (self, CPG_WORK_DECODE, job, 0, COSMOS_SHOW_XT);
}

static void test_shown_first (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgJob *job = add (self, 6, 0), *other = add (self, 6, 0);
  expect (self, CPG_WORK_BEGIN, job, 0, COSMOS_SHOW_X0);
  make_steps (self, job, 3);
  job->shown = 4; /* is not made yet */
  make_steps (self, job, 2);
  expect (self, CPG_WORK_DECODE, job, 4, COSMOS_SHOW_X0);
  job->paused = TRUE;
  expect (self, CPG_WORK_BEGIN, other, 0, COSMOS_SHOW_X0);
  make_steps (self, other, 2);
  job->shown = 2;
  job->shown_when = 1;
  other->shown = 1;
  other->shown_when = 2;
  expect (self, CPG_WORK_DECODE, other, 1, COSMOS_SHOW_X0);
  expect (self, CPG_WORK_DECODE, job, 2, COSMOS_SHOW_X0);
  make_steps (self, other, 1);
  job->paused = FALSE;
  make_steps (self, job, 1);
  expect (self, CPG_WORK_DECODE, job, 5, COSMOS_SHOW_X0);
  expect (self, CPG_WORK_END, job, 0, COSMOS_SHOW_X0);
  other->cancelled = TRUE;
  expect (self, CPG_WORK_NONE, NULL, 0, COSMOS_SHOW_X0);
  other->shown = 0; /* can still be looked at */
  expect (self, CPG_WORK_DECODE, other, 0, COSMOS_SHOW_X0);
  expect (self, CPG_WORK_NONE, NULL, 0, COSMOS_SHOW_X0);
}

static void test_projection (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgJob *job = add (self, 200, 0);
  expect (self, CPG_WORK_BEGIN, job, 0, COSMOS_SHOW_X0);
  make_steps (self, job, 2);
  job->project[COSMOS_SHOW_XT] = TRUE;
  expect (self, CPG_WORK_PROJECT, job, 0, COSMOS_SHOW_XT);
  make_steps (self, job, 148);
  job->project[COSMOS_SHOW_X0] = TRUE; /* too dear now to hold up the run */
  make_steps (self, job, 1);
  job->paused = TRUE;
  expect (self, CPG_WORK_PROJECT, job, 0, COSMOS_SHOW_X0);
  expect (self, CPG_WORK_NONE, NULL, 0, COSMOS_SHOW_X0);
}

/* What somebody waits for goes before the steps of runs, but not before the step that is shown. */
static void test_errand (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgJob *job = add (self, 6, 0);
  g_assert_cmpint (cpg_work_choose (self->jobs, TRUE).kind, ==, CPG_WORK_ERRAND);
  expect (self, CPG_WORK_BEGIN, job, 0, COSMOS_SHOW_X0);
  make_steps (self, job, 2);
  g_assert_cmpint (cpg_work_choose (self->jobs, TRUE).kind, ==, CPG_WORK_ERRAND);
  job->shown = 1;
  g_assert_cmpint (cpg_work_choose (self->jobs, TRUE).kind, ==, CPG_WORK_DECODE);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/next/every-second", Fixture, NULL, set_up, test_every_second, tear_down);
  g_test_add ("/next/shown-first", Fixture, NULL, set_up, test_shown_first, tear_down);
  g_test_add ("/next/projection", Fixture, NULL, set_up, test_projection, tear_down);
  g_test_add ("/next/errand", Fixture, NULL, set_up, test_errand, tear_down);
  return g_test_run ();
}
