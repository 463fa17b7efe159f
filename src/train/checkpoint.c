#include "train/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_NAME = 160 };

/* ---- saving ---- */

static void add (CosmosGgufWriter *writer, const char *prefix, const CosmosParameter *parameter, const float *values)
{
  char name[LONGEST_NAME];
  const int64_t matrix[2] = {parameter->rows, parameter->columns};
  snprintf (name, sizeof name, "%s%s", prefix, parameter->name);
  cosmos_gguf_writer_add_tensor (writer, name, parameter->rows ? 2 : 1, parameter->rows ? matrix : &parameter->columns,
                                 COSMOS_DTYPE_F32, values);
}

static void add_trained (CosmosGgufWriter *writer, const CosmosOptimiserState *state)
{
  add (writer, "", &state->parameter, state->average ? state->average : state->parameter.values);
  if (state->average)
    add (writer, "live/", &state->parameter, state->parameter.values);
  add (writer, "first/", &state->parameter, state->first);
  if (state->second)
    add (writer, "second/", &state->parameter, state->second);
}

bool cosmos_checkpoint_save (const char *path, const CosmosCheckpointInfo *info, const CosmosConfig *config,
                             const CosmosTokenizer *tokenizer, const CosmosParameters *store, const CosmosOptimiser *optimiser,
                             CosmosError *err)
{
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  if (!writer)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory for a checkpoint", path);
  cosmos_tokenizer_write (tokenizer, writer);
  cosmos_config_write (config, writer);
  cosmos_gguf_writer_set_string (writer, "train.stage", info->stage);
  cosmos_gguf_writer_set_u32 (writer, "train.step", (uint32_t) info->step);
  cosmos_gguf_writer_set_f32 (writer, "train.seconds", (float) info->seconds);
  if (isfinite (info->loss))
    cosmos_gguf_writer_set_f32 (writer, "train.loss", (float) info->loss);
  cosmos_provenance_write (info->provenance, info->measured, writer);
  for (size_t i = 0; i < cosmos_parameters_get_n (store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (store, i);
    if (!parameter.grad)
      add (writer, "", &parameter, parameter.values);
  }
  for (size_t i = 0; i < cosmos_optimiser_get_n (optimiser); i++) {
    CosmosOptimiserState state = cosmos_optimiser_get_state (optimiser, i);
    add_trained (writer, &state);
  }
  bool ok = cosmos_gguf_writer_save (writer, path, err);
  cosmos_gguf_writer_free (writer);
  return ok;
}

/* ---- loading ---- */

static bool read (const CosmosGguf *file, const char *prefix, const CosmosParameter *parameter, float *values, CosmosError *err)
{
  char name[LONGEST_NAME];
  snprintf (name, sizeof name, "%s%s", prefix, parameter->name);
  const CosmosTensorInfo *info = cosmos_gguf_find_tensor (file, name);
  int rank = parameter->rows ? 2 : 1;
  const int64_t shape[2] = {parameter->rows ? parameter->rows : parameter->columns, parameter->columns};
  if (!info || info->rank != rank || memcmp (info->shape, shape, (size_t) rank * sizeof *shape) != 0)
    return cosmos_error_set (
        err, COSMOS_STATUS_FORMAT,
        "%s: %s is missing or of another shape: the recipe has changed. Go on with the one it began with, or begin anew "
        "without --resume",
        cosmos_gguf_get_path (file), name);
  cosmos_dtype_to_float (info->dtype, info->data, values, info->count);
  for (size_t i = 0; i < info->count; i++)
    if (!isfinite (values[i]))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: %s holds numbers that are not finite",
                               cosmos_gguf_get_path (file), name);
  return true;
}

static bool read_trained (const CosmosGguf *file, const CosmosOptimiserState *state, CosmosError *err)
{
  const CosmosParameter *parameter = &state->parameter;
  return read (file, state->average ? "live/" : "", parameter, parameter->values, err)
         && (!state->average || read (file, "", parameter, state->average, err))
         && read (file, "first/", parameter, state->first, err)
         && (!state->second || read (file, "second/", parameter, state->second, err));
}

static bool load (const CosmosGguf *file, CosmosCheckpointInfo *info, CosmosParameters *store, CosmosOptimiser *optimiser,
                  CosmosError *err)
{
  const char *stage;
  info->loss = NAN;
  if (!cosmos_gguf_get_string (file, "train.stage", &stage, err)
      || !cosmos_gguf_get_integer (file, "train.step", 0, UINT32_MAX, &info->step, err)
      || !cosmos_gguf_get_float (file, "train.seconds", &info->seconds, err))
    return false;
  if (cosmos_gguf_has (file, "train.loss") && !cosmos_gguf_get_float (file, "train.loss", &info->loss, err))
    return false;
  if (strcmp (stage, info->stage) != 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: is of the stage %.20s, not %s", cosmos_gguf_get_path (file), stage,
                             info->stage);
  for (size_t i = 0; i < cosmos_parameters_get_n (store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (store, i);
    if (!parameter.grad && !read (file, "", &parameter, parameter.values, err))
      return false;
  }
  for (size_t i = 0; i < cosmos_optimiser_get_n (optimiser); i++) {
    CosmosOptimiserState state = cosmos_optimiser_get_state (optimiser, i);
    if (!read_trained (file, &state, err))
      return false;
  }
  cosmos_optimiser_set_n_steps (optimiser, info->step);
  cosmos_parameters_touch (store);
  return true;
}

bool cosmos_checkpoint_load (const char *path, CosmosCheckpointInfo *info, CosmosParameters *store, CosmosOptimiser *optimiser,
                             CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (path, err);
  bool ok = file && load (file, info, store, optimiser, err);
  cosmos_gguf_free (file);
  return ok;
}

bool cosmos_checkpoint_is_finished (const char *path, const char *stage, const CosmosConfig *config, int64_t steps)
{
  CosmosGguf *file = cosmos_gguf_open (path, NULL);
  const char *found;
  CosmosConfig sizes;
  int64_t step;
  bool has_measured = false;
  for (size_t i = 0; file && i < cosmos_gguf_get_n_keys (file); i++)
    has_measured |= strncmp (cosmos_gguf_get_key (file, i), "train.measured.", 15) == 0;
  bool finished = has_measured && cosmos_gguf_get_string (file, "train.stage", &found, NULL) && strcmp (found, stage) == 0
                  && cosmos_gguf_get_integer (file, "train.step", steps, UINT32_MAX, &step, NULL)
                  && cosmos_config_read (&sizes, file, NULL) && cosmos_config_equals (&sizes, config);
  cosmos_gguf_free (file);
  return finished;
}
