#include "app/cpg-compare-transport.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgCompareTransport {
  AdwBin parent_instance;
  CpgSession *session;
  CpgPlayhead *playhead;
  gboolean is_updating; /* the scale is being set, not moved */

  AdwToggleGroup *modes;
  GtkScale *scrubber;
  GtkAdjustment *adjustment;
  GtkLabel *words;
  GtkButton *play;
  GtkMenuButton *speed, *slowness;
  GMenu *speeds, *slownesses;
};

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgCompareTransport, cpg_compare_transport, ADW_TYPE_BIN)

GtkWidget *cpg_compare_transport_get_scrubber (CpgCompareTransport *self)
{
  return GTK_WIDGET (self->scrubber);
}

static void cpg_compare_transport_on_scrubbed (CpgCompareTransport *self)
{
  if (self->is_updating || !self->playhead)
    return;
  cpg_playhead_set_playing (self->playhead, FALSE);
  cpg_playhead_set_position (self->playhead, gtk_adjustment_get_value (self->adjustment));
}

/* Translators: how many times slower than true a race is played. */
static char *name_slowness (int slowness)
{
  return slowness == 1 ? g_strdup (_ ("True speed")) : g_strdup_printf (_ ("1/%d"), slowness);
}

static char *name_speed (double speed)
{
  /* Translators: how fast steps are played: 2× is twice as fast as usual. */
  return g_strdup_printf (_ ("%g×"), speed);
}

static void cpg_compare_transport_update (CpgCompareTransport *self)
{
  int n = cpg_playhead_get_n_moments (self->playhead);
  gboolean is_race = cpg_playhead_get_mode (self->playhead) == CPG_PLAYHEAD_RACE;
  gboolean by_moment = cpg_playhead_get_mode (self->playhead) == CPG_PLAYHEAD_STEP && n > 1;
  g_autofree char *words = cpg_playhead_describe (self->playhead),
                  *slowness = name_slowness (cpg_playhead_get_slowness (self->playhead));
  self->is_updating = TRUE;
  gtk_adjustment_configure (self->adjustment, cpg_playhead_get_position (self->playhead), 0, 1, by_moment ? 1. / (n - 1) : .01,
                            .1, 0);
  self->is_updating = FALSE;
  gtk_label_set_label (self->words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scrubber), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  gtk_menu_button_set_label (self->slowness, slowness);
  gtk_widget_set_visible (GTK_WIDGET (self->slowness), is_race);
  gtk_widget_set_visible (GTK_WIDGET (self->speed), !is_race);
}

static void cpg_compare_transport_on_playing (CpgCompareTransport *self)
{
  gboolean playing = cpg_playhead_is_playing (self->playhead);
  gtk_button_set_icon_name (self->play, playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play), playing ? _ ("Pause") : _ ("Play"));
}

void cpg_compare_transport_set_playhead (CpgCompareTransport *self, CpgPlayhead *playhead)
{
  self->playhead = g_object_ref (playhead);
  g_signal_connect_object (playhead, "moved", G_CALLBACK (cpg_compare_transport_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (playhead, "notify::playing", G_CALLBACK (cpg_compare_transport_on_playing), self, G_CONNECT_SWAPPED);
  /* The toggles are in the order of the modes. */
  g_object_bind_property (playhead, "mode", self->modes, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  cpg_compare_transport_update (self);
  cpg_compare_transport_on_playing (self);
}

static gboolean speed_to_label (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_take_string (to, name_speed (g_value_get_double (from)));
  return TRUE;
}

/* ---- the object ---- */

static void cpg_compare_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, CPG_COMPARE_TRANSPORT (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_compare_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgCompareTransport *self = CPG_COMPARE_TRANSPORT (object);
  if (id != PROP_SESSION) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  if (!g_set_object (&self->session, g_value_get_object (value)))
    return;
  if (self->session)
    g_object_bind_property_full (cpg_session_get_player (self->session), "speed", self->speed, "label", G_BINDING_SYNC_CREATE,
                                 speed_to_label, NULL, NULL, NULL);
  g_object_notify_by_pspec (object, pspec);
}

static void cpg_compare_transport_dispose (GObject *object)
{
  CpgCompareTransport *self = CPG_COMPARE_TRANSPORT (object);
  g_clear_object (&self->session);
  g_clear_object (&self->playhead);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_COMPARE_TRANSPORT);
  G_OBJECT_CLASS (cpg_compare_transport_parent_class)->dispose (object);
}

static void cpg_compare_transport_class_init (CpgCompareTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_compare_transport_get_property;
  object_class->set_property = cpg_compare_transport_set_property;
  object_class->dispose = cpg_compare_transport_dispose;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-compare-transport.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, modes);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, scrubber);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, adjustment);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, words);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, play);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, speed);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, slowness);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, speeds);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareTransport, slownesses);
  gtk_widget_class_bind_template_callback (widget_class, cpg_compare_transport_on_scrubbed);
}

static void add_item (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static void cpg_compare_transport_init (CpgCompareTransport *self)
{
  static const double speeds[] = {.25, .5, 1, 2, 4, 8};
  static const int slownesses[] = {1, 2, 5, 10, 20, 50, 100};
  gtk_widget_init_template (GTK_WIDGET (self));
  for (size_t i = 0; i < G_N_ELEMENTS (speeds); i++) {
    g_autofree char *label = name_speed (speeds[i]);
    add_item (self->speeds, label, "win.speed", g_variant_new_double (speeds[i]));
  }
  add_item (self->slownesses, _ ("So that it lasts some seconds"), "compare.slowness", g_variant_new_int32 (0));
  for (size_t i = 0; i < G_N_ELEMENTS (slownesses); i++) {
    g_autofree char *label = name_slowness (slownesses[i]);
    add_item (self->slownesses, label, "compare.slowness", g_variant_new_int32 (slownesses[i]));
  }
}
