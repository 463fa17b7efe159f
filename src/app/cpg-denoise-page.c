#include "app/cpg-denoise-page-private.h"

#include "app/cpg-config.h"
#include "app/cpg-examples.h"
#include "app/cpg-task-choice.h"

#include <glib/gi18n.h>

enum { PROP_SESSION = 1, PROP_STACKED, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgDenoisePage, cpg_denoise_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_denoise_page_init_actions))

AdwViewStack *cpg_denoise_page_get_pictures (CpgDenoisePage *self)
{
  return cpg_run_pictures_get_stack (self->pictures);
}

void cpg_denoise_page_show_pictures (CpgDenoisePage *self, gboolean shown)
{
  gtk_widget_set_visible (GTK_WIDGET (self->pictures), shown);
}

/* ---- examples ---- */

static void cpg_denoise_page_update_examples (CpgDenoisePage *self)
{
  g_menu_remove_all (self->examples);
  if (!self->session)
    return;
  gboolean takes_source;
  size_t n;
  g_object_get (self->session, "takes-source", &takes_source, NULL);
  const char *task = cpg_settings_get_task (cpg_session_get_settings (self->session));
  g_autofree const CpgExample **found = cpg_examples_find (task, takes_source, &n);
  for (size_t i = 0; i < n; i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (_ (found[i]->title), NULL);
    g_menu_item_set_action_and_target (item, "page.example", "i", (int) i);
    g_menu_append_item (self->examples, item);
  }
}

static void cpg_denoise_page_on_example (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgDenoisePage *self = data;
  gboolean takes_source;
  size_t n, chosen = (size_t) g_variant_get_int32 (parameter);
  g_object_get (self->session, "takes-source", &takes_source, NULL);
  CpgSettings *settings = cpg_session_get_settings (self->session);
  g_autofree const CpgExample **found = cpg_examples_find (cpg_settings_get_task (settings), takes_source, &n);
  if (chosen >= n)
    return;
  guint64 seed;
  g_object_get (settings, "seed", &seed, NULL);
  cpg_session_reset_settings (self->session);
  g_object_set (settings, "seed", seed, NULL); /* so that what differs is the example's doing */
  cpg_example_apply (found[chosen], settings);
  cpg_session_start_run (self->session);
}

/* ---- the text ---- */

/* A step that is not decoded yet leaves the text of the one before in its place: it comes in a moment. */
static void cpg_denoise_page_update_text (CpgDenoisePage *self)
{
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  if (!step || !cpg_step_is_decoded (step))
    return;
  int n;
  const CpgToken *tokens = cpg_step_get_tokens (step, &n);
  cpg_token_view_set_tokens (self->text, tokens, n);
}

static void cpg_denoise_page_on_step_decoded (CpgDenoisePage *self, CpgStep *step, CpgRun *run)
{
  if (step == cpg_run_get_current (run))
    cpg_denoise_page_update_text (self);
}

static void cpg_denoise_page_on_run (CpgDenoisePage *self)
{
  g_signal_group_set_target (self->run_signals, cpg_session_get_run (self->session));
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  cpg_denoise_page_update_text (self);
  cpg_page_changed (CPG_PAGE (self));
}

static void cpg_denoise_page_on_token (CpgDenoisePage *self, int position, const GdkRectangle *place)
{
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  if (!cpg_token_popover_show_token (self->popover, cpg_session_get_run (self->session), position))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), place);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static GdkContentProvider *cpg_denoise_page_on_drag_text (CpgDenoisePage *self, double x, double y, GtkDragSource *source)
{
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  if (!step || !*cpg_step_get_text (step))
    return NULL;
  /* The toolkit would hang all of the text on the pointer. */
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)));
  gtk_drag_source_set_icon (source, icon, 0, 0);
  return gdk_content_provider_new_typed (G_TYPE_STRING, cpg_step_get_text (step));
}

/* ---- the model ---- */

static void cpg_denoise_page_on_model (CpgDenoisePage *self)
{
  cpg_denoise_page_update_examples (self);
  cpg_page_changed (CPG_PAGE (self));
}

static gboolean noisy_to_toggle (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_string (to, g_value_get_boolean (from) ? "noisy" : "guess");
  return TRUE;
}

static gboolean toggle_to_noisy (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_boolean (to, g_strcmp0 (g_value_get_string (from), "noisy") == 0);
  return TRUE;
}

/* ---- closures of the template ---- */

/* The other arguments say when to ask again. */
static char *cpg_denoise_page_describe (CpgDenoisePage *self, CpgRun *run, int current, int n_done, int state, const char *text)
{
  return run ? cpg_run_describe (run) : g_strdup ("");
}

/* ---- the object ---- */

static void cpg_denoise_page_set_session (CpgDenoisePage *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  CpgSettings *settings = session ? cpg_session_get_settings (session) : NULL;
  if (session) {
    g_signal_connect_object (session, "notify::has-model", G_CALLBACK (cpg_denoise_page_on_model), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::run", G_CALLBACK (cpg_denoise_page_on_run), self, G_CONNECT_SWAPPED);
  }
  g_binding_group_set_source (self->settings_bindings, settings);
  g_binding_group_set_source (self->session_bindings, session);
  g_signal_group_set_target (self->settings_signals, settings);
  cpg_denoise_page_on_model (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void cpg_denoise_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgDenoisePage *self = CPG_DENOISE_PAGE (object);
  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_STACKED:
    g_value_set_boolean (value, self->stacked);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_denoise_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgDenoisePage *self = CPG_DENOISE_PAGE (object);
  switch (id) {
  case PROP_SESSION:
    cpg_denoise_page_set_session (self, g_value_get_object (value));
    break;
  case PROP_STACKED:
    if (self->stacked == g_value_get_boolean (value))
      break;
    self->stacked = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_denoise_page_dispose (GObject *object)
{
  CpgDenoisePage *self = CPG_DENOISE_PAGE (object);
  g_clear_object (&self->settings_bindings);
  g_clear_object (&self->session_bindings);
  g_clear_object (&self->settings_signals);
  g_clear_object (&self->run_signals);
  g_clear_object (&self->session);
  if (self->popover)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_DENOISE_PAGE);
  G_OBJECT_CLASS (cpg_denoise_page_parent_class)->dispose (object);
}

static void cpg_denoise_page_class_init (CpgDenoisePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_denoise_page_get_property;
  object_class->set_property = cpg_denoise_page_set_property;
  object_class->dispose = cpg_denoise_page_dispose;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION, flags);
  properties[PROP_STACKED] = g_param_spec_boolean ("stacked", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (CPG_TYPE_RUN_PICTURES);
  g_type_ensure (CPG_TYPE_TASK_CHOICE);
  g_type_ensure (CPG_TYPE_TOKEN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-denoise-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgDenoisePage, show);
  gtk_widget_class_bind_template_child (widget_class, CpgDenoisePage, examples);
  gtk_widget_class_bind_template_child (widget_class, CpgDenoisePage, source);
  gtk_widget_class_bind_template_child (widget_class, CpgDenoisePage, pictures);
  gtk_widget_class_bind_template_child (widget_class, CpgDenoisePage, text);
  gtk_widget_class_bind_template_callback (widget_class, cpg_denoise_page_describe);
  gtk_widget_class_bind_template_callback (widget_class, cpg_task_choice_describe_source);
  gtk_widget_class_bind_template_callback (widget_class, cpg_denoise_page_on_drag_text);
  gtk_widget_class_bind_template_callback (widget_class, cpg_denoise_page_on_token);
}

static void cpg_denoise_page_init (CpgDenoisePage *self)
{
  static const GActionEntry actions[] = {{"example", cpg_denoise_page_on_example, "i"}};
  gtk_widget_init_template (GTK_WIDGET (self));
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "page", G_ACTION_GROUP (group));

  self->popover = g_object_new (CPG_TYPE_TOKEN_POPOVER, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self->text));

  self->settings_bindings = g_binding_group_new ();
  const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  g_binding_group_bind (self->settings_bindings, "source", self->source, "text", both);
  self->session_bindings = g_binding_group_new ();
  g_binding_group_bind_full (self->session_bindings, "noisy", self->show, "active-name", both, noisy_to_toggle, toggle_to_noisy,
                             NULL, NULL);
  self->settings_signals = g_signal_group_new (CPG_TYPE_SETTINGS);
  g_signal_group_connect_swapped (self->settings_signals, "notify::task", G_CALLBACK (cpg_denoise_page_update_examples), self);
  self->run_signals = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (self->run_signals, "notify::current", G_CALLBACK (cpg_denoise_page_update_text), self);
  g_signal_group_connect_swapped (self->run_signals, "notify::show", G_CALLBACK (cpg_denoise_page_update_text), self);
  static const char *const can_change[] = {"notify::state", "notify::n-done", "notify::current-step"};
  for (gsize i = 0; i < G_N_ELEMENTS (can_change); i++)
    g_signal_group_connect_swapped (self->run_signals, can_change[i], G_CALLBACK (cpg_page_changed), self);
  g_signal_group_connect_swapped (self->run_signals, "step-decoded", G_CALLBACK (cpg_denoise_page_on_step_decoded), self);
}
