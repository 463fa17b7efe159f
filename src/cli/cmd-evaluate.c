/* cosmos evaluate: how good a model is at its task, at every sampler and number of steps, beside the baseline. */

#include "cli/measuring.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "evaluate/evaluation.h"

#include <math.h>
#include <string.h>

enum { COUNT = 200 };

static bool get_samplers (const char *list, CosmosEvaluationPlan *plan, CosmosError *err)
{
  plan->n_samplers = 0;
  for (const char *at = list;;) {
    const char *end = strchrnul (at, ',');
    char name[32];
    snprintf (name, sizeof name, "%.*s", (int) (end - at), at);
    if (plan->n_samplers == COSMOS_N_SAMPLERS)
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "--sampler names more samplers than there are");
    if (!cosmos_sampler_from_name (name, &plan->samplers[plan->n_samplers++], err))
      return false;
    if (*end == 0)
      return true;
    at = end + 1;
  }
}

static bool get_plan (const CliArguments *arguments, CosmosEvaluationPlan *plan, CosmosError *err)
{
  const CliNumbers *steps = &arguments->steps_list, *sigmas = &arguments->sigma;
  *plan = cosmos_evaluation_plan_default ();
  if (steps->n > COSMOS_EVALUATION_STEPS || sigmas->n > COSMOS_EVALUATION_SIGMAS)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "--steps and --sigma take up to %d numbers", COSMOS_EVALUATION_STEPS);
  for (int i = 0; i < steps->n; i++) {
    if (steps->items[i] != floor (steps->items[i]))
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "--steps has %g in it; numbers of steps are whole", steps->items[i]);
    plan->steps[i] = (int) steps->items[i];
  }
  for (int i = 0; i < sigmas->n; i++)
    plan->sigmas[i] = sigmas->items[i];
  plan->n_steps = steps->n ? steps->n : plan->n_steps;
  plan->n_sigmas = sigmas->n ? sigmas->n : plan->n_sigmas;
  return !arguments->samplers || get_samplers (arguments->samplers, plan, err);
}

static int run_evaluate (const CliArguments *arguments)
{
  CosmosEvaluationPlan plan;
  CliMeasuring self = {0};
  CosmosReport *report = NULL;
  CosmosError err = {0};
  bool ok = get_plan (arguments, &plan, &err)
            && cli_measuring_init (&self, arguments, arguments->n_words ? arguments->words[0] : NULL, COUNT, &err);
  if (ok) {
    report = cosmos_report_new ("evaluate", self.bench.task);
    ok = (report || cosmos_error_set (&err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the results"))
         && cosmos_evaluate (&self.bench, &plan, report, &err);
  }
  int result = cli_measuring_finish (arguments, report, ok, &err);
  cosmos_report_free (report);
  cli_measuring_clear (&self);
  return result;
}

const CliVerb cli_verb_evaluate = {
  .name = "evaluate",
  .words = "[RECIPE]",
  .summary = "how good a model is: all measures of its task",
  .about
  = "Measures a model on the validation texts of its task: what comes back through the latents, with noise on them from 0 to 2 deviations; then the texts that "
    "it writes by every sampler at several numbers of steps, and those of the word-by-word baseline on the same inputs. story: perplexity under a judge, "
    "Div-4, Mem (share of runs of four words that stand in the training texts), MAUVE; summary: ROUGE-1, 2, L; question: BLEU-4, ROUGE-L; detox: BLEU, the "
    "share of offensive words that are gone, likeness to the source; time for all. The texts are below --data in TASK/train.jsonl.xz and TASK/valid.jsonl.xz, or "
    "where RECIPE says. Ctrl-C ends with what was measured so far. docs/evaluation.md defines everything.",
  .options
  = "data+ model baseline judge task seed count+ steps+ sampler+ sigma+ guidance no-self-conditioning schedule-d t-end noise-scale strength return temperature top-k top-p greedy "
    "max-tokens batch candidates compute threads json+ svg open progress",
  .examples = "  cosmos evaluate --data texts --steps 50 --sampler dpm-sde        a quick look\n"
              "  cosmos evaluate --data texts --judge SmolLM2-135M.gguf --json story.json --svg story.svg\n"
              "  cosmos evaluate --data texts --task detox --count 500 --guidance 2\n"
              "  cosmos evaluate --data texts --task detox --candidates 10\n"
              "  cosmos evaluate models/recipes/story.ini --data texts            the texts that the recipe names\n",
  .max_words = 1,
  .run = run_evaluate,
};
