/* A column of a comparison in words (cpg-contender.h). */
#include "engine/cpg-contender-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

char *cpg_contender_get_title (CpgContender *self)
{
  return g_strdup (cpg_contender_is_autoregressive (self) ? _ ("Autoregressive") : _ ("Diffusion"));
}

/* ---- its way ---- */

const char *cpg_contender_name_sampler (CosmosSampler sampler)
{
  static const char *const names[COSMOS_N_SAMPLERS] = {
    [COSMOS_SAMPLER_DPM_SDE] = N_ ("DPM++ SDE"), [COSMOS_SAMPLER_DPM_ODE] = N_ ("DPM++ ODE"),
    [COSMOS_SAMPLER_EULER] = N_ ("Euler"),       [COSMOS_SAMPLER_DDPM] = N_ ("DDPM"),
    [COSMOS_SAMPLER_DDIM] = N_ ("DDIM"),
  };
  return _ (names[sampler]);
}

typedef struct {
  guint64 seed;
  int steps, sampler;
  double guidance, strength;
  gboolean self_conditioning;
} Numbers;

static Numbers read_numbers (CpgSettings *settings)
{
  Numbers n;
  g_object_get (settings, "seed", &n.seed, "steps", &n.steps, "sampler", &n.sampler, "guidance", &n.guidance, "strength",
                &n.strength, "self-conditioning", &n.self_conditioning, NULL);
  return n;
}

static void add (GPtrArray *parts, char *part)
{
  g_ptr_array_add (parts, part);
}

static const char *get_model_name (CpgContender *self)
{
  return self->run ? cpg_run_get_model_name (self->run) : self->writing ? cpg_writing_get_model_name (self->writing) : NULL;
}

/* other NULL: all of it. */
static void add_diffusion (GPtrArray *parts, CpgContender *self, CpgContender *other)
{
  Numbers mine = read_numbers (self->settings), its = other ? read_numbers (other->settings) : mine;
  if (!other || mine.sampler != its.sampler)
    add (parts, g_strdup (cpg_contender_name_sampler ((CosmosSampler) mine.sampler)));
  if (!other || mine.steps != its.steps)
    add (parts, g_strdup_printf (ngettext ("%d step", "%d steps", (gulong) mine.steps), mine.steps));
  if (other && mine.guidance != its.guidance)
    add (parts, g_strdup_printf (_ ("guidance %g"), mine.guidance));
  if (other ? mine.strength != its.strength : mine.strength != 1)
    add (parts, g_strdup_printf (_ ("strength %g"), mine.strength));
  if (other ? mine.self_conditioning != its.self_conditioning : !mine.self_conditioning)
    add (parts, g_strdup (mine.self_conditioning ? _ ("with self-conditioning") : _ ("without self-conditioning")));
}

static void add_temperature (GPtrArray *parts, double temperature)
{
  add (parts, temperature > 0 ? g_strdup_printf (_ ("temperature %g"), temperature) : g_strdup (_ ("the likeliest tokens")));
}

/* How tokens are drawn: in what that differs from another's, or from pure chance where other is NULL. */
static void add_drawing (GPtrArray *parts, const CosmosAutoregressSettings *mine, const CosmosAutoregressSettings *other)
{
  const CosmosAutoregressSettings pure = cosmos_autoregress_settings_default (NULL), *its = other ? other : &pure;
  if (mine->temperature != its->temperature)
    add_temperature (parts, mine->temperature);
  if (mine->top_k != its->top_k)
    add (parts, mine->top_k > 0 ? g_strdup_printf (_ ("top-k %d"), mine->top_k) : g_strdup (_ ("without top-k")));
  if (mine->top_p != its->top_p)
    add (parts, g_strdup_printf (_ ("top-p %g"), mine->top_p));
}

char *cpg_contender_describe_way (CpgContender *self, CpgContender *other)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  if (!self->settings)
    return g_strdup ("");
  gboolean same_kind = other && other->settings
                       && cpg_contender_is_autoregressive (self) == cpg_contender_is_autoregressive (other);
  CpgContender *against = same_kind ? other : NULL;
  const char *model = get_model_name (self);
  if (model && (!against || g_strcmp0 (model, get_model_name (against)) != 0))
    add (parts, g_strdup (model));
  if (!cpg_contender_is_autoregressive (self))
    add_diffusion (parts, self, against);
  if (self->writing && cpg_writing_get_asking (self->writing) == COSMOS_ASKING_INSTRUCTION)
    add (parts, g_strdup (_ ("asked in words")));
  if (self->writing && cpg_writing_get_asking (self->writing) == COSMOS_ASKING_UNKNOWN)
    add (parts, g_strdup (_ ("not asked, as its chat template is not known")));
  if (self->writing)
    add_drawing (parts, cpg_writing_get_drawing (self->writing),
                 against && against->writing ? cpg_writing_get_drawing (against->writing) : NULL);
  guint64 seed = read_numbers (self->settings).seed;
  if (!against || seed != read_numbers (against->settings).seed)
    add (parts, g_strdup_printf (_ ("seed %" PRIu64), seed));
  if (parts->len == 0)
    return g_strdup (other && other != self ? _ ("the same settings") : "");
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

/* ---- what happens ---- */

static char *describe_writing (CpgContender *self)
{
  int n = cpg_writing_get_n_tokens (self->writing), number = self->shown + 1;
  if (cpg_writing_get_state (self->writing) == CPG_RUN_CANCELLED && number == n)
    return g_strdup_printf (ngettext ("Stopped after %d token", "Stopped after %d tokens", (gulong) n), n);
  if (n == 0)
    return g_strdup (cpg_writing_get_model_name (self->writing) ? _ ("Writing the first word") : _ ("Opening the model"));
  if (cpg_writing_get_state (self->writing) == CPG_RUN_DONE && number == n)
    return g_strdup_printf (ngettext ("Done: %d token, one after the other", "Done: %d tokens, one after the other", (gulong) n),
                            n);
  if (number == 0)
    return g_strdup (_ ("Nothing is written yet"));
  const CpgToken *tokens = cpg_writing_get_tokens (self->writing, &n);
  double probability = (double) tokens[self->shown].guess.probability;
  if (tokens[self->shown].guess.id < 0)
    return g_strdup (_ ("The beginning is given"));
  /* Translators: how likely the model found the token that it wrote. */
  return g_strdup_printf (_ ("Token %d of %d: it had a chance of %.0f %%"), number, n, 100 * probability);
}

char *cpg_contender_describe (CpgContender *self)
{
  if (cpg_contender_get_error (self))
    return g_strdup (cpg_contender_get_error (self));
  if (!cpg_contender_is_begun (self))
    return g_strdup (_ ("Waiting for its turn"));
  if (self->writing)
    return describe_writing (self);
  if (!self->run)
    return g_strdup (_ ("Stopped before it began"));
  if (self->shown < 0 && cpg_run_get_n_done (self->run) > 0)
    return g_strdup (_ ("Nothing is written yet"));
  return cpg_run_describe (self->run);
}
