/* What a user asked for on the command line: every verb's options, and the words that are not options.
 *
 * One table (options.c) knows every option's name, kind, range and help; a verb names those that it takes. Values that were not given
 * keep what cli_arguments_init() put there, so that a verb can tell them from given ones. Strings point into argv.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLI_MAX_QUALITIES = 32, CLI_MAX_NUMBERS = 64 };

typedef struct {
  double items[CLI_MAX_NUMBERS];
  int n;
} CliNumbers;

typedef struct {
  const char *items[CLI_MAX_QUALITIES];
  int n;
} CliStrings;

typedef struct {
  char **words; /* what is no option */
  int n_words;

  const char *task, *model, *baseline, *judge, *file, *output, *tokenizer; /* NULL: not given */
  const char *compute, *sampler, *returned, *dtype;
  const char *data, *out, *stage, *from;
  const char *name, *license, *description, *provenance;
  const char *log, *tag, *setting;
  const char *json_file, *svg_file, *samplers; /* of verbs that measure */
  CliStrings quality, set;
  CliNumbers sigma, steps_list;
  int threads;                                                                                           /* 0: all cores */
  int steps, count, batch, candidates, steps_shown, limit, max_tokens, points;                           /* 0: not given */
  int top_k;                                                                                             /* -1: not given */
  double guidance, schedule_d, t_end, noise_scale, strength, temperature, top_p, pace, time, save_every; /* NAN: not given */
  uint64_t seed;
  bool has_seed, no_self_conditioning, watch, greedy, spherical, tensors, keys, lower_case, resume, unverified, deleted, no_log,
      training, json, open, progress, help;
} CliArguments;
