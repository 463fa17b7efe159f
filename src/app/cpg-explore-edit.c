#include "app/cpg-explore-edit.h"

#include "app/cpg-config.h"
#include "app/cpg-latent-toggle.h"
#include "app/cpg-page.h"
#include "app/pictures/cpg-token-view.h"

#include <glib/gi18n.h>

enum { MAX_SEED = 999999 };

/* From here on a token is held by a latent. */
#define HELD .1f

struct _CpgExploreEdit {
  CpgExperiment parent_instance;
  CpgRun *source; /* of the session */
  CpgStep *step;  /* of it, what is edited; or NULL */
  CpgLatents *latents;
  CpgInfluence *influence; /* of these; or NULL */
  CpgRun *run;             /* the edited one, or NULL */
  GSignalGroup *source_signals, *run_signals;

  AdwToggleGroup *base;
  CpgTokenView *original, *text;
  GtkLabel *share, *sentence;
  AdwWrapBox *pins; /* of CpgLatentToggle */
  AdwSpinRow *seed, *begin;
  GtkProgressBar *progress;
  GtkWidget *open;
};

G_DEFINE_FINAL_TYPE (CpgExploreEdit, cpg_explore_edit, CPG_TYPE_EXPERIMENT)

/* ---- pins ---- */

typedef void (*ForEachToggle) (CpgExploreEdit *self, CpgLatentToggle *toggle, int i, gpointer data);

static void for_each_toggle (CpgExploreEdit *self, ForEachToggle func, gpointer data)
{
  int i = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->pins)); child;
       child = gtk_widget_get_next_sibling (child))
    func (self, CPG_LATENT_TOGGLE (child), i++, data);
}

static void get_pinned (CpgExploreEdit *self, CpgLatentToggle *toggle, int i, gpointer mask)
{
  ((bool *) mask)[i] = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggle));
}

static void count_pinned (CpgExploreEdit *self, CpgLatentToggle *toggle, int i, gpointer n)
{
  *(int *) n += gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggle));
}

static void cpg_explore_edit_update_share (CpgExploreEdit *self)
{
  int n = self->latents ? self->latents->n : 0, pinned = 0;
  for_each_toggle (self, count_pinned, &pinned);
  g_autofree char *text = n == 0 ? g_strdup ("")
                                 : g_strdup_printf (ngettext ("%d of %d latent is pinned: %.0f %%",
                                                              "%d of %d latents are pinned: %.0f %%", (gulong) n),
                                                    pinned, n, 100. * pinned / n);
  gtk_label_set_label (self->share, text);
}

static void pin (CpgExploreEdit *self, CpgLatentToggle *toggle, int i, gpointer data)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), GPOINTER_TO_INT (data));
}

static void invert (CpgExploreEdit *self, CpgLatentToggle *toggle, int i, gpointer data)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggle)));
}

static void cpg_explore_edit_on_pin_all (CpgExploreEdit *self)
{
  for_each_toggle (self, pin, GINT_TO_POINTER (TRUE));
}

static void cpg_explore_edit_on_unpin_all (CpgExploreEdit *self)
{
  for_each_toggle (self, pin, GINT_TO_POINTER (FALSE));
}

static void cpg_explore_edit_on_invert (CpgExploreEdit *self)
{
  for_each_toggle (self, invert, NULL);
}

/* The tokens that a latent holds are marked while one looks at it; i -1: none. */
static void cpg_explore_edit_show_original (CpgExploreEdit *self, int i)
{
  const CpgInfluence *influence = self->influence;
  if (!influence) {
    cpg_token_view_set_tokens (self->original, NULL, 0);
    return;
  }
  int n = influence->reading->n_tokens;
  g_autofree CpgToken *tokens = g_memdup2 (influence->reading->tokens, (gsize) n * sizeof *tokens);
  for (int j = 0; j < n; j++)
    if (i >= 0 && influence->values[i * n + j] >= HELD)
      tokens[j].mark = COSMOS_MARK_CHANGED;
  cpg_token_view_set_tokens (self->original, tokens, n);
}

static void on_looked_at (CpgExploreEdit *self, GParamSpec *pspec, CpgLatentToggle *toggle)
{
  gboolean is_looked_at;
  if (!self->original) /* it loses the focus as the window ends */
    return;
  g_object_get (toggle, "looked-at", &is_looked_at, NULL);
  cpg_explore_edit_show_original (self, is_looked_at ? cpg_latent_toggle_get_number (toggle) - 1 : -1);
}

/* Half of them are pinned at first, so that there is something to see at once. */
static void cpg_explore_edit_make_toggles (CpgExploreEdit *self, int n)
{
  int before = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->pins)); child;
       child = gtk_widget_get_next_sibling (child))
    before++;
  if (before == n)
    return;
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self->pins)));)
    adw_wrap_box_remove (self->pins, child);
  for (int i = 0; i < n; i++) {
    GtkWidget *toggle = cpg_latent_toggle_new (i + 1);
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), i < n / 2);
    g_signal_connect_object (toggle, "toggled", G_CALLBACK (cpg_explore_edit_update_share), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (toggle, "notify::looked-at", G_CALLBACK (on_looked_at), self, G_CONNECT_SWAPPED);
    adw_wrap_box_append (self->pins, toggle);
  }
}

static void show_held (CpgExploreEdit *self, CpgLatentToggle *toggle, int i, gpointer data)
{
  const CpgInfluence *influence = self->influence;
  if (influence && i < influence->n)
    cpg_latent_toggle_set_tokens (toggle, influence->reading->tokens, influence->values + i * influence->reading->n_tokens,
                                  influence->reading->n_tokens, HELD);
  else
    cpg_latent_toggle_set_tokens (toggle, NULL, NULL, 0, HELD);
}

/* ---- what is edited ---- */

static gboolean is_of_step (CpgExploreEdit *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->base), "step") == 0;
}

/* A run that still goes on is waited for; one that was stopped has a last step. */
static CpgStep *find_step (CpgExploreEdit *self)
{
  if (!self->source || cpg_run_is_active (self->source))
    return NULL;
  CpgStep *result = cpg_run_get_result (self->source);
  if (result && !is_of_step (self))
    return result;
  return is_of_step (self) ? cpg_run_get_current (self->source)
                           : cpg_run_get_step (self->source, cpg_run_get_n_done (self->source) - 1);
}

static void cpg_explore_edit_set_run (CpgExploreEdit *self, CpgRun *run)
{
  CpgSession *session = cpg_experiment_get_session (CPG_EXPERIMENT (self));
  if (self->run && cpg_run_is_active (self->run) && (!session || self->run != cpg_session_get_run (session)))
    cpg_run_cancel (self->run);
  g_set_object (&self->run, run);
  g_signal_group_set_target (self->run_signals, run);
}

static void cpg_explore_edit_show_run (CpgExploreEdit *self);

static void cpg_explore_edit_update_base (CpgExploreEdit *self)
{
  CpgStep *step = find_step (self);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || step == self->step)
    return;
  g_set_object (&self->step, step);
  g_clear_pointer (&self->latents, cpg_latents_unref);
  g_clear_pointer (&self->influence, cpg_influence_unref);
  cpg_explore_edit_set_run (self, NULL);
  self->latents = step ? cpg_latents_new_from_step (step) : NULL;
  if (step) {
    cpg_explore_edit_make_toggles (self, self->latents->n);
    adw_spin_row_set_range (self->begin, 1, cpg_run_get_n_done (self->source));
  }
  for_each_toggle (self, show_held, NULL);
  cpg_explore_edit_show_original (self, -1);
  cpg_explore_edit_update_share (self);
  cpg_explore_edit_show_run (self);
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

static void cpg_explore_edit_on_source (CpgExploreEdit *self)
{
  CpgSession *session = cpg_experiment_get_session (CPG_EXPERIMENT (self));
  CpgRun *source = session ? cpg_session_get_run (session) : NULL;
  g_set_object (&self->source, source);
  g_signal_group_set_target (self->source_signals, source);
  cpg_explore_edit_update_base (self);
}

static void session_changed (CpgExperiment *experiment, CpgSession *session)
{
  if (session)
    g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_explore_edit_on_source), experiment, G_CONNECT_SWAPPED);
  cpg_explore_edit_on_source (CPG_EXPLORE_EDIT (experiment));
}

/* ---- the edited run ---- */

/* Its text at a step against the original. */
static int mark_changed (CpgExploreEdit *self, CpgToken *tokens, int n)
{
  const CpgReading *original = self->influence->reading;
  int n_changed = 0;
  for (int i = 0; i < n; i++) {
    int j = tokens[i].position - (original->n_tokens > 0 ? original->tokens[0].position : 0);
    gboolean same = j >= 0 && j < original->n_tokens && original->tokens[j].guess.id == tokens[i].guess.id;
    tokens[i].mark = same ? COSMOS_MARK_SAME : COSMOS_MARK_CHANGED;
    n_changed += !same;
  }
  return n_changed;
}

static char *describe_end (CpgExploreEdit *self, int n_changed, int n)
{
  const CpgPins *pins = cpg_settings_get_pins (cpg_run_get_settings (self->run));
  g_autofree char *kept = g_strdup_printf (ngettext ("%d of %d latent was kept", "%d of %d latents were kept", (gulong) pins->n),
                                           pins->n_pinned, pins->n);
  if (n_changed == 0)
    return g_strdup_printf (_ ("The text is the same as the original; %s."), kept);
  return g_strdup_printf (
      ngettext ("%d of %d token differs from the original; %s.", "%d of %d tokens differ from the original; %s.", (gulong) n),
      n_changed, n, kept);
}

static void cpg_explore_edit_show_text (CpgExploreEdit *self)
{
  CpgStep *step = cpg_run_get_result (self->run) ? cpg_run_get_result (self->run) : cpg_run_get_current (self->run);
  int n, n_changed = 0;
  if (step && cpg_step_is_decoded (step)) {
    const CpgToken *found = cpg_step_get_tokens (step, &n);
    g_autofree CpgToken *tokens = g_memdup2 (found, (gsize) n * sizeof *tokens);
    n_changed = mark_changed (self, tokens, n);
    cpg_token_view_set_tokens (self->text, tokens, n);
  } else
    cpg_token_view_set_tokens (self->text, NULL, n = 0);
  g_autofree char *sentence = cpg_run_get_state (self->run) == CPG_RUN_DONE ? describe_end (self, n_changed, n)
                                                                            : cpg_run_describe (self->run);
  gtk_label_set_label (self->sentence, sentence);
  gtk_progress_bar_set_fraction (self->progress, (double) cpg_run_get_n_done (self->run) / cpg_run_get_n_steps (self->run));
  gtk_widget_set_sensitive (self->open, step != NULL);
}

static void cpg_explore_edit_show_run (CpgExploreEdit *self)
{
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), self->run && cpg_run_is_active (self->run) ? 1 : 0);
  if (self->run && self->influence) {
    cpg_explore_edit_show_text (self);
  } else {
    cpg_token_view_set_tokens (self->text, NULL, 0);
    gtk_label_set_label (self->sentence,
                         self->source && cpg_run_is_active (self->source) ? _ ("The shown run still goes on.") : "");
    gtk_widget_set_sensitive (self->open, FALSE);
  }
  cpg_experiment_changed (CPG_EXPERIMENT (self));
}

static void on_run_state (CpgExploreEdit *self)
{
  if (cpg_run_get_state (self->run) == CPG_RUN_FAILED)
    cpg_page_say (CPG_PAGE (self), "%s", cpg_run_get_error (self->run));
  cpg_explore_edit_show_run (self);
}

/* From noise, or from a step of the shown run. */
static void cpg_explore_edit_resample (CpgExploreEdit *self)
{
  if (!self->latents || !self->influence)
    return;
  CpgEngine *engine = cpg_session_get_engine (cpg_experiment_get_session (CPG_EXPERIMENT (self)));
  int begin = (int) adw_spin_row_get_value (self->begin);
  g_autofree bool *mask = g_new0 (bool, (gsize) self->latents->n);
  for_each_toggle (self, get_pinned, mask);
  g_autoptr (CpgPins) pins = cpg_pins_new (self->latents->values, mask, self->latents->n, self->latents->width);
  g_autoptr (CpgSettings) settings = cpg_settings_copy (cpg_run_get_settings (self->source));
  g_object_set (settings, "seed", (guint64) adw_spin_row_get_value (self->seed), "pins", pins, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgRun) run = begin > 1 ? cpg_engine_branch_run (engine, self->source, begin - 1, settings, &error)
                                     : cpg_engine_start_run (engine, settings);
  if (!run) {
    cpg_page_say (CPG_PAGE (self), "%s", error->message);
    return;
  }
  cpg_explore_edit_set_run (self, run);
  cpg_explore_edit_show_run (self);
}

static void cpg_explore_edit_on_dice (CpgExploreEdit *self)
{
  adw_spin_row_set_value (self->seed, g_random_int_range (0, MAX_SEED));
  cpg_explore_edit_resample (self);
}

static void cpg_explore_edit_on_open (CpgExploreEdit *self)
{
  g_autoptr (CpgRun) run = g_object_ref (self->run);
  cpg_session_set_run (cpg_experiment_get_session (CPG_EXPERIMENT (self)), run);
  cpg_run_set_current_step (run, cpg_run_get_n_done (run) - 1);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "denoise");
}

/* ---- as an experiment ---- */

static void on_measured (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreEdit) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgInfluence) influence = cpg_engine_measure_influence_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  self->influence = g_steal_pointer (&influence);
  for_each_toggle (self, show_held, NULL);
  cpg_explore_edit_show_original (self, -1);
  if (self->run)
    cpg_explore_edit_show_run (self);
  else
    cpg_explore_edit_resample (self);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

static gboolean ask (CpgExperiment *experiment, CpgEngine *engine, GCancellable *cancellable)
{
  CpgExploreEdit *self = CPG_EXPLORE_EDIT (experiment);
  if (!self->latents || self->influence)
    return FALSE;
  cpg_engine_measure_influence_async (engine, self->latents, cancellable, on_measured, g_object_ref (self));
  return TRUE;
}

/* What is edited is the run's, whatever model is open now; the engine refuses it where that is another. */
static void forget (CpgExperiment *experiment)
{
  CpgExploreEdit *self = CPG_EXPLORE_EDIT (experiment);
  g_clear_pointer (&self->influence, cpg_influence_unref);
  for_each_toggle (self, show_held, NULL);
  cpg_explore_edit_show_original (self, -1);
  cpg_explore_edit_show_run (self);
}

static const char *get_text (CpgExperiment *experiment)
{
  return cpg_token_view_get_text (CPG_EXPLORE_EDIT (experiment)->text);
}

static gboolean is_busy (CpgExperiment *experiment)
{
  CpgExploreEdit *self = CPG_EXPLORE_EDIT (experiment);
  return self->run && cpg_run_is_active (self->run);
}

static void stop (CpgExperiment *experiment)
{
  if (is_busy (experiment))
    cpg_run_cancel (CPG_EXPLORE_EDIT (experiment)->run);
}

static void run (CpgExperiment *experiment)
{
  if (CPG_EXPLORE_EDIT (experiment)->influence)
    cpg_explore_edit_resample (CPG_EXPLORE_EDIT (experiment));
  else
    cpg_experiment_restart (experiment);
}

static void map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cpg_explore_edit_parent_class)->map (widget);
  cpg_explore_edit_update_base (CPG_EXPLORE_EDIT (widget));
}

/* ---- the object ---- */

static void cpg_explore_edit_dispose (GObject *object)
{
  CpgExploreEdit *self = CPG_EXPLORE_EDIT (object);
  g_clear_object (&self->source_signals);
  g_clear_object (&self->run_signals);
  if (self->run && cpg_run_is_active (self->run))
    cpg_run_cancel (self->run);
  g_clear_object (&self->run);
  g_clear_object (&self->source);
  g_clear_object (&self->step);
  g_clear_pointer (&self->latents, cpg_latents_unref);
  g_clear_pointer (&self->influence, cpg_influence_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_EDIT);
  G_OBJECT_CLASS (cpg_explore_edit_parent_class)->dispose (object);
}

static void cpg_explore_edit_class_init (CpgExploreEditClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CpgExperimentClass *experiment_class = CPG_EXPERIMENT_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_explore_edit_dispose;
  widget_class->map = map;
  experiment_class->ask = ask;
  experiment_class->forget = forget;
  experiment_class->get_text = get_text;
  experiment_class->is_busy = is_busy;
  experiment_class->stop = stop;
  experiment_class->run = run;
  experiment_class->session_changed = session_changed;
  g_type_ensure (CPG_TYPE_TOKEN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-edit.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, base);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, original);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, text);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, share);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, pins);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, seed);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, begin);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, progress);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreEdit, open);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_edit_update_base);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_edit_on_pin_all);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_edit_on_unpin_all);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_edit_on_invert);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_edit_on_dice);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_edit_on_open);
}

static void cpg_explore_edit_init (CpgExploreEdit *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->source_signals = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (self->source_signals, "notify::state", G_CALLBACK (cpg_explore_edit_update_base), self);
  self->run_signals = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (self->run_signals, "notify::state", G_CALLBACK (on_run_state), self);
  g_signal_group_connect_swapped (self->run_signals, "notify::current", G_CALLBACK (cpg_explore_edit_show_run), self);
  cpg_explore_edit_show_run (self);
}
