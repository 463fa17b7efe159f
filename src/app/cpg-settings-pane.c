#include "app/cpg-settings-pane.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgSettingsPane {
  AdwBin parent_instance;
  CpgSession *session;
  gboolean collapsed;
  GBindingGroup *settings_bindings, *session_bindings;
  GSignalGroup *settings_signals;
  CpgSettings *own;     /* the model's own values, or NULL */
  GHashTable *resets;   /* GtkButton by the name of the setting */
  gboolean seed_is_bad; /* what is typed is none */

  AdwEntryRow *seed;
  AdwSpinRow *steps, *guidance, *schedule_d, *t_end, *noise_scale, *strength;
  AdwComboRow *sampler, *returned, *decode_every;
  AdwSwitchRow *fresh_seed, *self_conditioning;
};

enum { PROP_SESSION = 1, PROP_COLLAPSED, PROP_SEED_IS_BAD, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgSettingsPane, cpg_settings_pane, ADW_TYPE_BIN)

/* The rows of the list of samplers, in the template, are in the core's order. */
G_STATIC_ASSERT (COSMOS_N_SAMPLERS == 5 && COSMOS_SAMPLER_DPM_SDE == 0 && COSMOS_SAMPLER_DDIM == 4);

/* Of the rows of the list, in their order. */
static const int decode_choices[] = {1, 2, 5, 10, 0};

/* ---- bindings ---- */

static gboolean sampler_to_row (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_uint (to, (guint) g_value_get_enum (from));
  return TRUE;
}

static gboolean row_to_sampler (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  if (g_value_get_uint (from) >= COSMOS_N_SAMPLERS)
    return FALSE;
  g_value_set_enum (to, (int) g_value_get_uint (from));
  return TRUE;
}

static gboolean returned_to_row (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_uint (to, (guint) g_value_get_int (from));
  return TRUE;
}

static gboolean row_to_returned (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  if (g_value_get_uint (from) > COSMOS_RETURN_MEAN)
    return FALSE;
  g_value_set_int (to, (int) g_value_get_uint (from));
  return TRUE;
}

static gboolean decode_to_row (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (decode_choices); i++)
    if (decode_choices[i] == g_value_get_int (from)) {
      g_value_set_uint (to, i);
      return TRUE;
    }
  return FALSE;
}

static gboolean row_to_decode (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  if (g_value_get_uint (from) >= G_N_ELEMENTS (decode_choices))
    return FALSE;
  g_value_set_int (to, decode_choices[g_value_get_uint (from)]);
  return TRUE;
}

/* ---- the seed ---- */

static gboolean parse_seed (const char *text, guint64 *seed)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  return g_ascii_string_to_unsigned (trimmed, 10, 0, G_MAXUINT64, seed, NULL);
}

static void cpg_settings_pane_set_seed_is_bad (CpgSettingsPane *self, gboolean bad)
{
  if (self->seed_is_bad == bad)
    return;
  self->seed_is_bad = bad;
  if (bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->seed), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->seed), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->seed), GTK_ACCESSIBLE_STATE_INVALID,
                               bad ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEED_IS_BAD]);
}

static gboolean seed_to_text (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_take_string (to, g_strdup_printf ("%" G_GUINT64_FORMAT, g_value_get_uint64 (from)));
  cpg_settings_pane_set_seed_is_bad (data, FALSE);
  return TRUE;
}

/* Only what somebody has typed comes here; who chooses a seed wants to see it used. */
static gboolean text_to_seed (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  CpgSettingsPane *self = data;
  guint64 seed, before;
  gboolean good = parse_seed (g_value_get_string (from), &seed);
  cpg_settings_pane_set_seed_is_bad (self, !good);
  if (!good)
    return FALSE;
  g_object_get (cpg_session_get_settings (self->session), "seed", &before, NULL);
  if (seed != before)
    g_object_set (self->session, "fresh-seed", FALSE, NULL);
  g_value_set_uint64 (to, seed);
  return TRUE;
}

/* What is none does not stay: the last good one is back. */
static void cpg_settings_pane_on_seed_left (CpgSettingsPane *self)
{
  guint64 seed;
  if (!self->seed_is_bad || !self->session)
    return;
  g_object_get (cpg_session_get_settings (self->session), "seed", &seed, NULL);
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  gtk_editable_set_text (GTK_EDITABLE (self->seed), text);
}

static char *cpg_settings_pane_name_seed (CpgSettingsPane *self, gboolean bad)
{
  return g_strdup (bad ? _ ("Seed: 0 to 2⁶⁴ − 1") : _ ("Seed"));
}

/* ---- back to the model's own values ---- */

static gboolean cpg_settings_pane_differs (CpgSettingsPane *self, const char *name)
{
  g_auto (GValue) value = G_VALUE_INIT, own = G_VALUE_INIT;
  CpgSettings *settings = cpg_session_get_settings (self->session);
  g_object_get_property (G_OBJECT (settings), name, &value);
  g_object_get_property (G_OBJECT (self->own), name, &own);
  return g_param_values_cmp (g_object_class_find_property (G_OBJECT_GET_CLASS (settings), name), &value, &own) != 0;
}

static void cpg_settings_pane_update_resets (CpgSettingsPane *self)
{
  GHashTableIter iter;
  gpointer name, button;
  if (!self->resets)
    return; /* on its way out */
  g_hash_table_iter_init (&iter, self->resets);
  while (g_hash_table_iter_next (&iter, &name, &button))
    gtk_widget_set_visible (button, self->own && cpg_settings_pane_differs (self, name));
}

static void cpg_settings_pane_on_model (CpgSettingsPane *self)
{
  g_clear_object (&self->own);
  if (self->session && cpg_session_has_model (self->session)) {
    self->own = cpg_settings_new ();
    cpg_settings_reset (self->own, cpg_engine_get_config (cpg_session_get_engine (self->session)));
  }
  cpg_settings_pane_update_resets (self);
}

static void cpg_settings_pane_on_reset (CpgSettingsPane *self, GtkButton *button)
{
  const char *name = g_object_get_data (G_OBJECT (button), "setting");
  g_auto (GValue) own = G_VALUE_INIT;
  if (!self->own)
    return;
  g_object_get_property (G_OBJECT (self->own), name, &own);
  /* The button goes away, and the focus must not go with it. */
  gtk_widget_grab_focus (gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW));
  g_object_set_property (G_OBJECT (cpg_session_get_settings (self->session)), name, &own);
}

static void cpg_settings_pane_add_reset (CpgSettingsPane *self, const char *name, gpointer row)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  /* Translators: %s is the name of a setting, such as Steps. */
  g_autofree char *words = g_strdup_printf (_ ("Reset %s"), adw_preferences_row_get_title (row));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_object_set_data (G_OBJECT (button), "setting", (gpointer) name);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (cpg_settings_pane_on_reset), self);
  adw_action_row_add_suffix (row, button);
  g_hash_table_insert (self->resets, (gpointer) name, button);
}

static void cpg_settings_pane_add_resets (CpgSettingsPane *self)
{
  self->resets = g_hash_table_new (g_str_hash, g_str_equal);
  cpg_settings_pane_add_reset (self, "steps", self->steps);
  cpg_settings_pane_add_reset (self, "sampler", self->sampler);
  cpg_settings_pane_add_reset (self, "self-conditioning", self->self_conditioning);
  cpg_settings_pane_add_reset (self, "guidance", self->guidance);
  cpg_settings_pane_add_reset (self, "schedule-d", self->schedule_d);
  cpg_settings_pane_add_reset (self, "t-end", self->t_end);
  cpg_settings_pane_add_reset (self, "noise-scale", self->noise_scale);
  cpg_settings_pane_add_reset (self, "strength", self->strength);
  cpg_settings_pane_add_reset (self, "returned", self->returned);
  cpg_settings_pane_update_resets (self);
}

static void cpg_settings_pane_bind (CpgSettingsPane *self)
{
  const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  GBindingGroup *group = self->settings_bindings = g_binding_group_new ();
  g_binding_group_bind (group, "steps", self->steps, "value", both);
  g_binding_group_bind_full (group, "seed", self->seed, "text", both, seed_to_text, text_to_seed, self, NULL);
  g_binding_group_bind (group, "guidance", self->guidance, "value", both);
  g_binding_group_bind (group, "schedule-d", self->schedule_d, "value", both);
  g_binding_group_bind (group, "t-end", self->t_end, "value", both);
  g_binding_group_bind (group, "noise-scale", self->noise_scale, "value", both);
  g_binding_group_bind (group, "strength", self->strength, "value", both);
  g_binding_group_bind (group, "self-conditioning", self->self_conditioning, "active", both);
  g_binding_group_bind_full (group, "sampler", self->sampler, "selected", both, sampler_to_row, row_to_sampler, NULL, NULL);
  g_binding_group_bind_full (group, "returned", self->returned, "selected", both, returned_to_row, row_to_returned, NULL, NULL);
  g_binding_group_bind_full (group, "decode-every", self->decode_every, "selected", both, decode_to_row, row_to_decode, NULL,
                             NULL);
  self->session_bindings = g_binding_group_new ();
  g_binding_group_bind (self->session_bindings, "fresh-seed", self->fresh_seed, "active", both);
  self->settings_signals = g_signal_group_new (CPG_TYPE_SETTINGS);
  g_signal_group_connect_swapped (self->settings_signals, "notify", G_CALLBACK (cpg_settings_pane_update_resets), self);
}

/* ---- closures of the template ---- */

static char *cpg_settings_pane_tell_step_cost (CpgSettingsPane *self, double seconds, int n_done)
{
  if (n_done < 1 || seconds <= 0)
    return g_strdup (_ ("More are finer and take longer"));
  /* Translators: what a setting costs on this computer; %s is a time. */
  g_autofree char *time = g_strdup_printf (_ ("%.1f ms"), 1000 * seconds / n_done);
  return g_strdup_printf (_ ("More are finer and take longer: %s each here"), time);
}

static char *cpg_settings_pane_tell_decode_cost (CpgSettingsPane *self, CpgStep *step, gboolean decoded)
{
  if (!step || !decoded || cpg_step_get_decode_seconds (step) <= 0)
    return g_strdup (_ ("Which steps become text while the run goes on"));
  g_autofree char *time = g_strdup_printf (_ ("%.1f ms"), 1000 * cpg_step_get_decode_seconds (step));
  return g_strdup_printf (_ ("Which steps become text while the run goes on: %s each here"), time);
}

static char *cpg_settings_pane_tell_guidance (CpgSettingsPane *self, gboolean takes_source)
{
  return g_strdup (takes_source ? _ ("Above 1, the source counts for more; each step then costs two")
                                : _ ("Only for models that read a source, which this one does not"));
}

static char *cpg_settings_pane_tell_strength (CpgSettingsPane *self, gboolean takes_strength)
{
  return g_strdup (takes_strength ? _ ("Below 1, more of the source is kept")
                                  : _ ("Only for models that read the latents of a source, which this one does not"));
}

static gboolean cpg_settings_pane_draws_noise (CpgSettingsPane *self, guint row)
{
  return row < COSMOS_N_SAMPLERS && cosmos_sampler_is_stochastic ((CosmosSampler) row);
}

static char *cpg_settings_pane_tell_noise_scale (CpgSettingsPane *self, guint row)
{
  return g_strdup (cpg_settings_pane_draws_noise (self, row) ? _ ("Below 1, texts are likelier and less varied")
                                                             : _ ("Only for samplers that add noise, which this one does not"));
}

/* ---- the object ---- */

static void cpg_settings_pane_set_session (CpgSettingsPane *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_binding_group_set_source (self->settings_bindings, session ? cpg_session_get_settings (session) : NULL);
  g_binding_group_set_source (self->session_bindings, session);
  if (session)
    g_signal_connect_object (session, "notify::model-name", G_CALLBACK (cpg_settings_pane_on_model), self, G_CONNECT_SWAPPED);
  cpg_settings_pane_on_model (self);
  g_signal_group_set_target (self->settings_signals, session ? cpg_session_get_settings (session) : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void cpg_settings_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgSettingsPane *self = CPG_SETTINGS_PANE (object);
  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_COLLAPSED:
    g_value_set_boolean (value, self->collapsed);
    break;
  case PROP_SEED_IS_BAD:
    g_value_set_boolean (value, self->seed_is_bad);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_settings_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgSettingsPane *self = CPG_SETTINGS_PANE (object);
  switch (id) {
  case PROP_SESSION:
    cpg_settings_pane_set_session (self, g_value_get_object (value));
    break;
  case PROP_COLLAPSED:
    if (self->collapsed == g_value_get_boolean (value))
      break;
    self->collapsed = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_settings_pane_dispose (GObject *object)
{
  CpgSettingsPane *self = CPG_SETTINGS_PANE (object);
  g_clear_object (&self->settings_bindings);
  g_clear_object (&self->session_bindings);
  g_clear_object (&self->settings_signals);
  g_clear_object (&self->own);
  g_clear_object (&self->session);
  g_clear_pointer (&self->resets, g_hash_table_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_SETTINGS_PANE);
  G_OBJECT_CLASS (cpg_settings_pane_parent_class)->dispose (object);
}

static void cpg_settings_pane_class_init (CpgSettingsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_settings_pane_get_property;
  object_class->set_property = cpg_settings_pane_set_property;
  object_class->dispose = cpg_settings_pane_dispose;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION, flags);
  /* Whether the pane covers the window and so needs a way back of its own. */
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, flags);
  properties[PROP_SEED_IS_BAD] = g_param_spec_boolean ("seed-is-bad", NULL, NULL, FALSE,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-settings-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, steps);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, seed);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, guidance);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, schedule_d);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, t_end);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, noise_scale);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, strength);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, sampler);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, returned);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, decode_every);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, fresh_seed);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, self_conditioning);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_name_seed);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_step_cost);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_decode_cost);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_guidance);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_draws_noise);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_noise_scale);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_strength);
}

static void cpg_settings_pane_init (CpgSettingsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cpg_settings_pane_add_resets (self);
  cpg_settings_pane_bind (self);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (cpg_settings_pane_on_seed_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self->seed), focus);
}
