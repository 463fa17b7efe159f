#include "train/origin.h"

#include "train/ready-encoder.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
}

static bool is_baseline (const char *stage)
{
  return strcmp (stage, "baseline") == 0;
}

/* ---- finding ---- */

/* Of an encoder without statistics, the one in the folder that has them. */
static char *find_complete (const char *ready, const char *folder, CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (ready, NULL); /* whoever reads it says what is wrong */
  bool bare = file && cosmos_ready_encoder_is_bare (file);
  char *path = NULL;
  cosmos_gguf_free (file);
  if ((bare ? asprintf (&path, "%s/encoder.gguf", folder) : asprintf (&path, "%s", ready)) < 0) {
    no_memory (err);
    return NULL;
  }
  if (!bare || access (path, F_OK) == 0)
    return path;
  cosmos_error_set (
      err, COSMOS_STATUS_IO,
      "%s: there is no such file. It has what %s lacks, the statistics of the encoder's states, and is made when the "
      "autoencoder is trained; for an autoencoder of another folder name the encoder.gguf there as [encoder] file",
      path, ready);
  free (path);
  return NULL;
}

char *cosmos_origin_find (const CosmosRecipe *recipe, const char *folder, const char *stage, CosmosError *err)
{
  const char *ready = cosmos_stage_find (stage)->get_recipe (recipe)->file;
  char *path = NULL;
  if (*ready && strcmp (stage, "encoder") == 0 && access (ready, F_OK) == 0)
    return find_complete (ready, folder, err);
  if (*ready)
    path = strdup (ready);
  else if (asprintf (&path, "%s/%s.gguf", folder, stage) < 0)
    path = NULL;
  if (!path) {
    no_memory (err);
    return NULL;
  }
  if (access (path, F_OK) == 0)
    return path;
  if (*ready)
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: there is no such file; the recipe's [%s] file names it", ready, stage);
  else if (*recipe->from && !is_baseline (stage)) {
    free (path);
    path = strdup (recipe->from);
    if (!path)
      no_memory (err);
    return path;
  } else
    cosmos_error_set (err, COSMOS_STATUS_IO,
                      "%s: there is no such file. The stage %s must be trained first, or be taken from a bundle (--from)", path,
                      stage);
  free (path);
  return NULL;
}

/* ---- does it fit? ---- */

/* What shapes do not show. */
static bool check_sizes (const CosmosConfig *wanted, const CosmosGguf *file, const char *stage, CosmosError *err)
{
  CosmosConfig found;
  const char *path = cosmos_gguf_get_path (file);
  bool is_encoder = strcmp (stage, "encoder") == 0, is_denoiser = strcmp (stage, "denoiser") == 0;
  if (!(is_encoder ? cosmos_config_read_encoder : cosmos_config_read) (&found, file, err))
    return false;
  if (is_encoder
      && (found.encoder.layers != wanted->encoder.layers || found.encoder.heads != wanted->encoder.heads
          || fabsf (found.encoder.norm_eps - wanted->encoder.norm_eps) > .01f * wanted->encoder.norm_eps))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: its encoder has %d layers, %d heads and norm-eps %g; the recipe says %d, %d and %g", path,
                             found.encoder.layers, found.encoder.heads, (double) found.encoder.norm_eps, wanted->encoder.layers,
                             wanted->encoder.heads, (double) wanted->encoder.norm_eps);
  const int layers = is_denoiser ? found.denoiser.layers : found.compressor.layers,
            head = is_denoiser ? found.denoiser.head : found.compressor.head,
            wanted_layers = is_denoiser ? wanted->denoiser.layers : wanted->compressor.layers,
            wanted_head = is_denoiser ? wanted->denoiser.head : wanted->compressor.head;
  if (!is_encoder && (layers != wanted_layers || head != wanted_head))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: its %s has %d layers with heads of %d numbers; the recipe says %d and %d", path, stage, layers,
                             head, wanted_layers, wanted_head);
  return true;
}

/* Ids mean the same on both sides. */
static bool check_tokens (const CosmosTokenizer *wanted, const CosmosGguf *file, CosmosError *err)
{
  CosmosTokenizer *found = cosmos_tokenizer_new_from_gguf (file, err);
  if (!found)
    return false;
  bool same = cosmos_tokenizer_get_size (found) == cosmos_tokenizer_get_size (wanted);
  for (int id = 0; same && id < cosmos_tokenizer_get_size (wanted); id++) {
    char a[256], b[256];
    cosmos_tokenizer_describe (found, id, a, sizeof a);
    cosmos_tokenizer_describe (wanted, id, b, sizeof b);
    same = strcmp (a, b) == 0;
  }
  cosmos_tokenizer_free (found);
  return same
         || cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                              "%s: has other tokens than this training; begin without it, or take its tokenizer: "
                              "[tokenizer] file = %s",
                              cosmos_gguf_get_path (file), cosmos_gguf_get_path (file));
}

bool cosmos_origin_check (const CosmosTraining *training, const CosmosGguf *file, const char *stage, CosmosError *err)
{
  return check_sizes (&training->recipe->config, file, stage, err) && check_tokens (training->tokenizer, file, err);
}

CosmosGguf *cosmos_origin_open (const CosmosTraining *training, const char *stage, CosmosError *err)
{
  char *path = cosmos_origin_find (training->recipe, training->folder, stage, err);
  CosmosGguf *file = path ? cosmos_gguf_open (path, err) : NULL;
  free (path);
  if (file && cosmos_origin_check (training, file, stage, err))
    return file;
  cosmos_gguf_free (file);
  return NULL;
}

/* ---- beginning from another's values ---- */

static bool begins_with (const char *text, const char *begin)
{
  return strncmp (text, begin, strlen (begin)) == 0;
}

bool cosmos_origin_is_part (const char *stage, const char *tensor)
{
  static const struct {
    const char *stage, *prefix;
  } parts[] = {{"encoder", "encoder."},     {"autoencoder", "compressor."}, {"autoencoder", "decompressor."},
               {"denoiser", "denoiser."},   {"denoiser", "latent."},        {"baseline", "blk."},
               {"baseline", "token_embd."}, {"baseline", "output"}};
  if (begins_with (tensor, "encoder.predictor")) /* the masked language model's head, for training alone */
    return false;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strcmp (parts[i].stage, stage) == 0 && begins_with (tensor, parts[i].prefix))
      return true;
  return false;
}

/* Rows that stand for something each, so that more or fewer of them are still the same ones: positions, and the tokens of a language model. */
static bool is_table (const CosmosParameter *parameter)
{
  return strcmp (parameter->name, "token_embd.weight") == 0 || !(parameter->is_matrix || parameter->is_constant);
}

/* How many numbers of a tensor the parameter takes: all or none, but of a table as many rows as both have. */
static int64_t count_fitting (const CosmosTensorInfo *info, const CosmosParameter *parameter)
{
  const int64_t rows = parameter->rows, columns = parameter->columns;
  if (!info || info->rank != (rows ? 2 : 1) || info->shape[info->rank - 1] != columns)
    return 0;
  if (!rows || info->shape[0] == rows)
    return (int64_t) info->count;
  if (!is_table (parameter))
    return 0;
  return (info->shape[0] < rows ? info->shape[0] : rows) * columns;
}

static bool take (const CosmosGguf *file, const CosmosParameter *parameter, CosmosStart *start, CosmosError *err)
{
  const CosmosTensorInfo *info = cosmos_gguf_find_tensor (file, parameter->name);
  const int64_t count = count_fitting (info, parameter);
  start->n_asked += (parameter->rows ? parameter->rows : 1) * parameter->columns;
  if (count == 0)
    return true;
  cosmos_dtype_to_float (info->dtype, info->data, parameter->values, (size_t) count);
  for (int64_t i = 0; i < count; i++)
    if (!isfinite (parameter->values[i]))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: %s holds numbers that are not finite",
                               cosmos_gguf_get_path (file), parameter->name);
  start->n_taken += count;
  return true;
}

/* Whether the latents that the denoiser learns are those of the file that it begins from. */
static bool has_same_latents (const CosmosTraining *training)
{
  char *path = cosmos_origin_find (training->recipe, training->folder, "autoencoder", NULL);
  bool same = path && strcmp (path, training->recipe->from) == 0;
  free (path);
  return same;
}

static bool is_checkpoint_of (const CosmosGguf *file, const char *stage)
{
  const char *found;
  return cosmos_gguf_get_string (file, "train.stage", &found, NULL) && strcmp (found, stage) == 0;
}

bool cosmos_origin_start (const CosmosTraining *training, const char *stage, CosmosParameters *store, CosmosStart *start,
                          CosmosError *err)
{
  const char *from = training->recipe->from, *architecture = "";
  *start = (CosmosStart) {0};
  if (!*from)
    return true;
  CosmosGguf *file = cosmos_gguf_open (from, err);
  bool ok = file && cosmos_gguf_get_string (file, "general.architecture", &architecture, err);
  const bool is_checkpoint = ok && cosmos_gguf_has (file, "train.stage");
  if (ok && (is_checkpoint ? !is_checkpoint_of (file, stage) : (strcmp (architecture, "llama") == 0) != is_baseline (stage))) {
    cosmos_gguf_free (file);
    return true;
  }
  ok = ok && check_tokens (training->tokenizer, file, err);
  start->path = from;
  const bool with_constants = ok && (strcmp (stage, "denoiser") != 0 || has_same_latents (training));
  for (size_t i = 0; ok && i < cosmos_parameters_get_n (store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (store, i);
    if (!parameter.is_constant || with_constants)
      ok = take (file, &parameter, start, err);
  }
  if (ok && start->n_taken == 0)
    ok = cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: nothing in it has the shape of the recipe's %s", from, stage);
  cosmos_gguf_free (file);
  cosmos_parameters_touch (store);
  return ok;
}
