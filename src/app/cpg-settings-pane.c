#include "app/cpg-settings-pane.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgSettingsPane {
  AdwBin parent_instance;
  CpgSession *session;
  gboolean collapsed;
  GBindingGroup *settings_bindings, *session_bindings;

  AdwSpinRow *steps, *seed, *guidance, *schedule_d, *t_end;
  AdwComboRow *sampler, *returned, *decode_every;
  AdwSwitchRow *fresh_seed, *self_conditioning;
};

enum { PROP_SESSION = 1, PROP_COLLAPSED, N_PROPERTIES };
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

static void cpg_settings_pane_bind (CpgSettingsPane *self)
{
  const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  GBindingGroup *group = self->settings_bindings = g_binding_group_new ();
  g_binding_group_bind (group, "steps", self->steps, "value", both);
  g_binding_group_bind (group, "seed", self->seed, "value", both);
  g_binding_group_bind (group, "guidance", self->guidance, "value", both);
  g_binding_group_bind (group, "schedule-d", self->schedule_d, "value", both);
  g_binding_group_bind (group, "t-end", self->t_end, "value", both);
  g_binding_group_bind (group, "self-conditioning", self->self_conditioning, "active", both);
  g_binding_group_bind_full (group, "sampler", self->sampler, "selected", both, sampler_to_row, row_to_sampler, NULL, NULL);
  g_binding_group_bind_full (group, "returned", self->returned, "selected", both, returned_to_row, row_to_returned, NULL, NULL);
  g_binding_group_bind_full (group, "decode-every", self->decode_every, "selected", both, decode_to_row, row_to_decode, NULL,
                             NULL);
  self->session_bindings = g_binding_group_new ();
  g_binding_group_bind (self->session_bindings, "fresh-seed", self->fresh_seed, "active", both);
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

/* ---- the object ---- */

static void cpg_settings_pane_set_session (CpgSettingsPane *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_binding_group_set_source (self->settings_bindings, session ? cpg_session_get_settings (session) : NULL);
  g_binding_group_set_source (self->session_bindings, session);
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
  g_clear_object (&self->session);
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
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-settings-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, steps);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, seed);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, guidance);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, schedule_d);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, t_end);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, sampler);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, returned);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, decode_every);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, fresh_seed);
  gtk_widget_class_bind_template_child (widget_class, CpgSettingsPane, self_conditioning);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_step_cost);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_decode_cost);
  gtk_widget_class_bind_template_callback (widget_class, cpg_settings_pane_tell_guidance);
}

static void cpg_settings_pane_init (CpgSettingsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cpg_settings_pane_bind (self);
}
