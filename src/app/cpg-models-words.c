#include "app/cpg-models-words.h"

#include "engine/cpg-task.h"

#include <glib/gi18n.h>
#include <math.h>

const char *cpg_models_words_kind (CpgModelKind kind)
{
  static const char *const words[] = {N_ ("Diffusion model"), N_ ("Weights"), N_ ("Language model"), N_ ("Vocabulary"),
                                      N_ ("Text encoder")};
  return _ (words[kind]);
}

const char *cpg_models_words_kinds (CpgModelKind kind)
{
  static const char *const words[] = {N_ ("Diffusion Models"), N_ ("Weights to Convert"), N_ ("Language Models"),
                                      N_ ("Vocabularies"), N_ ("Text Encoders")};
  return _ (words[kind]);
}

const char *cpg_models_words_finding (CosmosFindingKind kind)
{
  static const char *const words[COSMOS_N_FINDING_KINDS] = {
    [COSMOS_FINDING_BUNDLE] = N_ ("Diffusion model"),
    [COSMOS_FINDING_ENCODER] = N_ ("Text encoder"),
    [COSMOS_FINDING_CHECKPOINT] = N_ ("Checkpoint of a training; “cosmos export” makes a model of it"),
    [COSMOS_FINDING_LANGUAGE_MODEL] = N_ ("Language model"),
    [COSMOS_FINDING_FOREIGN] = N_ ("Model of an architecture that does not run here"),
    [COSMOS_FINDING_COSMOS_WEIGHTS] = N_ ("Weights of a diffusion model"),
    [COSMOS_FINDING_LLAMA_WEIGHTS] = N_ ("Weights of a language model (LLaMA)"),
    [COSMOS_FINDING_BERT_WEIGHTS] = N_ ("Weights of a text encoder (BERT)"),
    [COSMOS_FINDING_FOREIGN_WEIGHTS] = N_ ("Weights that cannot be converted"),
    [COSMOS_FINDING_PYTORCH_AUTOENCODER] = N_ ("Autoencoder of the COSMOS authors (PyTorch)"),
    [COSMOS_FINDING_PYTORCH_DIFFUSION] = N_ ("Diffusion of the COSMOS authors (PyTorch)"),
    [COSMOS_FINDING_PYTORCH_FOREIGN] = N_ ("PyTorch checkpoint of something else"),
  };
  return _ (words[kind]);
}

/* The words of the bits that are set, a line each. */
static char *join_words (unsigned bits, const char *const *words, guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    if (bits & 1u << i)
      g_string_append_printf (text, "%s%s", text->len ? "\n" : "", _ (words[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *cpg_models_words_uses (unsigned uses)
{
  static const char *const words[] = {N_ ("writing texts by denoising"), N_ ("comparison with writing word by word"),
                                      N_ ("judging texts by their perplexity"), N_ ("reading texts in a training")};
  return uses ? join_words (uses, words, G_N_ELEMENTS (words)) : g_strdup (_ ("nothing here"));
}

char *cpg_models_words_missing (unsigned missing)
{
  static const char *const words[] = {N_ ("tokenizer.json or vocab.txt in the same folder"),
                                      N_ ("config.json in the same folder"),
                                      N_ ("its other half, the autoencoder or the diffusion: give both to “cosmos convert”")};
  return join_words (missing, words, G_N_ELEMENTS (words));
}

char *cpg_models_words_tasks (const char *const *tasks)
{
  g_autoptr (GListModel) list = cpg_task_list_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  for (; tasks && *tasks; tasks++) {
    CpgTask *task = cpg_task_list_find (list, *tasks);
    g_string_append_printf (text, "%s%s", text->len ? ", " : "", task ? cpg_task_get_title (task) : *tasks);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *cpg_models_words_parameters (guint64 n_parameters)
{
  double n = (double) n_parameters;
  return n >= 1e9   ? g_strdup_printf (_ ("%.1f billion"), n / 1e9)
         : n >= 1e6 ? g_strdup_printf (_ ("%.1f million"), n / 1e6)
                    : g_strdup_printf ("%'" G_GUINT64_FORMAT, n_parameters);
}

char *cpg_models_words_amount (guint64 done, guint64 total)
{
  g_autofree char *there = g_format_size (done), *all = g_format_size (total);
  /* Translators: bytes that have come, of all; "5.2 MB of 19.1 MB" */
  return total ? g_strdup_printf (_ ("%s of %s"), there, all) : g_strdup (there);
}

char *cpg_models_words_time_left (double seconds)
{
  int n = (int) ceil (MIN (seconds, 1e6));
  if (n < 60)
    return g_strdup_printf (ngettext ("%d second left", "%d seconds left", (gulong) n), n);
  n = (n + 59) / 60;
  if (n < 60)
    return g_strdup_printf (ngettext ("%d minute left", "%d minutes left", (gulong) n), n);
  n = (n + 59) / 60;
  return g_strdup_printf (ngettext ("%d hour left", "%d hours left", (gulong) n), n);
}

char *cpg_models_words_progress (guint64 done, guint64 total, double bytes_per_second)
{
  g_autofree char *amount = cpg_models_words_amount (done, total);
  if (bytes_per_second < 1)
    return g_steal_pointer (&amount);
  g_autofree char *speed = g_format_size ((guint64) bytes_per_second);
  if (total <= done)
    /* Translators: amount, speed */
    return g_strdup_printf (_ ("%s, %s/s"), amount, speed);
  g_autofree char *left = cpg_models_words_time_left ((double) (total - done) / bytes_per_second);
  /* Translators: amount, speed, time left: "5.2 MB of 19.1 MB, 2.1 MB/s, 7 seconds left" */
  return g_strdup_printf (_ ("%s, %s/s, %s"), amount, speed, left);
}

const char *cpg_models_words_verification (CpgVerification verification)
{
  static const char *const words[] = {N_ ("no published checksum"), N_ ("not verified yet"), N_ ("verified"),
                                      N_ ("not what the catalogue promises")};
  return _ (words[verification]);
}
