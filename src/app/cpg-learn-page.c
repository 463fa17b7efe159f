#include "app/cpg-learn-page.h"

#include "app/cpg-config.h"
#include "app/cpg-page.h"
#include "app/cpg-preferences.h"
#include "store/cpg-lessons.h"

#include <glib/gi18n.h>

struct _CpgLearnPage {
  AdwBin parent_instance;
  CpgSession *session;
  GSettings *preferences;
  GPtrArray *found; /* CpgLesson, one a row */

  GtkLabel *refused;
  GtkListBox *lessons;
};

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void cpg_learn_page_init_page (CpgPageInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgLearnPage, cpg_learn_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_learn_page_init_page))

static gboolean cpg_learn_page_can (CpgPage *page, const char *action)
{
  return FALSE;
}

static void cpg_learn_page_perform (CpgPage *page, const char *action)
{
}

static void cpg_learn_page_init_page (CpgPageInterface *interface)
{
  interface->can = cpg_learn_page_can;
  interface->perform = cpg_learn_page_perform;
}

/* ---- the list ---- */

static GtkWidget *create_sign (gboolean done)
{
  GtkWidget *sign = gtk_image_new_from_icon_name (done ? "object-select-symbolic" : "go-next-symbolic");
  const char *words = done ? _ ("Done") : _ ("Not done yet");
  gtk_widget_set_tooltip_text (sign, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (sign), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (done)
    gtk_widget_add_css_class (sign, "success");
  return sign;
}

static void cpg_learn_page_add (CpgLearnPage *self, CpgLesson *lesson, gboolean done)
{
  int minutes = cpg_lesson_get_minutes (lesson);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", cpg_lesson_get_title (lesson), "subtitle",
                                 cpg_lesson_get_about (lesson), "activatable", TRUE, NULL);
  if (minutes > 0) {
    g_autofree char *words = g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong) minutes), minutes);
    GtkWidget *label = gtk_label_new (words);
    gtk_widget_add_css_class (label, "dim-label");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  }
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), create_sign (done));
  gtk_list_box_append (self->lessons, row);
}

/* When somebody looks: one may have been done or put there meanwhile. */
static void cpg_learn_page_on_map (CpgLearnPage *self)
{
  g_auto (GStrv) problems = NULL, done = self->preferences ? g_settings_get_strv (self->preferences, "lessons-done") : NULL;
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = cpg_lessons_find (&problems);
  gtk_list_box_remove_all (self->lessons);
  for (guint i = 0; i < self->found->len; i++) {
    CpgLesson *lesson = self->found->pdata[i];
    cpg_learn_page_add (self, lesson, done && g_strv_contains ((const char *const *) done, cpg_lesson_get_id (lesson)));
  }
  g_autofree char *lines = g_strjoinv ("\n", problems), *words = g_strdup_printf (_ ("A lesson was left out:\n%s"), lines);
  gtk_label_set_label (self->refused, words);
  gtk_widget_set_visible (GTK_WIDGET (self->refused), *lines != 0);
}

static void cpg_learn_page_on_activated (CpgLearnPage *self, GtkListBoxRow *row)
{
  CpgLesson *lesson = self->found->pdata[gtk_list_box_row_get_index (row)];
  gtk_widget_activate_action (GTK_WIDGET (self), "win.lesson", "s", cpg_lesson_get_id (lesson));
}

/* ---- the object ---- */

static void cpg_learn_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, CPG_LEARN_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_learn_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&CPG_LEARN_PAGE (object)->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void cpg_learn_page_dispose (GObject *object)
{
  CpgLearnPage *self = CPG_LEARN_PAGE (object);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_LEARN_PAGE);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_object (&self->preferences);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (cpg_learn_page_parent_class)->dispose (object);
}

static void cpg_learn_page_class_init (CpgLearnPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_learn_page_get_property;
  object_class->set_property = cpg_learn_page_set_property;
  object_class->dispose = cpg_learn_page_dispose;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-learn-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgLearnPage, refused);
  gtk_widget_class_bind_template_child (widget_class, CpgLearnPage, lessons);
  gtk_widget_class_bind_template_callback (widget_class, cpg_learn_page_on_activated);
}

static void cpg_learn_page_init (CpgLearnPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->preferences = cpg_preferences_open ();
  g_signal_connect (self, "map", G_CALLBACK (cpg_learn_page_on_map), NULL);
}
