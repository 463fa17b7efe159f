#include "app/cpg-compare-page-private.h"

#include "app/cpg-compare-column.h"
#include "app/cpg-config.h"
#include "app/cpg-recorder.h"
#include "app/cpg-task-choice.h"

enum { REFERENCE_DELAY = 400 /* ms after the last key */ };

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgComparePage, cpg_compare_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_compare_page_init_actions))

/* ---- the columns ---- */

static CpgCompareColumn *get_column (CpgComparePage *self, guint i)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->columns));
  while (child && i-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return child ? CPG_COMPARE_COLUMN (child) : NULL;
}

static void cpg_compare_page_place_columns (CpgComparePage *self)
{
  guint n = cpg_comparison_get_n (self->comparison);
  for (guint i = 0; i < n; i++)
    cpg_compare_column_set_place (get_column (self, i), (int) i + 1, cpg_comparison_get (self->comparison, 0),
                                  n > CPG_COMPARISON_MIN);
  cpg_compare_page_update_actions (self);
}

static void cpg_compare_page_on_items (CpgComparePage *self, guint position, guint removed, guint added)
{
  for (guint i = 0; i < removed; i++)
    gtk_box_remove (self->columns, GTK_WIDGET (get_column (self, position)));
  for (guint i = position; i < position + added; i++) {
    CpgCompareColumn *column = cpg_compare_column_new (cpg_comparison_get (self->comparison, i)),
                     *before = i > 0 ? get_column (self, i - 1) : NULL;
    cpg_compare_column_set_marks (column, self->marks);
    gtk_box_insert_child_after (self->columns, GTK_WIDGET (column), before ? GTK_WIDGET (before) : NULL);
  }
  cpg_compare_page_place_columns (self);
}

void cpg_compare_page_set_marks (CpgComparePage *self, gboolean marks)
{
  self->marks = marks;
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++)
    cpg_compare_column_set_marks (get_column (self, i), marks);
}

/* ---- what happens ---- */

static void cpg_compare_page_on_active (CpgComparePage *self)
{
  if (!cpg_comparison_is_active (self->comparison))
    cpg_compare_page_end_restoring (self);
  if (!cpg_comparison_is_active (self->comparison) && self->plays_next) {
    self->plays_next = FALSE;
    cpg_playhead_set_playing (self->playhead, TRUE); /* it is made faster than one can look */
  }
  cpg_page_changed (CPG_PAGE (self));
}

void cpg_compare_page_prepare_start (CpgComparePage *self)
{
  cpg_playhead_set_playing (self->playhead, FALSE);
  cpg_playhead_set_position (self->playhead, 1);
  self->plays_next = TRUE;
}

void cpg_compare_page_start (CpgComparePage *self)
{
  cpg_compare_page_abandon (self);
  cpg_compare_page_prepare_start (self);
  cpg_comparison_start (self->comparison, cpg_session_get_engine (self->session), cpg_session_get_settings (self->session));
}

static void cpg_compare_page_take_focus (CpgComparePage *self)
{
  if (self->wants_focus && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->wants_focus = !gtk_widget_grab_focus (cpg_compare_transport_get_scrubber (self->transport));
}

void cpg_compare_page_show_run (CpgComparePage *self)
{
  CpgRun *run = cpg_session_get_run (self->session);
  if (!cpg_session_has_model (self->session))
    return;
  cpg_compare_page_abandon (self);
  self->wants_focus = TRUE;
  const char *task = cpg_settings_get_task (cpg_session_get_settings (self->session));
  g_autofree char *language = cpg_engine_find_language_model (task);
  g_autoptr (CpgContender) first = cpg_contender_new (CPG_VARIATION_NONE, 0, NULL),
                           second = language ? cpg_contender_new (CPG_VARIATION_AUTOREGRESSIVE, 0, NULL)
                                             : cpg_contender_new (CPG_VARIATION_SEED, 1, NULL);
  CpgContender *const both[] = {first, second};
  cpg_comparison_replace (self->comparison, both, G_N_ELEMENTS (both));
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_compare_page_prepare_start (self);
  if (run)
    cpg_comparison_start_with (self->comparison, cpg_session_get_engine (self->session), run);
  else
    cpg_comparison_start (self->comparison, cpg_session_get_engine (self->session), cpg_session_get_settings (self->session));
  cpg_compare_page_take_focus (self);
}

/* Never an empty page. */
static void cpg_compare_page_on_map (CpgComparePage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && self->session && !self->opening
      && !cpg_comparison_is_started (self->comparison))
    cpg_compare_page_show_run (self);
  cpg_compare_page_take_focus (self);
}

/* ---- the input ---- */

static void cpg_compare_page_on_model (CpgComparePage *self)
{
  cpg_compare_page_update_actions (self);
  cpg_compare_page_on_map (self);
  cpg_page_changed (CPG_PAGE (self));
}

static gboolean cpg_compare_page_take_reference (gpointer data)
{
  CpgComparePage *self = data;
  g_autofree char *text = NULL;
  g_object_get (self->reference, "text", &text, NULL);
  self->reference_timer = 0;
  cpg_comparison_set_reference (self->comparison, text);
  return G_SOURCE_REMOVE;
}

static void cpg_compare_page_on_reference (CpgComparePage *self)
{
  g_clear_handle_id (&self->reference_timer, g_source_remove);
  self->reference_timer = g_timeout_add (REFERENCE_DELAY, cpg_compare_page_take_reference, self);
}

/* ---- the object ---- */

static void cpg_compare_page_set_session (CpgComparePage *self, CpgSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_binding_group_set_source (self->settings_bindings, session ? cpg_session_get_settings (session) : NULL);
  if (session) {
    CpgPlayer *player = cpg_session_get_player (session);
    if (cpg_session_get_recorder (session))
      cpg_recorder_watch_comparison (cpg_session_get_recorder (session), self->comparison);
    g_signal_connect_object (session, "notify::has-model", G_CALLBACK (cpg_compare_page_on_model), self, G_CONNECT_SWAPPED);
    g_object_bind_property (player, "loop", self->playhead, "loop", G_BINDING_SYNC_CREATE);
    g_object_bind_property (player, "speed", self->playhead, "speed", G_BINDING_SYNC_CREATE);
  }
  cpg_compare_page_on_model (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void cpg_compare_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, CPG_COMPARE_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_compare_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    cpg_compare_page_set_session (CPG_COMPARE_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_compare_page_dispose (GObject *object)
{
  CpgComparePage *self = CPG_COMPARE_PAGE (object);
  g_clear_handle_id (&self->reference_timer, g_source_remove);
  cpg_compare_page_abandon (self);
  if (self->playhead)
    cpg_playhead_set_playing (self->playhead, FALSE);
  if (self->comparison) {
    g_signal_handlers_disconnect_by_data (self->comparison, self);
    cpg_comparison_cancel (self->comparison);
  }
  g_clear_object (&self->settings_bindings);
  g_clear_object (&self->playhead);
  g_clear_object (&self->comparison);
  g_clear_object (&self->actions);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_COMPARE_PAGE);
  G_OBJECT_CLASS (cpg_compare_page_parent_class)->dispose (object);
}

static void cpg_compare_page_class_init (CpgComparePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_compare_page_get_property;
  object_class->set_property = cpg_compare_page_set_property;
  object_class->dispose = cpg_compare_page_dispose;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (CPG_TYPE_COMPARE_TABLE);
  g_type_ensure (CPG_TYPE_COMPARE_TRANSPORT);
  g_type_ensure (CPG_TYPE_TASK_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-compare-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, source);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, reference);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, columns);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, add);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, samplers);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, temperatures);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, steps);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, table);
  gtk_widget_class_bind_template_child (widget_class, CpgComparePage, transport);
  gtk_widget_class_bind_template_callback (widget_class, cpg_compare_page_on_reference);
  gtk_widget_class_bind_template_callback (widget_class, cpg_task_choice_describe_source);
}

static void cpg_compare_page_init (CpgComparePage *self)
{
  self->marks = TRUE;
  self->comparison = cpg_comparison_new ();
  self->playhead = cpg_playhead_new (self->comparison);
  gtk_widget_init_template (GTK_WIDGET (self));
  cpg_compare_page_add_actions (self);
  cpg_compare_table_set_comparison (self->table, self->comparison);
  cpg_compare_transport_set_playhead (self->transport, self->playhead);
  self->settings_bindings = g_binding_group_new ();
  g_binding_group_bind (self->settings_bindings, "source", self->source, "text", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped (self->comparison, "items-changed", G_CALLBACK (cpg_compare_page_on_items), self);
  g_signal_connect_swapped (self->comparison, "notify::active", G_CALLBACK (cpg_compare_page_on_active), self);
  g_signal_connect_object (self->playhead, "moved", G_CALLBACK (cpg_page_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "map", G_CALLBACK (cpg_compare_page_on_map), NULL);
}
