#include "app/cpg-study-words.h"

#include "app/pictures/cpg-ink.h"

#include <glib/gi18n.h>
#include <math.h>

/* ---- what it is about ---- */

static const struct {
  const char *verb, *what, *title, *meaning;
} kinds[] = {
  {"study", "noise", N_ ("Noise on the Latents"),
   N_ ("Texts go to latents and back, with more and more noise on the latents. The more they bear, the better texts can be made from noise.")},
  {"study", "interpolation", N_ ("From Text to Text"),
   N_ ("Latents between those of two texts, read as texts. The less they surprise the judge, the smoother the space between texts is.")},
  {"study", "self-conditioning", N_ ("Self-Conditioning"),
   N_ ("The same seeds with and without the guess of the step before: what it gains in quality, and costs in variety.")},
  {"study", "noise-scale", N_ ("Noise Scale"),
   N_ ("The same seeds, while the sampler adds a share of its noise. Less of it makes likelier texts, and less varied ones.")},
  {"study", "normalisation", N_ ("Normalised Latents"),
   N_ ("The diffusion assumes latents with mean 0 and deviation 1. Here they are measured on texts that the model was not fitted to.")},
  {"study", "compression", N_ ("Fewer Latents"),
   N_ ("The same model with fewer and fewer latents for a text: how far a text can be packed before it suffers.")},
  {"evaluate", "story", N_ ("Evaluation: Story"),
   N_ ("Texts by every sampler and number of steps, beside the word-by-word model and people; and what comes back through the latents.")},
  {"evaluate", "summary", N_ ("Evaluation: Summary"),
   N_ ("Summaries by every sampler and number of steps, against those of people.")},
  {"evaluate", "question", N_ ("Evaluation: Question"),
   N_ ("Questions by every sampler and number of steps, against those of people.")},
  {"evaluate", "detox", N_ ("Evaluation: Detox"),
   N_ ("Texts said without offence, by every sampler and number of steps: what is gone, and what stayed.")},
};

static int find_kind (const char *verb, const char *what)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].verb, verb) && g_str_equal (kinds[i].what, what))
      return (int) i;
  return -1;
}

static int find_kind_of (CpgStudyResult *result)
{
  return find_kind (cpg_study_result_get_verb (result), cpg_study_result_get_what (result));
}

char *cpg_study_words_title (CpgStudyResult *result)
{
  int kind = find_kind_of (result);
  return kind < 0 ? g_strdup (cpg_study_result_get_what (result)) : g_strdup (_ (kinds[kind].title));
}

char *cpg_study_words_meaning (CpgStudyResult *result)
{
  int kind = find_kind_of (result);
  return kind < 0 ? g_strdup (_ ("A study that this program does not know: its tables are shown as they are."))
                  : g_strdup (_ (kinds[kind].meaning));
}

const char *cpg_study_words_study_title (const char *study)
{
  int kind = find_kind ("study", study);
  return kind < 0 ? study : _ (kinds[kind].title);
}

const char *cpg_study_words_study_meaning (const char *study)
{
  int kind = find_kind ("study", study);
  return kind < 0 ? "" : _ (kinds[kind].meaning);
}

char *cpg_study_words_label (CpgStudyResult *result, CpgStudyResult *other)
{
  const char *model = cpg_study_result_find_fact (result, "model"), *name = cpg_study_result_get_name (result);
  if (!model || !*model)
    return g_strdup (name);
  if (other && g_strcmp0 (model, cpg_study_result_find_fact (other, "model")) == 0)
    return g_strdup_printf ("%s (%s)", model, name);
  return g_strdup (model);
}

/* ---- goals ---- */

typedef struct {
  GString *reached, *missed;
  int n, n_reached;
} Goals;

static void add_goal (Goals *goals, const char *name, double measured, gboolean holds)
{
  /* Fine enough to tell 0.499 from a bound of 0.5. */
  g_autofree char *number = fabs (measured) < 100 ? g_strdup_printf ("%.3f", measured) : cpg_ink_number (measured);
  GString *to = holds ? goals->reached : goals->missed;
  /* Translators: a goal, and what was measured: "MSE without noise < 0.5 (0.460)" */
  g_autofree char *words = g_strdup_printf (_ ("%s (%s)"), name, number);
  g_string_append_printf (to, "%s%s", to->len ? "; " : "", words);
  goals->n++;
  goals->n_reached += holds ? 1 : 0;
}

/* As the study says itself. */
static void add_expectations (Goals *goals, const CpgStudyTable *table)
{
  int measured = cpg_study_table_find_column (table, "measured"), holds = cpg_study_table_find_column (table, "holds");
  for (guint i = 0; measured >= 0 && holds >= 0 && i < table->n_rows; i++)
    add_goal (goals, table->rows[i].name, table->rows[i].values[measured], table->rows[i].values[holds] == 1);
}

/* Of an evaluation: those of the study of noise. */
static void add_reconstruction (Goals *goals, const CpgStudyTable *table)
{
  int sigma = cpg_study_table_find_column (table, "sigma"), mse = cpg_study_table_find_column (table, "mse"),
      bleu = cpg_study_table_find_column (table, "bleu");
  for (guint i = 0; sigma >= 0 && mse >= 0 && bleu >= 0 && i < table->n_rows; i++) {
    const double *values = table->rows[i].values;
    if (values[sigma] == 0)
      add_goal (goals, "MSE < 0.5", values[mse], values[mse] < .5);
    if (values[sigma] == .5)
      add_goal (goals, "BLEU at sigma 0.5 > 0.3", values[bleu], values[bleu] > .3);
  }
}

char *cpg_study_words_verdict (CpgStudyResult *result)
{
  const CpgStudyTable *expectations = cpg_study_result_find_table (result, "expectations"),
                      *reconstruction = cpg_study_result_find_table (result, "reconstruction");
  Goals goals = {.reached = g_string_new (NULL), .missed = g_string_new (NULL)};
  char *words;
  if (expectations)
    add_expectations (&goals, expectations);
  else if (reconstruction)
    add_reconstruction (&goals, reconstruction);
  if (goals.n == 0)
    words = g_strdup (expectations || reconstruction ? _ ("It ended before it was known whether its goals are reached.")
                                                     : _ ("No goal is set for it."));
  else if (goals.n_reached == goals.n)
    words = g_strdup_printf (ngettext ("The goal is reached: %s.", "The goals are reached: %s.", (gulong) goals.n),
                             goals.reached->str);
  else if (goals.n_reached == 0)
    words = g_strdup_printf (ngettext ("The goal is not reached: %s.", "The goals are not reached: %s.", (gulong) goals.n),
                             goals.missed->str);
  else
    words = g_strdup_printf (_ ("%d of %d goals are reached: %s. Not reached: %s."), goals.n_reached, goals.n, goals.reached->str,
                             goals.missed->str);
  g_string_free (goals.reached, TRUE);
  g_string_free (goals.missed, TRUE);
  return words;
}

/* ---- facts ---- */

char *cpg_study_words_fact_title (const CpgStudyFact *fact)
{
  static const struct {
    const char *key, *title;
  } titles[] = {
    {"model", N_ ("Model")},
    {"baseline", N_ ("Word-by-Word Model")},
    {"judge", N_ ("Judge")},
    {"task", N_ ("Task")},
    {"texts", N_ ("Texts")},
    {"references", N_ ("References")},
    {"seed", N_ ("Seed")},
    {"batch", N_ ("At a Time")},
    {"candidates", N_ ("Candidates for Each Text")},
    {"recipe", N_ ("Recipe")},
    {"guidance", N_ ("Guidance")},
    {"noise_scale", N_ ("Noise Scale")},
    {"strength", N_ ("Strength")},
    {"threads", N_ ("Threads")},
    {"temperature", N_ ("Temperature")},
    {"sampler", N_ ("Sampler")},
    {"made", N_ ("Made")},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].key, fact->key))
      return g_strdup (_ (titles[i].title));
  return g_strdup (fact->key);
}

char *cpg_study_words_fact_value (const CpgStudyFact *fact)
{
  g_autoptr (GDateTime) made = g_str_equal (fact->key, "made") ? g_date_time_new_from_iso8601 (fact->value, NULL) : NULL;
  g_autoptr (GDateTime) local = made ? g_date_time_to_local (made) : NULL;
  return local ? g_date_time_format (local, "%x %R") : g_strdup (fact->value);
}

/* ---- tables as text ---- */

char *cpg_study_words_number (const CpgStudyTable *table, guint column, double value)
{
  return isfinite (value) ? g_strdup_printf ("%.*f", table->columns[column].digits, value) : g_strdup ("");
}

static void add_cell (GString *text, const char *format, const char *words)
{
  if (g_str_equal (format, "csv")) {
    g_auto (GStrv) parts = g_strsplit (words, "\"", -1);
    g_autofree char *doubled = g_strjoinv ("\"\"", parts);
    g_string_append_printf (text, strpbrk (words, ",\"") ? "\"%s\"" : "%s", doubled);
  } else if (g_str_equal (format, "markdown")) {
    g_auto (GStrv) parts = g_strsplit (words, "|", -1);
    g_autofree char *escaped = g_strjoinv ("\\|", parts);
    g_string_append_printf (text, "| %s ", escaped);
  } else
    g_string_append (text, words);
}

static void add_line (GString *text, const char *format, char **cells)
{
  for (guint i = 0; cells[i]; i++) {
    if (i > 0 && !g_str_equal (format, "markdown"))
      g_string_append_c (text, g_str_equal (format, "csv") ? ',' : '\t');
    add_cell (text, format, cells[i]);
  }
  g_string_append (text, g_str_equal (format, "markdown") ? "|\n" : "\n");
}

static void add_rows (GString *text, const char *format, GPtrArray *results, guint which, const CpgStudyTable *table)
{
  CpgStudyResult *result = results->pdata[which];
  g_autofree char *label = results->len > 1 ? cpg_study_words_label (result, results->pdata[1 - which]) : NULL;
  for (guint i = 0; i < table->n_rows; i++) {
    g_autoptr (GStrvBuilder) cells = g_strv_builder_new ();
    if (label)
      g_strv_builder_add (cells, label);
    g_strv_builder_add (cells, table->rows[i].name);
    for (guint c = 0; c < table->n_columns; c++)
      g_strv_builder_take (cells, cpg_study_words_number (table, c, table->rows[i].values[c]));
    g_auto (GStrv) words = g_strv_builder_end (cells);
    add_line (text, format, words);
  }
}

static void add_head (GString *text, const char *format, const CpgStudyTable *table, gboolean labelled)
{
  g_autoptr (GStrvBuilder) cells = g_strv_builder_new ();
  if (g_str_equal (format, "markdown"))
    g_string_append_printf (text, "**%s**\n\n", table->title);
  else if (!g_str_equal (format, "csv"))
    g_string_append_printf (text, "%s\n", table->title);
  if (labelled)
    g_strv_builder_add (cells, _ ("result"));
  g_strv_builder_add (cells, *table->row_label ? table->row_label : _ ("name"));
  for (guint c = 0; c < table->n_columns; c++)
    g_strv_builder_add (cells, table->columns[c].label);
  g_auto (GStrv) words = g_strv_builder_end (cells);
  add_line (text, format, words);
  if (!g_str_equal (format, "markdown"))
    return;
  for (guint i = 0; words[i]; i++)
    g_string_append (text, i < (labelled ? 2 : 1) ? "|---" : "|---:");
  g_string_append (text, "|\n");
}

char *cpg_study_words_tables (GPtrArray *results, const char *format)
{
  GString *text = g_string_new (NULL);
  guint n;
  const CpgStudyTable *tables = cpg_study_result_get_tables (results->pdata[0], &n);
  for (guint i = 0; i < n; i++) {
    const CpgStudyTable *other = results->len > 1 ? cpg_study_result_find_table (results->pdata[1], tables[i].key) : NULL;
    if (tables[i].n_rows == 0)
      continue;
    if (text->len)
      g_string_append_c (text, '\n');
    add_head (text, format, &tables[i], results->len > 1);
    add_rows (text, format, results, 0, &tables[i]);
    if (other && other->n_columns == tables[i].n_columns)
      add_rows (text, format, results, 1, other);
  }
  return g_string_free (text, FALSE);
}

/* ---- curves ---- */

/* names: those that were there before, which keep their looks. */
static void add_curves (CpgCurves *curves, GPtrArray *results, guint which, const CpgStudyTable *table, int x, int y,
                        GPtrArray *names)
{
  CpgStudyResult *result = results->pdata[which];
  g_autoptr (GHashTable) drawn = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *label = results->len > 1 ? cpg_study_words_label (result, results->pdata[1 - which]) : NULL;
  for (guint i = 0; i < table->n_rows; i++) {
    const CpgStudyRow *row = &table->rows[i];
    CpgCurve *curve = g_hash_table_lookup (drawn, row->name);
    if (!curve) {
      guint number;
      g_autofree char *name = !label                                ? g_strdup (row->name)
                              : g_str_has_prefix (label, row->name) ? g_strdup (label)
                                                                    : g_strdup_printf ("%s · %s", row->name, label);
      if (!g_ptr_array_find_with_equal_func (names, row->name, g_str_equal, &number)) {
        number = names->len;
        g_ptr_array_add (names, row->name);
      }
      curve = cpg_curves_add (curves, name, (int) (number % 1000), which > 0);
      g_hash_table_insert (drawn, row->name, curve);
    }
    cpg_curves_add_point (curves, curve, row->values[x], row->values[y]);
  }
}

CpgCurves *cpg_study_words_curves (GPtrArray *results, const CpgStudyChart *chart)
{
  guint n;
  const CpgStudyTable *table = &cpg_study_result_get_tables (results->pdata[0], &n)[chart->table];
  const CpgStudyColumn *x = &table->columns[chart->x], *y = &table->columns[chart->y];
  CpgCurves *curves = cpg_curves_new (*y->label ? y->label : y->key, *x->label ? x->label : x->key, chart->log_x);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  add_curves (curves, results, 0, table, (int) chart->x, (int) chart->y, names);
  const CpgStudyTable *other = results->len > 1 ? cpg_study_result_find_table (results->pdata[1], table->key) : NULL;
  int other_x = other ? cpg_study_table_find_column (other, x->key) : -1,
      other_y = other ? cpg_study_table_find_column (other, y->key) : -1;
  if (other_x >= 0 && other_y >= 0)
    add_curves (curves, results, 1, other, other_x, other_y, names);
  return curves;
}
