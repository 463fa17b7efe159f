#include "app/cpg-token-popover.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

enum { MAX_STRETCHES = 8 };

struct _CpgTokenPopover {
  GtkPopover parent_instance;
  GtkLabel *title, *subtitle;
  GtkGrid *alternatives, *history;
};

G_DEFINE_FINAL_TYPE (CpgTokenPopover, cpg_token_popover, GTK_TYPE_POPOVER)

/* Steps one after the other with the same token. */
typedef struct {
  int first, last;  /* steps, from 1 */
  const char *text; /* of the step */
  int32_t id;
  float probability; /* at the last */
} Stretch;

static const CpgToken *find_token (CpgStep *step, int position)
{
  int n;
  const CpgToken *tokens = step && cpg_step_is_decoded (step) ? cpg_step_get_tokens (step, &n) : NULL;
  for (int i = 0; tokens && i < n; i++)
    if (tokens[i].position == position)
      return &tokens[i];
  return NULL;
}

/* Tokens that are nothing but blanks must be seen too. */
static char *name_token (const char *text)
{
  g_autofree char *plain = g_strstrip (g_strdup (text ? text : ""));
  return g_strdup (*plain ? plain : "␣");
}

static GArray *find_stretches (CpgRun *run, int position)
{
  GArray *stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  for (int k = 0; k < cpg_run_get_n_done (run); k++) {
    const CpgToken *token = find_token (cpg_run_get_step (run, k), position);
    Stretch *last = stretches->len ? &g_array_index (stretches, Stretch, stretches->len - 1) : NULL;
    if (!token)
      continue;
    if (last && last->id == token->guess.id) {
      last->last = k + 1;
      last->probability = token->guess.probability;
    } else {
      Stretch stretch = {k + 1, k + 1, token->text, token->guess.id, token->guess.probability};
      g_array_append_val (stretches, stretch);
    }
  }
  return stretches;
}

/* ---- rows ---- */

static void empty_grid (GtkGrid *grid)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))))
    gtk_grid_remove (grid, child);
}

static GtkWidget *attach_label (GtkGrid *grid, const char *text, int column, int row, float align, const char *style)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), align);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), MIN (12, (int) g_utf8_strlen (text, -1)));
  if (style)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return label;
}

static char *format_share (float probability)
{
  /* Translators: a probability. */
  return g_strdup_printf (_ ("%.1f %%"), 100 * (double) probability);
}

static void cpg_token_popover_fill_alternatives (CpgTokenPopover *self, const CpgToken *token)
{
  empty_grid (self->alternatives);
  for (int i = 0; i < COSMOS_TOP_K && token->top_text[i]; i++) {
    g_autofree char *name = name_token (token->top_text[i]), *share = format_share (token->guess.top_probability[i]);
    GtkWidget *label = attach_label (self->alternatives, name, 0, i, 0, i ? NULL : "heading"), *bar = gtk_progress_bar_new ();
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), CLAMP ((double) token->guess.top_probability[i], 0, 1));
    gtk_widget_set_hexpand (bar, TRUE);
    gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
    gtk_accessible_update_relation (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL, -1);
    gtk_grid_attach (self->alternatives, bar, 1, i, 1, 1);
    attach_label (self->alternatives, share, 2, i, 1, "numeric");
  }
}

static void cpg_token_popover_fill_history (CpgTokenPopover *self, CpgRun *run, int position)
{
  g_autoptr (GArray) stretches = find_stretches (run, position);
  empty_grid (self->history);
  /* The latest: the text is made there. */
  for (guint i = stretches->len > MAX_STRETCHES ? stretches->len - MAX_STRETCHES : 0, row = 0; i < stretches->len; i++, row++) {
    const Stretch *stretch = &g_array_index (stretches, Stretch, i);
    g_autofree char *steps = stretch->first == stretch->last ? g_strdup_printf (_ ("Step %d"), stretch->first)
                                                             /* Translators: a range of steps. */
                                                             : g_strdup_printf (_ ("Steps %d–%d"), stretch->first, stretch->last);
    g_autofree char *name = name_token (stretch->text), *share = format_share (stretch->probability);
    attach_label (self->history, steps, 0, (int) row, 0, "dim-label");
    gtk_widget_set_hexpand (attach_label (self->history, name, 1, (int) row, 0, NULL), TRUE);
    attach_label (self->history, share, 2, (int) row, 1, "numeric");
  }
}

gboolean cpg_token_popover_show_token (CpgTokenPopover *self, CpgRun *run, int position)
{
  const CpgToken *token = find_token (cpg_run_get_current (run), position);
  if (!token)
    return FALSE;
  g_autofree char *name = name_token (token->text);
  /* Translators: a token in quotation marks. */
  g_autofree char *title = g_strdup_printf (_ ("“%s”"), name);
  g_autofree char *subtitle = g_strdup_printf (_ ("Token %d at step %d, entropy %.2f nats"), position,
                                               cpg_run_get_current_step (run) + 1, (double) token->guess.entropy);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle);
  cpg_token_popover_fill_alternatives (self, token);
  cpg_token_popover_fill_history (self, run, position);
  return TRUE;
}

/* ---- the object ---- */

static void cpg_token_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_TOKEN_POPOVER);
  G_OBJECT_CLASS (cpg_token_popover_parent_class)->dispose (object);
}

static void cpg_token_popover_class_init (CpgTokenPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_token_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-token-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgTokenPopover, title);
  gtk_widget_class_bind_template_child (widget_class, CpgTokenPopover, subtitle);
  gtk_widget_class_bind_template_child (widget_class, CpgTokenPopover, alternatives);
  gtk_widget_class_bind_template_child (widget_class, CpgTokenPopover, history);
}

static void cpg_token_popover_init (CpgTokenPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
