#include "engine/cpg-job.h"

#include "core/study/projection.h"
#include "engine/cpg-error.h"

#include <glib/gi18n-lib.h>

CpgJob *cpg_job_new (CpgSettings *settings)
{
  CpgJob *self = g_atomic_rc_box_new0 (CpgJob);
  self->settings = cpg_settings_copy (settings);
  self->n_steps = cpg_settings_get_steps (settings);
  self->decode_every = cpg_settings_get_decode_every (settings);
  self->shown = -1;
  self->decoded[0] = g_new0 (gboolean, self->n_steps + 1);
  self->decoded[1] = g_new0 (gboolean, self->n_steps + 1);
  return self;
}

CpgJob *cpg_job_ref (CpgJob *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_job (gpointer data)
{
  CpgJob *self = data;
  cosmos_trajectory_free (self->trajectory);
  g_clear_pointer (&self->parent, cpg_job_unref);
  g_clear_pointer (&self->model, cpg_model_unref);
  g_clear_pointer (&self->info, cpg_model_info_unref);
  g_clear_pointer (&self->others[0], g_ptr_array_unref);
  g_clear_pointer (&self->others[1], g_ptr_array_unref);
  g_object_unref (self->settings);
  g_free (self->path);
  g_free (self->decoded[0]);
  g_free (self->decoded[1]);
}

void cpg_job_unref (CpgJob *self)
{
  g_atomic_rc_box_release_full (self, clear_job);
}

int cpg_job_get_result_index (const CpgJob *self)
{
  return cosmos_trajectory_get_settings (self->trajectory)->returned == COSMOS_RETURN_MEAN ? self->n_steps : self->n_steps - 1;
}

gboolean cpg_job_is_complete (const CpgJob *self)
{
  return self->n_done == self->n_steps;
}

static gboolean pin (CpgJob *self, GError **error)
{
  CpgPins *pins = cpg_settings_get_pins (self->settings);
  const CosmosConfig *config = &self->info->config;
  CosmosError err;
  if (!pins)
    return TRUE;
  if (pins->n != config->latents || pins->width != config->latent_width) {
    g_set_error (error, CPG_ERROR, COSMOS_STATUS_RANGE,
                 _ ("The pinned latents are of another model: %d of %d numbers each, where “%s” has %d of %d"), pins->n,
                 pins->width, self->info->name, config->latents, config->latent_width);
    return FALSE;
  }
  if (cosmos_trajectory_pin (self->trajectory, pins->latents, pins->mask, &err))
    return TRUE;
  cpg_error_from_core (error, &err);
  return FALSE;
}

gboolean cpg_job_begin (CpgJob *self, CosmosPool *pool, GError **error)
{
  const char *source = cpg_settings_get_source (self->settings);
  CosmosSettings settings;
  CosmosError err;
  if (!cpg_settings_to_core (self->settings, &self->info->config, &settings, error))
    return FALSE;
  if (self->parent)
    self->trajectory = cosmos_trajectory_branch (self->parent->trajectory, self->branch_at, &settings, &err);
  else
    self->trajectory = cosmos_trajectory_new (self->model->pipeline, pool, &settings, *source ? source : NULL, strlen (source),
                                              &err);
  g_clear_pointer (&self->parent, cpg_job_unref);
  if (!self->trajectory) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  self->n_done = cosmos_trajectory_get_n_done (self->trajectory);
  return cosmos_trajectory_is_done (self->trajectory) || pin (self, error);
}

gboolean cpg_job_advance (CpgJob *self, GError **error)
{
  CosmosError err;
  if (!cosmos_trajectory_advance (self->trajectory, &self->stepping, &err)) {
    cpg_error_from_core (error, &err);
    return FALSE;
  }
  self->n_done++;
  return TRUE;
}

const CosmosDecoding *cpg_job_decode (CpgJob *self, int index, CosmosShow show, GError **error)
{
  CosmosError err;
  const CosmosDecoding *decoding = cosmos_trajectory_decode (self->trajectory, index, show, 0, &self->looking, &err);
  self->decoded[show][index] = TRUE; /* or it cannot be: no second try */
  if (!decoding)
    cpg_error_from_core (error, &err);
  return decoding;
}

/* ---- projection ---- */

static gsize count_numbers (const CpgJob *self)
{
  return (gsize) self->info->config.latents * (gsize) self->info->config.latent_width;
}

/* The latents of all steps, one behind another; NULL: too many, or none. */
static float *gather (const CpgJob *self, CosmosShow show)
{
  gsize n = (gsize) self->n_done, d = count_numbers (self);
  float *points = n > 0 ? g_try_new (float, n *d) : NULL;
  for (gsize k = 0; points && k < n; k++) {
    const CosmosStep *step = cosmos_trajectory_get_step (self->trajectory, (int) k);
    memcpy (points + k * d, show == COSMOS_SHOW_X0 ? step->x0 : step->x, d * sizeof *points);
  }
  return points;
}

static gboolean is_alike (const CpgJob *self, const CpgJob *other)
{
  return other != self && other->trajectory && other->n_done > 0 && count_numbers (self) == count_numbers (other)
         && g_strcmp0 (self->info->path, other->info->path) == 0
         && g_str_equal (cpg_settings_get_task (self->settings), cpg_settings_get_task (other->settings));
}

static void add_way (const CpgJob *self, const float *points, const double *coordinates, const CpgJob *other, CosmosShow show,
                     GPtrArray *ways)
{
  float *others = gather (other, show);
  g_autoptr (GArray) way = g_array_sized_new (FALSE, FALSE, sizeof (double), 2 * (guint) other->n_done);
  g_array_set_size (way, 2 * (guint) other->n_done);
  if (others
      && cosmos_projection_apply (points, (gsize) self->n_done, count_numbers (self), 2, coordinates, others,
                                  (gsize) other->n_done, (double *) (void *) way->data, NULL))
    g_ptr_array_add (ways, g_steal_pointer (&way));
  g_free (others);
}

double *cpg_job_project (CpgJob *self, CosmosShow show, GPtrArray *others, GPtrArray *ways)
{
  gsize n = (gsize) self->n_done;
  float *points = gather (self, show);
  g_autofree double *coordinates = g_new (double, 2 * n);
  gboolean ok = points && cosmos_projection (points, n, count_numbers (self), 2, coordinates, NULL, NULL);
  for (guint i = 0; ok && others && i < others->len; i++)
    if (is_alike (self, g_ptr_array_index (others, i)))
      add_way (self, points, coordinates, g_ptr_array_index (others, i), show, ways);
  g_free (points);
  return ok ? g_steal_pointer (&coordinates) : NULL;
}
