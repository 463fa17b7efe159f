#include "evaluate/writing.h"

#include "core/base/clock.h"
#include "core/sample/instruction.h"
#include "core/sample/trajectory.h"
#include "core/study/consensus.h"

#include <stdlib.h>
#include <string.h>

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
}

void cosmos_written_clear (CosmosWritten *self)
{
  for (size_t i = 0; self->items && i < self->n; i++)
    free (self->items[i]);
  free (self->items);
  *self = (CosmosWritten) {0};
}

static const char *get_source (const CosmosBench *bench, size_t i)
{
  return i < bench->examples.n ? bench->examples.items[i].source : NULL;
}

/* ---- candidates ---- */

static int get_n_candidates (const CosmosBench *bench)
{
  return bench->candidates > 1 ? bench->candidates : 1;
}

/* Candidate b of text i has the seed of text i candidates + b, so that no two texts share one. */
static uint64_t get_seed (const CosmosBench *bench, size_t i)
{
  return bench->settings.seed + i * (size_t) get_n_candidates (bench);
}

/* ---- diffusion ---- */

static bool keep (CosmosWritten *written, size_t i, const CosmosDecoding *text, CosmosError *err)
{
  written->n_tokens += text->n_tokens;
  written->items[i] = strdup (text->text);
  return written->items[i] || no_memory (err);
}

static bool keep_sample (CosmosBench *bench, CosmosTrajectory *run, int b, CosmosWritten *written, size_t i, CosmosError *err)
{
  const int steps = cosmos_trajectory_get_settings (run)->steps;
  const CosmosDecoding *text = cosmos_trajectory_decode (run, steps, COSMOS_SHOW_X0, b, bench->progress, err);
  return text && (!written || keep (written, i, text, err));
}

/* Texts first .. first + settings->batch - 1, or text `first` of as many candidates; written NULL: nothing is kept (weights get packed). */
static bool diffuse (CosmosBench *bench, const CosmosSettings *settings, size_t first, CosmosWritten *written, CosmosError *err)
{
  const char *source = get_source (bench, first);
  CosmosTrajectory *run = cosmos_trajectory_new (bench->pipeline, bench->pool, settings, source, source ? strlen (source) : 0,
                                                 err);
  bool ok = run;
  while (ok && !cosmos_trajectory_is_done (run)) {
    ok = cosmos_trajectory_advance (run, bench->progress, err);
    if (ok && written)
      cosmos_bench_advance (bench, settings->batch, cosmos_sampler_get_name (settings->sampler));
  }
  int best;
  if (ok && written && get_n_candidates (bench) > 1)
    ok = cosmos_consensus_find_sample (run, NULL, &best, bench->progress, err)
         && keep_sample (bench, run, best, written, first, err);
  else
    for (int b = 0; ok && b < settings->batch; b++)
      ok = keep_sample (bench, run, b, written, first + (size_t) b, err);
  cosmos_trajectory_free (run);
  return ok;
}

static bool make_room (CosmosWritten *made, size_t n, CosmosError *err)
{
  *made = (CosmosWritten) {.items = calloc (n + 1, sizeof *made->items), .n = n};
  return made->items || no_memory (err);
}

bool cosmos_write_by_diffusion (CosmosBench *bench, CosmosSampler sampler, int steps, bool self_conditioning, size_t n,
                                CosmosWritten *written, CosmosError *err)
{
  CosmosSettings settings = bench->settings;
  CosmosWritten made;
  const double largest_start = cosmos_sampler_get_max_start (sampler);
  const int tries = get_n_candidates (bench);
  const size_t most = tries > 1 || *bench->texts.source ? 1 : (size_t) bench->batch;
  settings.sampler = sampler;
  settings.self_conditioning = self_conditioning;
  settings.t_start = settings.t_start < largest_start ? settings.t_start : largest_start;
  bool ok = make_room (&made, n, err);
  if (ok) { /* the first pass packs weights */
    settings.steps = 1;
    settings.batch = (int) (n < most ? n : most);
    ok = diffuse (bench, &settings, 0, NULL, err);
  }
  settings.steps = steps;
  double begun = cosmos_clock_now ();
  for (size_t first = 0; ok && first < n; first += most) {
    settings.batch = tries > 1 ? tries : (int) (n - first < most ? n - first : most);
    settings.seed = get_seed (bench, first);
    ok = diffuse (bench, &settings, first, &made, err);
  }
  made.seconds = cosmos_clock_now () - begun;
  if (ok)
    *written = made;
  else
    cosmos_written_clear (&made);
  return ok;
}

/* ---- word by word ---- */

/* As the baseline was trained: [CLS] source [SEP], or [CLS] alone. A longer source is cut as the recipe's. */
static bool frame_prompt (const CosmosBench *bench, const char *source, int32_t *ids, size_t capacity, size_t *n,
                          CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (bench->baseline);
  const int begin = cosmos_language_model_get_begin (bench->baseline),
            end = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP);
  size_t room = capacity - 2, length = 0;
  if (source && !cosmos_tokenizer_encode (tokenizer, source, strlen (source), ids + 1, room, &length, err))
    return false;
  length = length < room ? length : room;
  ids[0] = begin >= 0 ? begin : end;
  if (ids[0] < 0)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: this model knows no token that a text begins with",
                             cosmos_language_model_get_name (bench->baseline));
  if (source)
    ids[1 + length] = end;
  *n = source ? length + 2 : 1;
  return true;
}

static const char *get_task (const CosmosBench *bench)
{
  return cosmos_pipeline_get_config (bench->pipeline)->tasks[bench->settings.task];
}

/* The source is the beginning of the text, which is part of it then. */
static bool goes_on (const CosmosBench *bench, const char *source)
{
  return source && cosmos_instruction_goes_on (get_task (bench));
}

/* Where the model knows the task, is asked for it in words, or goes on with the source, it is framed as everywhere; a baseline of one task is trained as
 * frame_prompt() says. */
static CosmosAutoregress *begin_text (CosmosBench *bench, const CosmosAutoregressSettings *settings, const char *source,
                                      int32_t *prompt, size_t capacity, CosmosError *err)
{
  const char *task = get_task (bench);
  const CosmosAsking asking = cosmos_asking_find (bench->baseline, task);
  const int end = cosmos_tokenizer_get_special (cosmos_language_model_get_tokenizer (bench->baseline), COSMOS_TOKEN_SEP);
  size_t n = 0;
  if (asking == COSMOS_ASKING_TASK || asking == COSMOS_ASKING_INSTRUCTION || goes_on (bench, source))
    return cosmos_autoregress_new_for_task (bench->baseline, bench->pool, settings, task, source, source ? strlen (source) : 0,
                                            err);
  if (!frame_prompt (bench, source, prompt, capacity, &n, err))
    return NULL;
  return cosmos_autoregress_new_from_tokens (bench->baseline, bench->pool, settings, prompt, n, end, err);
}

static bool autoregress (CosmosBench *bench, const CosmosAutoregressSettings *settings, const char *source, char **text,
                         long *n_tokens, CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (bench->baseline);
  const int context = cosmos_language_model_get_sizes (bench->baseline)->context;
  const int longest = cosmos_pipeline_get_config (bench->pipeline)->source_tokens;
  size_t capacity = (size_t) (longest > 2 && longest < context / 2 ? longest : context / 2);
  int32_t *prompt = calloc (capacity + 2, sizeof *prompt), *ids = calloc ((size_t) context + 1, sizeof *ids);
  CosmosAutoregress *run = NULL;
  bool done = false, ok = (prompt && ids) || no_memory (err);
  ok = ok && (run = begin_text (bench, settings, source, prompt, capacity + 2, err));
  while (ok && !done)
    ok = cosmos_autoregress_advance (run, bench->progress, &done, err);
  int written = ok ? cosmos_autoregress_get_n_tokens (run) : 0;
  for (int i = 0; i < written; i++)
    ids[i] = cosmos_autoregress_get_token (run, i)->id;
  if (ok && text) {
    *n_tokens += written;
    *text = goes_on (bench, source) ? cosmos_autoregress_get_text (run)
                                    : cosmos_tokenizer_decode (tokenizer, ids, (size_t) written);
    ok = *text || no_memory (err);
  }
  cosmos_autoregress_free (run);
  free (prompt);
  free (ids);
  return ok;
}

/* Text i, the best of its candidates. */
static bool write_best (CosmosBench *bench, const CosmosAutoregressSettings *settings, size_t i, CosmosWritten *made,
                        CosmosError *err)
{
  CosmosAutoregressSettings one = *settings;
  char *texts[COSMOS_MAX_BATCH] = {0};
  long n_tokens[COSMOS_MAX_BATCH] = {0};
  const int n = get_n_candidates (bench);
  double agreement[COSMOS_MAX_BATCH];
  size_t best = 0;
  bool ok = true;
  for (int k = 0; ok && k < n; k++) {
    one.seed = get_seed (bench, i) + (uint64_t) k;
    ok = autoregress (bench, &one, get_source (bench, i), &texts[k], &n_tokens[k], err);
  }
  ok = ok && (cosmos_consensus_find ((const char *const *) texts, (size_t) n, agreement, &best) || no_memory (err));
  if (ok) {
    made->items[i] = texts[best];
    made->n_tokens += n_tokens[best];
    texts[best] = NULL;
  }
  for (int k = 0; k < n; k++)
    free (texts[k]);
  return ok;
}

bool cosmos_write_by_baseline (CosmosBench *bench, size_t n, CosmosWritten *written, CosmosError *err)
{
  CosmosAutoregressSettings settings = bench->autoregress;
  const int longest = cosmos_pipeline_get_config (bench->pipeline)->tokens;
  CosmosWritten made;
  settings.max_tokens = 1;
  bool ok = (cosmos_language_model_get_tokenizer (bench->baseline)
             || cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: has no tokenizer",
                                  cosmos_language_model_get_name (bench->baseline)))
            && make_room (&made, n, err);
  if (!ok)
    return false;
  ok = autoregress (bench, &settings, get_source (bench, 0), NULL, NULL, err); /* packs weights */
  double begun = cosmos_clock_now ();
  for (size_t i = 0; ok && i < n; i++) {
    settings.max_tokens = bench->autoregress.max_tokens < longest ? bench->autoregress.max_tokens : longest;
    ok = write_best (bench, &settings, i, &made, err);
    cosmos_bench_advance (bench, longest * get_n_candidates (bench), "baseline");
  }
  made.seconds = cosmos_clock_now () - begun;
  if (ok)
    *written = made;
  else
    cosmos_written_clear (&made);
  return ok;
}
