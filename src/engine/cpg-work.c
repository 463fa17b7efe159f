#include "engine/cpg-work.h"

enum { CHEAP_PROJECTION = 20000000 }; /* multiplications that do not hold up a run */

static gboolean can_decode (CpgJob *job, int index, CosmosShow show)
{
  return job->trajectory && index >= 0 && index < job->n_done && !job->decoded[show][index];
}

/* The shown step whose wish is the latest. */
static CpgWork choose_shown (GPtrArray *jobs)
{
  CpgWork work = {CPG_WORK_NONE};
  for (guint i = 0; i < jobs->len; i++) {
    CpgJob *job = g_ptr_array_index (jobs, i);
    if (can_decode (job, job->shown, job->show) && (!work.job || job->shown_when > work.job->shown_when))
      work = (CpgWork) {CPG_WORK_DECODE, job, job->shown, job->show};
  }
  return work;
}

/* The step just made, where its turn to be decoded has come; after the last step the result, and then the end is told. */
static CpgWork choose_due (CpgJob *job)
{
  int last = job->n_done - 1;
  if (job->ended || job->cancelled || !job->trajectory || last < 0)
    return (CpgWork) {CPG_WORK_NONE};
  if (job->decode_every > 0 && last % job->decode_every == 0 && can_decode (job, last, job->show))
    return (CpgWork) {CPG_WORK_DECODE, job, last, job->show};
  if (!cpg_job_is_complete (job))
    return (CpgWork) {CPG_WORK_NONE};
  int result = cpg_job_get_result_index (job);
  return job->decoded[COSMOS_SHOW_X0][result] ? (CpgWork) {CPG_WORK_END, job}
                                              : (CpgWork) {CPG_WORK_DECODE, job, result, COSMOS_SHOW_X0};
}

static CpgWork choose_projection (CpgJob *job, gboolean cheap)
{
  for (int show = 0; job->trajectory && show < 2; show++) {
    double n = job->n_done, d = (double) job->info->config.latents * job->info->config.latent_width;
    if (job->project[show] && (!cheap || n * n * d / 2 <= CHEAP_PROJECTION))
      return (CpgWork) {CPG_WORK_PROJECT, job, 0, (CosmosShow) show};
  }
  return (CpgWork) {CPG_WORK_NONE};
}

static CpgWork choose_step (CpgJob *job)
{
  if (!job->model || job->ended || job->cancelled || job->paused || (job->trajectory && cpg_job_is_complete (job)))
    return (CpgWork) {CPG_WORK_NONE};
  return (CpgWork) {job->trajectory ? CPG_WORK_ADVANCE : CPG_WORK_BEGIN, job};
}

static CpgWork choose_rest (CpgJob *job)
{
  for (int k = 0; job->decode_every > 0 && k < job->n_done; k++)
    if (can_decode (job, k, job->show))
      return (CpgWork) {CPG_WORK_DECODE, job, k, job->show};
  return (CpgWork) {CPG_WORK_NONE};
}

CpgWork cpg_work_choose (GPtrArray *jobs, gboolean has_errand)
{
  CpgWork work = choose_shown (jobs);
  for (guint i = 0; i < jobs->len && !work.kind; i++)
    work = choose_due (g_ptr_array_index (jobs, i));
  for (guint i = 0; i < jobs->len && !work.kind; i++)
    work = choose_projection (g_ptr_array_index (jobs, i), TRUE);
  if (!work.kind && has_errand)
    work.kind = CPG_WORK_ERRAND;
  for (guint i = 0; i < jobs->len && !work.kind; i++)
    work = choose_step (g_ptr_array_index (jobs, i));
  for (guint i = 0; i < jobs->len && !work.kind; i++)
    work = choose_projection (g_ptr_array_index (jobs, i), FALSE);
  for (guint i = jobs->len; i > 0 && !work.kind; i--)
    work = choose_rest (g_ptr_array_index (jobs, i - 1));
  if (work.kind == CPG_WORK_PROJECT)
    work.job->project[work.show] = FALSE;
  return work;
}
