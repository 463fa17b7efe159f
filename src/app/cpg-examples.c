#include "app/cpg-examples.h"

#include "core/sample/instruction.h"
#include "core/sample/sampler.h"

#include <glib/gi18n.h>

static const CpgExample examples[] = {
  {.task = "story", .title = N_ ("Eight steps: the shape of a text, and no more"), .steps = 8},
  {.task = "story", .title = N_ ("Two hundred small steps"), .steps = 200},
  {.task = "story", .title = N_ ("No chance after the first noise (DDIM)"), .sampler = "ddim"},
  {.task = "story", .title = N_ ("As the paper samples: Euler–Maruyama, 200 steps"), .steps = 200, .sampler = "euler"},
  {.task = "story", .title = N_ ("Without a look at the guess before"), .no_self_conditioning = TRUE},
  {.task = "story", .title = N_ ("The lost key"), .source = "Anna could not find her key."},
  {.task = "story", .title = N_ ("A new dog"), .source = "Tom got a dog for his birthday."},
  {.task = "summary",
   .title = N_ ("The bridge"),
   .source
   = "The old bridge over the river was closed on Monday after workers found cracks in two of its pillars. The town had planned to "
     "repair it next spring, but engineers say that it cannot wait. Until the work is done, buses take the road through the "
     "valley, which adds twenty minutes to every trip. Shop owners on the east bank fear that they will lose customers."},
  {.task = "summary",
   .title = N_ ("The school garden"),
   .source
   = "A class of ten-year-olds has turned the yard behind its school into a garden. They dug up the concrete, brought soil from a "
     "farm and planted beans, carrots and sunflowers. What they grow is cooked in the school kitchen every Friday. The head "
     "teacher says that children who never liked vegetables now ask for more."},
  {.task = "detox", .title = N_ ("A rude remark"), .source = "that was a damn stupid idea and you know it"},
  {.task = "detox", .title = N_ ("An angry answer"), .source = "shut up, nobody wants to hear your crap"},
  {.task = "question",
   .title = N_ ("The lighthouse"),
   .source
   = "a crew of twelve men | The lighthouse was built in 1872 by a crew of twelve men. Its lamp could be seen from twenty miles away."},
  {.task = "question",
   .title = N_ ("Bees"),
   .source
   = "by dancing | Honey bees tell each other where flowers are by dancing. The longer the dance, the farther away the flowers are."},
};

const CpgExample **cpg_examples_find (const char *task, gboolean takes_source, size_t *n)
{
  const CpgExample **found = g_new (const CpgExample *, G_N_ELEMENTS (examples));
  *n = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (examples); i++)
    if (g_strcmp0 (examples[i].task, task) == 0 && (!examples[i].source || takes_source))
      found[(*n)++] = &examples[i];
  return found;
}

const char *cpg_examples_get_source (const char *task)
{
  if (!cosmos_instruction_needs_source (task))
    return "";
  for (size_t i = 0; i < G_N_ELEMENTS (examples); i++)
    if (g_str_equal (examples[i].task, task) && examples[i].source)
      return examples[i].source;
  return "";
}

void cpg_example_apply (const CpgExample *self, CpgSettings *settings)
{
  CosmosSampler sampler;
  g_object_set (settings, "source", self->source ? self->source : "", NULL);
  if (self->steps)
    g_object_set (settings, "steps", self->steps, NULL);
  if (self->sampler && cosmos_sampler_from_name (self->sampler, &sampler, NULL))
    g_object_set (settings, "sampler", sampler, NULL);
  if (self->no_self_conditioning)
    g_object_set (settings, "self-conditioning", FALSE, NULL);
}
