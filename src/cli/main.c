/* cosmos: the command line of Cosmos Playground. A table of verbs; each is a file of its own. */

#include "cli/nearest.h"
#include "cli/options.h"
#include "cli/say.h"

#include <stdio.h>
#include <string.h>

static const CliVerb *const verbs[] = {
  &cli_verb_generate,    &cli_verb_baseline, &cli_verb_compare, &cli_verb_reconstruct, &cli_verb_perturb,
  &cli_verb_interpolate, &cli_verb_inspect,  &cli_verb_convert, &cli_verb_models,      &cli_verb_sessions,
  &cli_verb_train,       &cli_verb_export,   &cli_verb_bench,   &cli_verb_evaluate,    &cli_verb_study,
};
enum { N_VERBS = sizeof verbs / sizeof verbs[0] };

/* A bare task is short for: generate --task TASK. */
static const char *const tasks[] = {"story", "summary", "question", "detox"};
enum { N_TASKS = sizeof tasks / sizeof tasks[0] };

static const CliVerb *find_verb (const char *name)
{
  for (int i = 0; i < N_VERBS; i++) {
    if (strcmp (verbs[i]->name, name) == 0)
      return verbs[i];
  }
  return NULL;
}

static bool is_task (const char *name)
{
  for (int i = 0; i < N_TASKS; i++) {
    if (strcmp (tasks[i], name) == 0)
      return true;
  }
  return false;
}

static void print_overview (FILE *stream)
{
  fputs ("Cosmos Playground writes text with latent diffusion: a whole text condenses out of noise, all words at once.\n\n"
         "usage: cosmos VERB [ARGUMENT]... [OPTION]...\n"
         "       cosmos TASK ...            short for: cosmos generate --task TASK\n\n"
         "Verbs:\n",
         stream);
  for (int i = 0; i < N_VERBS; i++)
    fprintf (stream, "  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
  fputs ("  help         this overview; cosmos help VERB says more about a verb\n"
         "  version      the version\n\n"
         "Tasks: story, summary, question, detox (as far as there is a model for them)\n\n"
         "Examples:\n"
         "  cosmos story --seed 7              a story, and with the same seed the same again\n"
         "  cosmos story --seed 7 --watch      see how it condenses out of noise\n"
         "  cosmos reconstruct \"A short text.\"  what is left of a text after 16 latent vectors\n",
         stream);
}

static int unknown_verb (const char *name)
{
  const char *names[N_VERBS + N_TASKS + 2] = {"help", "version"};
  int n = 2;
  for (int i = 0; i < N_VERBS; i++)
    names[n++] = verbs[i]->name;
  for (int i = 0; i < N_TASKS; i++)
    names[n++] = tasks[i];
  const char *nearest = cli_nearest (name, names, (size_t) n);
  if (nearest)
    cli_say ("There is no verb \"%.60s\"; did you mean %s? See: cosmos help", name, nearest);
  else
    cli_say ("There is no verb \"%.60s\". See: cosmos help", name);
  return CLI_USAGE;
}

static int help (int n, char **argv)
{
  if (n == 0) {
    print_overview (stdout);
    return cli_finish_output ();
  }
  const CliVerb *verb = is_task (argv[0]) ? &cli_verb_generate : find_verb (argv[0]);
  if (!verb)
    return unknown_verb (argv[0]);
  cli_options_print_help (verb);
  return cli_finish_output ();
}

int main (int argc, char **argv)
{
  if (argc < 2) {
    print_overview (stderr);
    return CLI_USAGE;
  }
  const char *name = argv[1];
  if (strcmp (name, "help") == 0 || strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0)
    return help (argc - 2, argv + 2);
  if (strcmp (name, "version") == 0 || strcmp (name, "--version") == 0) {
    bool json = argc > 2 && strcmp (argv[2], "--json") == 0;
    printf (json ? "{\"verb\":\"version\",\"version\":\"%s\"}\n" : "cosmos %s\n", COSMOS_VERSION);
    return cli_finish_output ();
  }

  CliArguments arguments;
  cli_arguments_init (&arguments);
  const CliVerb *verb = find_verb (name);
  if (!verb && is_task (name)) {
    verb = &cli_verb_generate;
    arguments.task = name;
  }
  if (!verb)
    return unknown_verb (name);
  int result = cli_arguments_parse (&arguments, verb, argc - 2, argv + 2);
  if (result != CLI_OK)
    return result;
  if (arguments.help) {
    cli_options_print_help (verb);
    return cli_finish_output ();
  }
  return verb->run (&arguments);
}
