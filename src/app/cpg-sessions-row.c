#include "app/cpg-sessions-row.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgSessionsRow {
  AdwBin parent_instance;
  CpgSessionsItem *item;
  GSignalGroup *item_signals;

  GtkMenuButton *menu;
};

enum { PROP_ITEM = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgSessionsRow, cpg_sessions_row, ADW_TYPE_BIN)

static gboolean cpg_sessions_row_has_text (CpgSessionsRow *self, const char *text)
{
  return text && *text;
}

/* ---- the menu ---- */

/* NULL: a section ends. */
static const struct {
  const char *label, *action;
  gboolean runs_only; /* a comparison has no such */
} entries[] = {
  {N_ ("_Open"), "sessions.open"},
  {N_ ("_Run Again"), "sessions.again", TRUE},
  {N_ ("Run with _New Seed"), "sessions.new-seed", TRUE},
  {NULL, NULL},
  {N_ ("_Title, Tags, Note…"), "sessions.edit"},
  {N_ ("_Compare Settings…"), "sessions.compare", TRUE},
  {N_ ("_Steps as Text…"), "sessions.texts", TRUE},
  {N_ ("_Export…"), "sessions.export"},
  {NULL, NULL},
  {N_ ("_Delete"), "sessions.delete"},
};

/* Made when it is opened: there are many rows. */
static void make_menu (GtkMenuButton *button, gpointer data)
{
  CpgSessionsRow *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  for (gsize i = 0; self->item && i < G_N_ELEMENTS (entries); i++) {
    if (!entries[i].label) {
      g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
      g_set_object (&section, NULL);
      section = g_menu_new ();
      continue;
    }
    if (entries[i].runs_only && cpg_sessions_item_get_record (self->item)->kind == CPG_LOG_COMPARISON)
      continue;
    g_autoptr (GMenuItem) item = g_menu_item_new (_ (entries[i].label), NULL);
    g_menu_item_set_action_and_target (item, entries[i].action, "s", cpg_sessions_item_get_id (self->item));
    g_menu_append_item (section, item);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (G_MENU_MODEL (menu)));
}

static void cpg_sessions_row_on_secondary (CpgSessionsRow *self)
{
  gtk_menu_button_popup (self->menu);
}

/* ---- the item ---- */

static void cpg_sessions_row_update (CpgSessionsRow *self)
{
  gboolean shown = FALSE;
  g_autofree char *title = NULL, *name = NULL;
  if (self->item)
    g_object_get (self->item, "shown", &shown, "title", &title, NULL);
  if (shown)
    gtk_widget_add_css_class (GTK_WIDGET (self), "shown");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "shown");
  /* Translators: the name of a run's menu for screen readers; %s is what the run is called. */
  name = g_strdup_printf (_ ("Menu of %s"), title ? title : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void cpg_sessions_row_set_item (CpgSessionsRow *self, CpgSessionsItem *item)
{
  if (!g_set_object (&self->item, item))
    return;
  g_signal_group_set_target (self->item_signals, item);
  gtk_menu_button_set_popover (self->menu, NULL);
  gtk_menu_button_set_create_popup_func (self->menu, make_menu, self, NULL);
  cpg_sessions_row_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

/* ---- the object ---- */

static void cpg_sessions_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ITEM)
    g_value_set_object (value, CPG_SESSIONS_ROW (object)->item);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_sessions_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ITEM)
    cpg_sessions_row_set_item (CPG_SESSIONS_ROW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_sessions_row_dispose (GObject *object)
{
  CpgSessionsRow *self = CPG_SESSIONS_ROW (object);
  g_clear_object (&self->item_signals);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_SESSIONS_ROW);
  G_OBJECT_CLASS (cpg_sessions_row_parent_class)->dispose (object);
}

static void cpg_sessions_row_class_init (CpgSessionsRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_sessions_row_get_property;
  object_class->set_property = cpg_sessions_row_set_property;
  object_class->dispose = cpg_sessions_row_dispose;
  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, CPG_TYPE_SESSIONS_ITEM,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (CPG_TYPE_SESSIONS_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-sessions-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsRow, menu);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_row_has_text);
}

static void cpg_sessions_row_init (CpgSessionsRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->item_signals = g_signal_group_new (CPG_TYPE_SESSIONS_ITEM);
  g_signal_group_connect_swapped (self->item_signals, "notify::shown", G_CALLBACK (cpg_sessions_row_update), self);
  g_signal_group_connect_swapped (self->item_signals, "notify::title", G_CALLBACK (cpg_sessions_row_update), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (cpg_sessions_row_on_secondary), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
