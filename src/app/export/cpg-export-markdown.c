/* A report for people, in their language; all that came from outside is escaped. */
#include "app/export/cpg-export-private.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

enum { N_TEXTS = 6 };

/* Line ends become blanks, or breaks in a table. */
static char *escape (const char *text, const char *line_end)
{
  GString *escaped = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  const char *plain = g_strstrip (valid);
  for (const char *c = plain; *c; c++) {
    if (*c == '\r')
      continue;
    if (*c == '\n') {
      g_string_append (escaped, line_end);
      continue;
    }
    if (*c == '<' || *c == '&') { /* markup, even where a backslash would not be understood */
      g_string_append (escaped, *c == '<' ? "&lt;" : "&amp;");
      continue;
    }
    gboolean begins = c == plain || c[-1] == '\n',
             counts = g_ascii_isdigit (*plain) && strspn (plain, "0123456789") == (gsize) (c - plain);
    if (strchr ("\\`*_[]>#|~!$", *c) || (begins && strchr ("+-=:", *c))
        || (counts && strchr (".)", *c) && !g_ascii_isdigit (c[1])))
      g_string_append_c (escaped, '\\');
    g_string_append_c (escaped, *c);
  }
  return g_string_free_and_steal (escaped);
}

static void add_row (GString *report, const char *title, const char *words)
{
  g_autofree char *left = escape (title, "<br>"), *right = escape (words, "<br>");
  g_string_append_printf (report, "| %s | %s |\n", left, right);
}

static void add_facts (const CpgExportWork *work, GString *report)
{
  const CpgRecord *record = work->record;
  g_autofree char *file = record->model_path ? g_path_get_basename (record->model_path) : NULL;
  g_string_append_printf (report, "| %s | %s |\n|---|---|\n", _ ("Setting"), _ ("Value"));
  add_row (report, _ ("Model"), record->model_name);
  if (file)
    add_row (report, _ ("Model file"), file);
  if (work->hash)
    add_row (report, "SHA-256", work->hash);
  for (guint i = 0; i < record->facts->len; i++) {
    const CpgRecordFact *fact = &g_array_index (record->facts, CpgRecordFact, i);
    add_row (report, fact->title, fact->words);
  }
  g_autofree char *seconds = g_strdup_printf (_ ("%.2f seconds"), record->seconds);
  add_row (report, _ ("Time"), seconds);
}

static void add_quote (GString *report, const char *text)
{
  g_autofree char *escaped = escape (text, "  \n> ");
  g_string_append_printf (report, "> %s\n\n", *escaped ? escaped : "…");
}

static void add_step_title (const CpgRecord *record, int index, GString *report)
{
  const CpgRecordStep *step = &record->steps[index];
  g_autofree char *title = cpg_record_name_step (record, index);
  /* Translators: of a step; "noise" is a number from 0 to 1 */
  g_autofree char *numbers = g_strdup_printf (_ ("noise %.2f, mean confidence %.0f %%"), step->sigma, step->confidence * 100);
  g_string_append_printf (report, "### %s\n\n%s\n\n", title, numbers);
}

static void add_tokens (const CpgRecordStep *step, GString *report)
{
  g_string_append_printf (report, "| %s | %s | %s |\n|---|---:|---|\n", _ ("Token"), _ ("Probability"), _ ("Alternatives"));
  for (int i = 0; i < step->n_tokens; i++) {
    const CpgToken *token = &step->tokens[i];
    g_autoptr (GString) others = g_string_new (NULL);
    for (int k = 0; k < COSMOS_TOP_K && token->guess.top[k] >= 0; k++) {
      if (token->guess.top[k] == token->guess.id)
        continue;
      g_string_append_printf (others, "%s%s %.0f %%", others->len ? ", " : "", token->top_text[k],
                              (double) token->guess.top_probability[k] * 100);
    }
    g_autofree char *text = escape (token->text, " "), *words = escape (others->str, " ");
    g_string_append_printf (report, "| %s | %.0f %% | %s |\n", text, (double) token->guess.probability * 100, words);
  }
  g_string_append_c (report, '\n');
}

GBytes *cpg_export_make_markdown (CpgExportWork *work, GError **error)
{
  const CpgRecord *record = work->record;
  GString *report = g_string_new (NULL);
  const CpgRecordFact *task = cpg_record_find_fact (record, "task");
  int chosen[N_TEXTS], n = cpg_record_choose_steps (record, N_TEXTS, chosen);
  g_autofree char *title = escape (task ? task->words : record->model_name, " ");
  g_string_append_printf (report, "# %s\n\n", title);
  if (work->whole_run) {
    g_string_append_printf (report, "## %s\n\n", record->result ? _ ("Text") : _ ("Text at the Last Step"));
    add_quote (report, record->result ? record->result : record->steps[record->n_steps - 1].text);
    g_string_append_printf (report, "## %s\n\n", _ ("How It Took Shape"));
    for (int i = 0; i < n; i++) {
      add_step_title (record, chosen[i], report);
      add_quote (report, record->steps[chosen[i]].text);
    }
  } else {
    add_step_title (record, record->current, report);
    add_quote (report, record->steps[record->current].text);
    add_tokens (&record->steps[record->current], report);
  }
  g_string_append_printf (report, "## %s\n\n", _ ("Settings"));
  add_facts (work, report);
  g_string_append_printf (report, "\n*%s*\n", "Cosmos Playground " CPG_VERSION);
  return g_string_free_to_bytes (report);
}
