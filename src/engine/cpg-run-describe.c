/* A run in words (cpg-run.h). */
#include "engine/cpg-run.h"

#include <glib/gi18n-lib.h>

/* The share of a source (alpha) from which on there is something of it in a first step. */
static const double SEEN = 0.01;

/* What the text does at a step, from how many tokens changed and settled. */
static char *describe_tokens (CpgStep *step, int number, int steps, double strength)
{
  int n, changed = cpg_step_get_n_changed (step), settled = cpg_step_get_n_settled (step);
  cpg_step_get_tokens (step, &n);
  if (!cpg_step_is_decoded (step))
    return g_strdup_printf (_ ("Step %d of %d: noise level %.2f"), number, steps, cpg_step_get_sigma (step));
  if (n == 0)
    return g_strdup_printf (_ ("Step %d of %d: no words yet"), number, steps);
  if (number == 1 && strength < 1 && cpg_step_get_alpha (step) > SEEN)
    return g_strdup_printf (_ ("Step %d of %d: the source under noise; the first guess has much of it"), number, steps);
  if (number == 1)
    return g_strdup_printf (_ ("Step %d of %d: all noise; the first guess at the text says little"), number, steps);
  if (2 * changed >= n)
    return g_strdup_printf (ngettext ("Step %d of %d: words appear; %d of %d token changed",
                                      "Step %d of %d: words appear; %d of %d tokens changed", (gulong) n),
                            number, steps, changed, n);
  if (2 * settled >= n)
    return g_strdup_printf (ngettext ("Step %d of %d: the text settles; %d of %d token no longer changes",
                                      "Step %d of %d: the text settles; %d of %d tokens no longer change", (gulong) n),
                            number, steps, settled, n);
  if (4 * changed <= n)
    return g_strdup_printf (ngettext ("Step %d of %d: the text settles; %d of %d token changed",
                                      "Step %d of %d: the text settles; %d of %d tokens changed", (gulong) n),
                            number, steps, changed, n);
  return g_strdup_printf (ngettext ("Step %d of %d: sentences take shape; %d of %d token changed",
                                    "Step %d of %d: sentences take shape; %d of %d tokens changed", (gulong) n),
                          number, steps, changed, n);
}

static char *describe_end (CpgRun *self)
{
  int n, steps = cpg_run_get_n_done (self);
  cpg_step_get_tokens (cpg_run_get_result (self), &n);
  g_autofree char *tokens = g_strdup_printf (ngettext ("%d token", "%d tokens", (gulong) n), n);
  return g_strdup_printf (
      ngettext ("Done: %s in %d step and %.1f seconds", "Done: %s in %d steps and %.1f seconds", (gulong) steps), tokens, steps,
      cpg_run_get_seconds (self));
}

char *cpg_run_describe (CpgRun *self)
{
  int steps = cpg_run_get_n_steps (self), done = cpg_run_get_n_done (self), number = cpg_run_get_current_step (self) + 1;
  CpgStep *step = cpg_run_get_current (self);
  CpgRunState state = cpg_run_get_state (self);
  if (state == CPG_RUN_FAILED)
    return g_strdup (cpg_run_get_error (self));
  if (state == CPG_RUN_DONE && number == done)
    return describe_end (self);
  if (state == CPG_RUN_CANCELLED && number == done)
    return g_strdup_printf (ngettext ("Stopped after %d of %d step", "Stopped after %d of %d steps", (gulong) steps), done,
                            steps);
  if (!step && state == CPG_RUN_PAUSED)
    return g_strdup (_ ("Paused before the first step"));
  if (!step)
    return g_strdup (state == CPG_RUN_WAITING ? _ ("Waiting for its turn") : _ ("Drawing the noise to begin with"));
  double strength;
  g_object_get (cpg_run_get_settings (self), "strength", &strength, NULL);
  g_autofree char *sentence = describe_tokens (step, number, steps, strength);
  return state == CPG_RUN_PAUSED ? g_strdup_printf (_ ("Paused. %s"), sentence) : g_steal_pointer (&sentence);
}
