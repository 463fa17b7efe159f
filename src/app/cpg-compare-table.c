#include "app/cpg-compare-table.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>
#include <math.h>

typedef enum { STEPS, TOKENS, SECONDS, SPEED, PERPLEXITY, DIVERSITY, ROUGE_1, ROUGE_2, ROUGE_L, BLEU, N_ROWS } Row;

/* better: 1 higher, -1 lower, 0 neither. */
static const struct {
  const char *title, *explanation;
  int better, digits;
} rows[N_ROWS] = {
  [STEPS] = {N_ ("Steps"),
             N_ ("How often the model was run: at each step of diffusion, for each token of an autoregressive text"), 0, 0},
  [TOKENS] = {N_ ("Tokens"), N_ ("How long the text is"), 0, 0},
  [SECONDS] = {N_ ("Seconds"), N_ ("Until the text could be read, with the machine for itself; opening the model does not count"),
               -1, 3},
  [SPEED] = {N_ ("Tokens a second"), N_ ("How fast the text came"), 1, 0},
  [PERPLEXITY] = {N_ ("Perplexity"), N_ ("How much the text surprises the judge, an autoregressive model: lower is more likely"),
                  -1, 1},
  [DIVERSITY] = {N_ ("Variety (Div-4)"), N_ ("How little the text repeats itself: 1 is not at all"), 1, 3},
  [ROUGE_1] = {"ROUGE-1", N_ ("Words that text and reference share, 0 to 1"), 1, 3},
  [ROUGE_2] = {"ROUGE-2", N_ ("Pairs of words that text and reference share, 0 to 1"), 1, 3},
  [ROUGE_L] = {"ROUGE-L", N_ ("Words that text and reference share in the same order, 0 to 1"), 1, 3},
  [BLEU] = {"BLEU", N_ ("Up to four words in a row that text and reference share, smoothed, 0 to 1"), 1, 3},
};

struct _CpgCompareTable {
  AdwBin parent_instance;
  CpgComparison *comparison;
  guint tick;
  gboolean narrow;

  GtkGrid *grid;
  GtkLabel *note;
  GtkLabel *heads[CPG_COMPARISON_MAX];
  GtkLabel *titles[N_ROWS];
  GtkLabel *cells[N_ROWS][CPG_COMPARISON_MAX];
};

enum { PROP_NARROW = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgCompareTable, cpg_compare_table, ADW_TYPE_BIN)

/* ---- values ---- */

static double get_value (CpgCompareTable *self, Row row, guint column)
{
  CpgContender *contender = cpg_comparison_get (self->comparison, column);
  const CpgMeasures *measures = cpg_comparison_get_measures (self->comparison, column);
  double tokens = cpg_contender_get_n_tokens (contender), seconds = cpg_contender_get_seconds (contender);
  if (cpg_contender_get_state (contender) != CPG_RUN_DONE)
    return NAN;
  switch (row) {
  case STEPS:
    return cpg_contender_is_autoregressive (contender) ? tokens : cpg_contender_get_n_done (contender);
  case TOKENS:
    return tokens;
  case SECONDS:
    return seconds;
  case SPEED:
    return seconds > 0 ? tokens / seconds : NAN;
  case PERPLEXITY:
    return measures ? measures->perplexity : NAN;
  case DIVERSITY:
    return measures ? measures->diversity : NAN;
  case ROUGE_1:
    return measures ? measures->rouge_1 : NAN;
  case ROUGE_2:
    return measures ? measures->rouge_2 : NAN;
  case ROUGE_L:
    return measures ? measures->rouge_l : NAN;
  case BLEU:
    return measures ? measures->bleu : NAN;
  case N_ROWS:
    break;
  }
  g_return_val_if_reached (NAN);
}

/* Why there is no number. */
static const char *explain (CpgCompareTable *self, Row row, guint column)
{
  CpgContender *contender = cpg_comparison_get (self->comparison, column);
  const CpgMeasures *measures = cpg_comparison_get_measures (self->comparison, column);
  if (cpg_contender_get_state (contender) != CPG_RUN_DONE)
    return cpg_contender_is_active (contender) ? _ ("The text is not finished yet") : _ ("The text was not finished");
  if (!measures)
    return cpg_comparison_is_active (self->comparison) || cpg_comparison_is_measuring (self->comparison)
               ? _ ("It is measured when all texts are there")
               : _ ("It was not measured");
  if (row == PERPLEXITY && measures->problem)
    return measures->problem;
  return _ ("The text is too short for this");
}

/* The column with the best number, where two columns have different ones; else -1. */
static int find_best (CpgCompareTable *self, Row row, const double *values, guint n)
{
  int best = -1;
  double low = INFINITY, high = -INFINITY;
  for (guint i = 0; i < n; i++) {
    if (isnan (values[i]))
      continue;
    if (best < 0 || (values[i] - values[best]) * rows[row].better > 0)
      best = (int) i;
    low = fmin (low, values[i]);
    high = fmax (high, values[i]);
  }
  return rows[row].better != 0 && low < high ? best : -1;
}

/* ---- showing ---- */

static void update_cell (CpgCompareTable *self, Row row, guint column, double value, gboolean best)
{
  GtkWidget *cell = GTK_WIDGET (self->cells[row][column]);
  g_autofree char *number = isnan (value) ? g_strdup ("—") : g_strdup_printf ("%'.*f", rows[row].digits, value);
  g_autofree char *shown = best ? g_strdup_printf ("★ %s", number) : g_strdup (number);
  const char *why = isnan (value) ? explain (self, row, column) : NULL;
  gtk_label_set_label (self->cells[row][column], shown);
  gtk_widget_set_tooltip_text (cell, why ? why : best ? _ ("The best of the row") : NULL);
  if (best)
    gtk_widget_add_css_class (cell, "best");
  else
    gtk_widget_remove_css_class (cell, "best");
  /* Translators: a number of the table as it is read out: what it is, of which column, the number. */
  g_autofree char *words = g_strdup_printf (best ? _ ("%s of column %d: %s, the best") : _ ("%s of column %d: %s"),
                                            _ (rows[row].title), (int) column + 1, why ? why : number);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void update_head (CpgCompareTable *self, guint column)
{
  g_autofree char *title = cpg_contender_get_title (cpg_comparison_get (self->comparison, column));
  g_autofree char *head = g_strdup_printf ("%d %s", (int) column + 1, title);
  gtk_label_set_label (self->heads[column], head);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->heads[column]), head);
}

/* Who judges, and whom it should not have. */
static char *describe_judge (CpgCompareTable *self)
{
  const char *judge = cpg_comparison_get_judge (self->comparison);
  g_autoptr (GString) own = g_string_new (NULL);
  for (guint i = 0; judge && i < cpg_comparison_get_n (self->comparison); i++)
    if (cpg_comparison_is_own_judge (self->comparison, i))
      g_string_append_printf (own, own->len ? ", %d" : "%d", (int) i + 1);
  if (!judge)
    return g_strdup (cpg_comparison_is_measuring (self->comparison) ? _ ("Measuring…") : "");
  if (own->len == 0)
    return g_strdup_printf (_ ("The judge of perplexity is %s."), judge);
  return g_strdup_printf (
      _ ("The judge of perplexity is %s, which wrote column %s itself; a judge finds texts of its own kind more likely."), judge,
      own->str);
}

static void cpg_compare_table_update (CpgCompareTable *self)
{
  guint n = cpg_comparison_get_n (self->comparison);
  g_autofree char *reference = NULL, *note = describe_judge (self);
  g_object_get (self->comparison, "reference", &reference, NULL);
  g_strstrip (reference);
  for (guint i = 0; i < CPG_COMPARISON_MAX; i++) {
    gtk_widget_set_visible (GTK_WIDGET (self->heads[i]), i < n);
    if (i < n)
      update_head (self, i);
  }
  for (Row row = 0; row < N_ROWS; row++) {
    gboolean shown = row < ROUGE_1 || *reference;
    double values[CPG_COMPARISON_MAX];
    for (guint i = 0; i < n; i++)
      values[i] = get_value (self, row, i);
    int best = find_best (self, row, values, n);
    gtk_widget_set_visible (GTK_WIDGET (self->titles[row]), shown);
    for (guint i = 0; i < CPG_COMPARISON_MAX; i++) {
      gtk_widget_set_visible (GTK_WIDGET (self->cells[row][i]), shown && i < n);
      if (i < n)
        update_cell (self, row, i, values[i], (int) i == best);
    }
  }
  gtk_label_set_label (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *note != 0);
}

static gboolean cpg_compare_table_on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  CpgCompareTable *self = CPG_COMPARE_TABLE (widget);
  self->tick = 0;
  cpg_compare_table_update (self);
  return G_SOURCE_REMOVE;
}

static void cpg_compare_table_queue_update (CpgCompareTable *self)
{
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), cpg_compare_table_on_tick, NULL, NULL);
}

void cpg_compare_table_set_comparison (CpgCompareTable *self, CpgComparison *comparison)
{
  static const char *const news[] = {"progressed", "measured", "items-changed", "notify::measuring", "notify::reference"};
  self->comparison = g_object_ref (comparison);
  for (gsize i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_connect_object (comparison, news[i], G_CALLBACK (cpg_compare_table_queue_update), self, G_CONNECT_SWAPPED);
  cpg_compare_table_update (self);
}

/* ---- the object ---- */

static GtkLabel *add_label (CpgCompareTable *self, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  if (style)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (self->grid, label, 0, 0, 1, 1);
  return GTK_LABEL (label);
}

static void place (CpgCompareTable *self, GtkLabel *label, int column, int row, int span)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->grid));
  g_object_set (gtk_layout_manager_get_layout_child (layout, GTK_WIDGET (label)), "column", column, "row", row, "column-span",
                span, NULL);
}

/* Wide: titles left of their numbers; narrow: above them. */
static void place_all (CpgCompareTable *self)
{
  for (int column = 0; column < CPG_COMPARISON_MAX; column++)
    place (self, self->heads[column], column + 1, 0, 1);
  for (int row = 0; row < N_ROWS; row++) {
    if (self->narrow)
      gtk_widget_add_css_class (GTK_WIDGET (self->titles[row]), "dim-label");
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->titles[row]), "dim-label");
    place (self, self->titles[row], self->narrow ? 1 : 0, 2 * row + 1, self->narrow ? CPG_COMPARISON_MAX : 1);
    for (int column = 0; column < CPG_COMPARISON_MAX; column++)
      place (self, self->cells[row][column], column + 1, 2 * row + (self->narrow ? 2 : 1), 1);
  }
}

static void cpg_compare_table_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NARROW)
    g_value_set_boolean (value, CPG_COMPARE_TABLE (object)->narrow);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_compare_table_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgCompareTable *self = CPG_COMPARE_TABLE (object);
  if (id != PROP_NARROW) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  if (self->narrow == g_value_get_boolean (value))
    return;
  self->narrow = g_value_get_boolean (value);
  place_all (self);
  g_object_notify_by_pspec (object, pspec);
}

static void cpg_compare_table_dispose (GObject *object)
{
  CpgCompareTable *self = CPG_COMPARE_TABLE (object);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->comparison);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_COMPARE_TABLE);
  G_OBJECT_CLASS (cpg_compare_table_parent_class)->dispose (object);
}

static void cpg_compare_table_class_init (CpgCompareTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_compare_table_get_property;
  object_class->set_property = cpg_compare_table_set_property;
  object_class->dispose = cpg_compare_table_dispose;
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-compare-table.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTable, grid);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTable, note);
}

static void cpg_compare_table_init (CpgCompareTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int column = 0; column < CPG_COMPARISON_MAX; column++) {
    self->heads[column] = add_label (self, "", "caption-heading");
    gtk_label_set_ellipsize (self->heads[column], PANGO_ELLIPSIZE_END);
  }
  for (int row = 0; row < N_ROWS; row++) {
    self->titles[row] = add_label (self, _ (rows[row].title), NULL);
    gtk_label_set_xalign (self->titles[row], 0);
    gtk_label_set_ellipsize (self->titles[row], PANGO_ELLIPSIZE_END);
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->titles[row]), _ (rows[row].explanation));
    for (int column = 0; column < CPG_COMPARISON_MAX; column++)
      self->cells[row][column] = add_label (self, "", "numeric");
  }
  place_all (self);
}
