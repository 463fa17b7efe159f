#include "cli/options.h"

#include "cli/nearest.h"
#include "cli/say.h"
#include "core/sample/settings.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

typedef enum {
  KIND_FLAG,
  KIND_TEXT,
  KIND_CHOICE,
  KIND_INTEGER,
  KIND_NUMBER,
  KIND_NUMBERS, /* separated by commas */
  KIND_SEED,
  KIND_DURATION, /* 90s, 30m, 2h */
  KIND_PAIRS,    /* KEY=VALUE, may be given several times */
  KIND_TEXTS,    /* as KIND_TEXT, but several times */
} Kind;

typedef struct {
  const char *name;
  char letter; /* 0: none */
  Kind kind;
  size_t offset;
  const char *value; /* as the help calls it */
  const char *help;
  double min, max;            /* of numbers */
  const char *const *choices; /* ended by NULL */
  bool many;                  /* the form of an option that a verb asks for by NAME+, in place of the usual one */
} Option;

static const char *const computes[] = {"auto", "f32", "bf16", "int8", "blocks", "openblas", NULL};
static const char *const returns[] = {"x0", "mean", NULL};
static const char *const dtypes[] = {"BF16", "F16", "F32", "Q8_0", NULL};
static const char *const stages[] = {"encoder", "autoencoder", "denoiser", "baseline", NULL};
static const char *const samplers[] = {
#define X(name, id, text) id,
  COSMOS_SAMPLERS (X)
#undef X
      NULL};

#define AT(member) offsetof (CliArguments, member)

static const Option options[] = {
  {"task", 't', KIND_TEXT, AT (task), "NAME",
   "what the model is to write: story, summary, question, detox (default: the model's first)"},
  {"model", 'm', KIND_TEXT, AT (model), "FILE",
   "the diffusion model, a .gguf (default: the first in the models folder that has the task)"},
  {"baseline", 'b', KIND_TEXT, AT (baseline), "FILE",
   "the autoregressive model, a .gguf of architecture llama or gpt2 (default: from the models folder)"},
  {"judge", 0, KIND_TEXT, AT (judge), "FILE",
   "language model that measures perplexity, a .gguf of architecture llama or gpt2 (default: the baseline)"},
  {"compute", 0, KIND_CHOICE, AT (compute), "HOW", "how matrices are multiplied (default auto: the fastest without visible loss)",
   .choices = computes},
  {"threads", 'j', KIND_INTEGER, AT (threads), "N", "threads (default 0: one a core); the text does not depend on it", 0, 256},
  {"seed", 's', KIND_SEED, AT (seed), "N",
   "number that the noise is made from, or \"random\" (default 0); the same seed gives the same text"},
  {"steps", 'k', KIND_INTEGER, AT (steps), "N", "denoising steps (default: the model's); fewer are faster and rougher", 1, 1000},
  {"sampler", 0, KIND_CHOICE, AT (sampler), "NAME", "how a step is made (default dpm-sde)", .choices = samplers},
  {"steps", 'k', KIND_NUMBERS, AT (steps_list), "LIST",
   "numbers of denoising steps, with commas between (default 8,16,25,50,100,200)", 1, 1000, .many = true},
  {"sampler", 0, KIND_TEXT, AT (samplers), "LIST",
   "samplers, with commas between: dpm-sde, dpm-ode, euler, ddpm, ddim (default: all)", .many = true},
  {"guidance", 'g', KIND_NUMBER, AT (guidance), "W",
   "classifier-free guidance: how strongly the source counts (1: off; default: the model's)", 0, 100},
  {"no-self-conditioning", 0, KIND_FLAG, AT (no_self_conditioning), NULL, "do not show the network its guess of the step before"},
  {"schedule-d", 0, KIND_NUMBER, AT (schedule_d), "D", "the noise schedule's d (default: the model's); larger keeps more noise",
   0.01, 1000},
  {"t-end", 0, KIND_NUMBER, AT (t_end), "T", "time at which the last step ends (default: the model's)", 0, 0.999},
  {"noise-scale", 0, KIND_NUMBER, AT (noise_scale), "S",
   "share of its noise that a stochastic sampler adds after a step (default: the model's); less makes likelier, less varied texts",
   0.05, 2},
  {"strength", 0, KIND_NUMBER, AT (strength), "S",
   "share of the time to run through: 1 begins as pure noise (default); less, as the source with the noise of that time, and keeps more of it",
   0.1, 1},
  {"return", 0, KIND_CHOICE, AT (returned), "WHAT",
   "what of the last step is decoded: the guess x0, or the step's mean as the paper (default x0)", .choices = returns},
  {"count", 'n', KIND_INTEGER, AT (count), "N", "texts, with the seeds SEED, SEED + 1 ... (default 1), a line each", 1, 100000},
  {"count", 'n', KIND_INTEGER, AT (count), "N", "texts to measure each number on (default 200)", 1, 100000, .many = true},
  {"batch", 0, KIND_INTEGER, AT (batch), "N",
   "texts that run through the network together (default 8): faster; a text can differ by rounding", 1, 256},
  {"candidates", 0, KIND_INTEGER, AT (candidates), "N",
   "write N texts for each, of seeds of their own, and keep the one that the others agree with most (default 1)", 1,
   COSMOS_MAX_BATCH},
  {"file", 'f', KIND_TEXT, AT (file), "FILE", "read the source from FILE (-: standard input)"},
  {"steps-shown", 0, KIND_INTEGER, AT (steps_shown), "K", "print K steps on the way: step, noise level, text", 0, 1000},
  {"watch", 'w', KIND_FLAG, AT (watch), NULL, "see the text condense in place; lines where there is no terminal"},
  {"pace", 0, KIND_NUMBER, AT (pace), "SECONDS", "the least time that --watch shows a step (default 0.06)", 0, 60},
  {"temperature", 0, KIND_NUMBER, AT (temperature), "T",
   "flattens (above 1) or sharpens the model's probabilities (default: the model's, else 1)", 0, 100},
  {"top-k", 0, KIND_INTEGER, AT (top_k), "K",
   "draw from the K most likely tokens only, 0: from all (default: the model's, else 0)", 0, 1000000},
  {"top-p", 0, KIND_NUMBER, AT (top_p), "P",
   "draw from the most likely tokens that have P of the probability together, 1: from all (default: the model's, else 1)", 0.0001,
   1},
  {"greedy", 0, KIND_FLAG, AT (greedy), NULL, "always take the most likely token"},
  {"max-tokens", 0, KIND_INTEGER, AT (max_tokens), "N", "write at most N tokens", 1, 1000000},
  {"limit", 0, KIND_INTEGER, AT (limit), "N", "read at most N texts, or list at most N runs", 1, 1000000},
  {"sigma", 0, KIND_NUMBERS, AT (sigma), "LIST", "sizes of the noise, with commas between (default 0.25,0.5,0.75,1,1.25,1.5,2)",
   0, 1000},
  {"sigma", 0, KIND_NUMBERS, AT (sigma), "LIST", "sizes of the noise, with commas between (default 0 to 2 by quarters)", 0, 100,
   .many = true},
  {"points", 0, KIND_INTEGER, AT (points), "N", "texts on the way, both ends included (default 7)", 2, 1000},
  {"spherical", 0, KIND_FLAG, AT (spherical), NULL, "go along the great circle instead of the straight line"},
  {"data", 'd', KIND_TEXT, AT (data), "DIR", "folder where the recipe's files of texts lie"},
  {"data", 'd', KIND_TEXT, AT (data), "DIR", "folder with the texts: TASK/train.jsonl.xz, TASK/valid.jsonl.xz", .many = true},
  {"out", 0, KIND_TEXT, AT (out), "DIR", "folder for checkpoints and log; made where it is not there"},
  {"stage", 0, KIND_CHOICE, AT (stage), "STAGE", "this stage alone", .choices = stages},
  {"from", 0, KIND_TEXT, AT (from), "BUNDLE",
   "begin with the values of this model, and use its networks for stages without a checkpoint"},
  {"set", 0, KIND_TEXTS, AT (set), "SECTION.KEY=VALUE",
   "a value of the recipe, in place of what its file says; may be given several times"},
  {"for", 0, KIND_DURATION, AT (time), "TIME", "stop after this time (90s, 30m, 2h), with a checkpoint", 1, 1e8},
  {"save-every", 0, KIND_DURATION, AT (save_every), "TIME", "time from one checkpoint and evaluation to the next (default 3m)",
   0.01, 1e8},
  {"resume", 0, KIND_FLAG, AT (resume), NULL, "go on from the checkpoints in the folder"},
  {"tensors", 0, KIND_FLAG, AT (tensors), NULL, "list every tensor: name, shape, number format, bytes"},
  {"keys", 0, KIND_FLAG, AT (keys), NULL, "list every key and its value"},
  {"output", 'o', KIND_TEXT, AT (output), "FILE", "the file to write, whole or not at all"},
  {"dtype", 0, KIND_CHOICE, AT (dtype), "FORMAT", "number format of matrices (default BF16); vectors and tables are F32",
   .choices = dtypes},
  {"tokenizer", 0, KIND_TEXT, AT (tokenizer), "FILE", "tokenizer.json or vocab.txt (default: the one in the folder)"},
  {"vocabulary", 0, KIND_TEXT, AT (tokenizer), "FILE", "the same, as what goes with checkpoints is called"},
  {"lower-case", 0, KIND_FLAG, AT (lower_case), NULL, "the vocab.txt is an uncased one"},
  {"name", 0, KIND_TEXT, AT (name), "TEXT", "the model's name (default: the folder's)"},
  {"license", 0, KIND_TEXT, AT (license), "TEXT",
   "its licence, as an SPDX identifier (default: what the README.md in the folder says, where it does)"},
  {"description", 0, KIND_TEXT, AT (description), "TEXT", "what it is, in a sentence"},
  {"provenance", 0, KIND_TEXT, AT (provenance), "TEXT", "where it comes from: data, training, by whom"},
  {"quality", 0, KIND_PAIRS, AT (quality), "KEY=VALUE",
   "a measured value to note in the file, for example token_accuracy=0.948; may be given several times"},
  {"unverified", 0, KIND_FLAG, AT (unverified), NULL, "get a model, too, for which nobody has published a checksum"},
  {"tag", 0, KIND_TEXT, AT (tag), "TAG", "only runs with this tag"},
  {"setting", 0, KIND_TEXT, AT (setting), "NAME=VALUE", "only runs with this setting, for example sampler=ddim"},
  {"deleted", 0, KIND_FLAG, AT (deleted), NULL, "the deleted runs that can be restored, and not the others"},
  {"training", 0, KIND_FLAG, AT (training), NULL, "the trainings, and not the runs"},
  {"no-log", 0, KIND_FLAG, AT (no_log), NULL, "leave the session log alone"},
  {"log", 0, KIND_TEXT, AT (log), "FILE", "the session log (default: the window's, sessions.db in its data folder)"},
  {"json", 0, KIND_FLAG, AT (json), NULL, "print JSON instead of text"},
  {"json", 0, KIND_TEXT, AT (json_file), "FILE", "write the results as JSON, too (-: standard output, in place of the table)",
   .many = true},
  {"svg", 0, KIND_TEXT, AT (svg_file), "FILE", "draw the results, as SVG"},
  {"open", 0, KIND_FLAG, AT (open), NULL, "show the results in the window"},
  {"progress", 0, KIND_FLAG, AT (progress), NULL, "tell how far it is on standard error, a line a percent, for other programs"},
  {"help", 'h', KIND_FLAG, AT (help), NULL, "print this help"},
};

enum { N_OPTIONS = sizeof options / sizeof options[0] };

void cli_arguments_init (CliArguments *self)
{
  *self = (CliArguments) {.guidance = NAN,
                          .schedule_d = NAN,
                          .t_end = NAN,
                          .noise_scale = NAN,
                          .strength = NAN,
                          .temperature = NAN,
                          .top_k = -1,
                          .top_p = NAN,
                          .pace = NAN,
                          .time = NAN,
                          .save_every = NAN};
}

/* ---- which options a verb has ---- */

static bool takes (const CliVerb *verb, const Option *option)
{
  bool usual = strcmp (option->name, "json") == 0 || strcmp (option->name, "help") == 0, many = false;
  size_t length = strlen (option->name);
  for (const char *at = verb->options; (at = strstr (at, option->name)); at += length) {
    bool begins = at == verb->options || at[-1] == ' ', ends = at[length] == 0 || strchr (" +", at[length]);
    if (begins && ends) {
      usual = true;
      many |= at[length] == '+';
    }
  }
  return usual && many == option->many;
}

static const Option *find_by_name (const CliVerb *verb, const char *name, size_t length)
{
  for (int i = 0; i < N_OPTIONS; i++) {
    if (strlen (options[i].name) == length && strncmp (options[i].name, name, length) == 0 && takes (verb, &options[i]))
      return &options[i];
  }
  return NULL;
}

static const Option *find_by_letter (const CliVerb *verb, char letter)
{
  for (int i = 0; i < N_OPTIONS; i++) {
    if (options[i].letter == letter && letter && takes (verb, &options[i]))
      return &options[i];
  }
  return NULL;
}

/* ---- values ---- */

static int usage (const CliVerb *verb, const char *hint)
{
  cli_say ("%s. See: cosmos help %s", hint, verb->name);
  return CLI_USAGE;
}

static int unknown_option (const CliVerb *verb, const char *name, size_t length)
{
  const char *names[N_OPTIONS];
  size_t n = 0;
  for (int i = 0; i < N_OPTIONS; i++) {
    if (takes (verb, &options[i]))
      names[n++] = options[i].name;
  }
  char word[64], hint[256];
  snprintf (word, sizeof word, "%.*s", (int) length, name);
  const char *nearest = cli_nearest (word, names, n);
  if (nearest)
    snprintf (hint, sizeof hint, "%s has no option --%s; did you mean --%s?", verb->name, word, nearest);
  else
    snprintf (hint, sizeof hint, "%s has no option --%s", verb->name, word);
  cli_say ("%s See: cosmos help %s", hint, verb->name);
  return CLI_USAGE;
}

static int bad_choice (const CliVerb *verb, const Option *option, const char *value)
{
  char list[256] = "", hint[512];
  size_t n = 0, used = 0;
  for (; option->choices[n]; n++)
    used += (size_t) snprintf (list + used, sizeof list - used, "%s%s", n ? ", " : "", option->choices[n]);
  const char *nearest = cli_nearest (value, option->choices, n);
  snprintf (hint, sizeof hint, "--%s cannot be \"%.60s\"%s%s%s; possible: %s", option->name, value,
            nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "", list);
  return usage (verb, hint);
}

/* A whole decimal number, nothing before or after it. */
static bool parse_number (const char *text, const char *end, double *value)
{
  char copy[64], *rest;
  size_t length = (size_t) (end - text);
  if (length == 0 || length >= sizeof copy || strspn (text, "0123456789.eE+-") < length)
    return false;
  memcpy (copy, text, length);
  copy[length] = 0;
  *value = strtod (copy, &rest); /* the locale is never set: numbers have a point */
  return *rest == 0 && isfinite (*value);
}

static int bad_number (const CliVerb *verb, const Option *option, const char *value)
{
  char hint[512];
  snprintf (hint, sizeof hint, "--%s cannot be \"%.60s\"; possible: a%s number from %g to %g", option->name, value,
            option->kind == KIND_INTEGER ? " whole" : "", option->min, option->max);
  return usage (verb, hint);
}

static int set_numbers (const CliVerb *verb, const Option *option, const char *value, CliNumbers *numbers)
{
  numbers->n = 0;
  for (const char *at = value;;) {
    const char *end = strchrnul (at, ',');
    double number;
    if (!parse_number (at, end, &number) || number < option->min || number > option->max)
      return bad_number (verb, option, value);
    if (numbers->n == CLI_MAX_NUMBERS) {
      cli_say ("--%s has more than %d numbers", option->name, CLI_MAX_NUMBERS);
      return CLI_USAGE;
    }
    numbers->items[numbers->n++] = number;
    if (*end == 0)
      return CLI_OK;
    at = end + 1;
  }
}

static int set_seed (const CliVerb *verb, const char *value, CliArguments *self)
{
  self->has_seed = true;
  if (strcmp (value, "random") == 0) {
    uint32_t seed; /* short enough to be typed again */
    if (getrandom (&seed, sizeof seed, 0) != sizeof seed) {
      cli_say ("The system gives no random number (%s); choose a --seed", strerror (errno));
      return CLI_FAILED;
    }
    self->seed = seed;
    return CLI_OK;
  }
  char *end;
  errno = 0;
  self->seed = strtoull (value, &end, 10);
  if (value[0] >= '0' && value[0] <= '9' && *end == 0 && errno == 0)
    return CLI_OK;
  char hint[256];
  snprintf (hint, sizeof hint,
            "--seed cannot be \"%.60s\"; possible: a whole number from 0 to 18446744073709551615, or \"random\"", value);
  return usage (verb, hint);
}

/* 90 or 90s, 30m, 2h, 1.5d */
static int set_duration (const CliVerb *verb, const Option *option, const char *value, double *seconds)
{
  static const char units[] = "smhd";
  static const double factors[] = {1, 60, 3600, 86400};
  size_t length = strlen (value);
  const char *unit = length ? strchr (units, value[length - 1]) : NULL;
  double number;
  if (parse_number (value, value + length - (unit ? 1 : 0), &number)) {
    *seconds = number * (unit ? factors[unit - units] : 1);
    if (*seconds >= option->min && *seconds <= option->max)
      return CLI_OK;
  }
  char hint[256];
  snprintf (hint, sizeof hint, "--%s cannot be \"%.60s\"; possible: a time as 90s, 30m or 2h", option->name, value);
  return usage (verb, hint);
}

static int add_text (const Option *option, const char *value, CliStrings *texts)
{
  if (texts->n == CLI_MAX_QUALITIES) {
    cli_say ("--%s was given more than %d times", option->name, CLI_MAX_QUALITIES);
    return CLI_USAGE;
  }
  texts->items[texts->n++] = value;
  return CLI_OK;
}

static int add_pair (const CliVerb *verb, const Option *option, const char *value, CliStrings *pairs)
{
  const char *equals = strchr (value, '=');
  double number;
  char hint[256];
  if (!equals || equals == value || strspn (value, "abcdefghijklmnopqrstuvwxyz0123456789_") != (size_t) (equals - value)
      || !parse_number (equals + 1, equals + strlen (equals), &number)) {
    snprintf (hint, sizeof hint, "--%s cannot be \"%.60s\"; possible: a name of a-z 0-9 _, =, a number", option->name, value);
    return usage (verb, hint);
  }
  return add_text (option, value, pairs);
}

static int set (const CliVerb *verb, const Option *option, const char *value, CliArguments *self)
{
  void *target = (char *) self + option->offset;
  double number;
  switch (option->kind) {
  case KIND_FLAG:
    *(bool *) target = true;
    return CLI_OK;
  case KIND_TEXT:
    *(const char **) target = value;
    return CLI_OK;
  case KIND_CHOICE:
    for (size_t i = 0; option->choices[i]; i++) {
      if (strcasecmp (value, option->choices[i]) == 0) {
        *(const char **) target = option->choices[i];
        return CLI_OK;
      }
    }
    return bad_choice (verb, option, value);
  case KIND_INTEGER:
  case KIND_NUMBER:
    if (!parse_number (value, value + strlen (value), &number) || number < option->min || number > option->max
        || (option->kind == KIND_INTEGER && (number != floor (number) || strpbrk (value, ".eE"))))
      return bad_number (verb, option, value);
    if (option->kind == KIND_INTEGER)
      *(int *) target = (int) number;
    else
      *(double *) target = number;
    return CLI_OK;
  case KIND_NUMBERS:
    return set_numbers (verb, option, value, target);
  case KIND_SEED:
    return set_seed (verb, value, self);
  case KIND_DURATION:
    return set_duration (verb, option, value, target);
  case KIND_PAIRS:
    return add_pair (verb, option, value, target);
  case KIND_TEXTS:
    return add_text (option, value, target);
  }
  return CLI_USAGE;
}

/* ---- the command line ---- */

/* --name, --name=value or --name value. *i moves past what was used. */
static int parse_long (CliArguments *self, const CliVerb *verb, int n, char **argv, int *i)
{
  const char *name = argv[*i] + 2, *equals = strchrnul (name, '=');
  const Option *option = find_by_name (verb, name, (size_t) (equals - name));
  char hint[256];
  if (!option)
    return unknown_option (verb, name, (size_t) (equals - name));
  const char *value = *equals ? equals + 1 : NULL;
  if (option->kind == KIND_FLAG && value) {
    snprintf (hint, sizeof hint, "--%s takes no value", option->name);
    return usage (verb, hint);
  }
  if (option->kind != KIND_FLAG && !value) {
    if (*i + 1 == n) {
      snprintf (hint, sizeof hint, "--%s needs a value: --%s %s", option->name, option->name, option->value);
      return usage (verb, hint);
    }
    value = argv[++*i];
  }
  return set (verb, option, value, self);
}

/* -w, -n5 or -n 5; flags can stand together. */
static int parse_short (CliArguments *self, const CliVerb *verb, int n, char **argv, int *i)
{
  char hint[256];
  for (const char *at = argv[*i] + 1; *at; at++) {
    const Option *option = find_by_letter (verb, *at);
    if (!option) {
      snprintf (hint, sizeof hint, "%s has no option -%c", verb->name, *at);
      return usage (verb, hint);
    }
    if (option->kind == KIND_FLAG) {
      int result = set (verb, option, NULL, self);
      if (result != CLI_OK)
        return result;
      continue;
    }
    if (at[1])
      return set (verb, option, at + 1, self);
    if (*i + 1 == n) {
      snprintf (hint, sizeof hint, "-%c needs a value: -%c %s", *at, *at, option->value);
      return usage (verb, hint);
    }
    return set (verb, option, argv[++*i], self);
  }
  return CLI_OK;
}

static int check_words (const CliArguments *self, const CliVerb *verb)
{
  char hint[256];
  if (self->n_words > verb->max_words)
    snprintf (hint, sizeof hint, "\"%.60s\" is one word too many (a text with spaces needs quotes)",
              self->words[verb->max_words]);
  else if (self->n_words < verb->min_words)
    snprintf (hint, sizeof hint, "%s needs %s", verb->name, verb->words);
  else
    return CLI_OK;
  return usage (verb, hint);
}

int cli_arguments_parse (CliArguments *self, const CliVerb *verb, int n, char **argv)
{
  bool only_words = false;
  self->words = argv;
  self->n_words = 0;
  for (int i = 0; i < n; i++) {
    int result = CLI_OK;
    if (only_words || argv[i][0] != '-' || argv[i][1] == 0)
      self->words[self->n_words++] = argv[i]; /* never overtakes i */
    else if (strcmp (argv[i], "--") == 0)
      only_words = true;
    else if (argv[i][1] == '-')
      result = parse_long (self, verb, n, argv, &i);
    else
      result = parse_short (self, verb, n, argv, &i);
    if (result != CLI_OK)
      return result;
  }
  return self->help ? CLI_OK : check_words (self, verb);
}

/* ---- help ---- */

/* at: the column that is reached already. */
static void print_wrapped (const char *text, int indent, int at)
{
  enum { WIDTH = 80 };
  int gap = 0; /* spaces that wait for a word */
  while (*text) {
    int length = (int) strcspn (text, " ");
    if (at + gap + length > WIDTH && at > indent) {
      printf ("\n%*s", indent, "");
      at = indent;
      gap = 0;
    }
    printf ("%*s%.*s", gap, "", length, text);
    at += gap + length;
    text += length;
    for (gap = 0; *text == ' '; text++)
      gap++;
  }
  putchar ('\n');
}

static void print_option (const Option *option)
{
  enum { INDENT = 28 };
  char left[64], help[512];
  int n = snprintf (left, sizeof left, "  %c%c%s --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
                    option->letter ? "," : " ", option->name, option->value ? " " : "", option->value ? option->value : "");
  size_t used = (size_t) snprintf (help, sizeof help, "%s", option->help);
  for (size_t i = 0; option->choices && option->choices[i]; i++)
    used += (size_t) snprintf (help + used, sizeof help - used, "%s%s", i ? ", " : "; one of ", option->choices[i]);
  fputs (left, stdout);
  printf (n < INDENT - 1 ? "%*s" : "\n%*s", n < INDENT - 1 ? INDENT - n : INDENT, "");
  print_wrapped (help, INDENT, INDENT);
}

void cli_options_print_help (const CliVerb *verb)
{
  printf ("usage: cosmos %s%s%s [OPTION]...\n\n", verb->name, *verb->words ? " " : "", verb->words);
  print_wrapped (verb->about, 0, 0);
  printf ("\nOptions:\n");
  for (int i = 0; i < N_OPTIONS; i++) {
    if (takes (verb, &options[i]))
      print_option (&options[i]);
  }
  printf ("\nExamples:\n%s\n", verb->examples);
}
