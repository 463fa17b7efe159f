#include "app/cpg-shortcuts-dialog.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgShortcutsDialog {
  AdwDialog parent_instance;
  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (CpgShortcutsDialog, cpg_shortcuts_dialog, ADW_TYPE_DIALOG)

typedef struct {
  const char *group; /* NULL: as the one before */
  const char *title, *key;
} Line;

static const Line lines[] = {
  {N_ ("Steps"), N_ ("Play or pause"), "space"},
  {NULL, N_ ("A step back"), "Left"},
  {NULL, N_ ("A step on"), "Right"},
  {NULL, N_ ("First step"), "Home"},
  {NULL, N_ ("Last step"), "End"},
  {NULL, N_ ("Play again and again"), "<Control>l"},
  {NULL, N_ ("Guess so far or noisy state"), "<Control>t"},
  {NULL, N_ ("Bookmark the step"), "<Control>m"},
  {N_ ("Runs"), N_ ("Run"), "<Control>r"},
  {NULL, N_ ("Stop"), "<Control>period"},
  {NULL, N_ ("New run, with nothing of the ones before"), "<Control>n"},
  {NULL, N_ ("Branch from the step"), "<Control>b"},
  {NULL, N_ ("Compare the run"), "<Control>d"},
  {NULL, N_ ("Another seed"), "<Control><Shift>d"},
  {NULL, N_ ("Texts of other seeds"), "<Control><Shift>r"},
  {NULL, N_ ("Copy the text"), "<Control><Shift>c"},
  {NULL, N_ ("Copy the picture"), "<Control><Shift>p"},
  {NULL, N_ ("Export the run or the step"), "<Control>e"},
  {N_ ("Window"), N_ ("Denoise page"), "<Alt>1"},
  {NULL, N_ ("Compare page"), "<Alt>2"},
  {NULL, N_ ("Explore page"), "<Alt>3"},
  {NULL, N_ ("Models page"), "<Alt>4"},
  {NULL, N_ ("Learn page"), "<Alt>5"},
  {NULL, N_ ("Sessions"), "F8"},
  {NULL, N_ ("Search the sessions"), "<Control>f"},
  {NULL, N_ ("Settings"), "F9"},
  {NULL, N_ ("Open a model"), "<Control>o"},
  {NULL, N_ ("Open a study or an evaluation"), "<Control><Shift>o"},
  {NULL, N_ ("Preferences"), "<Control>comma"},
  {NULL, N_ ("Help"), "F1"},
  {NULL, N_ ("This list"), "<Control>question"},
  {NULL, N_ ("Close the window"), "<Control>w"},
  {NULL, N_ ("Quit"), "<Control>q"},
  {N_ ("Lessons"), N_ ("Next step"), "<Alt>Right"},
  {NULL, N_ ("Step before"), "<Alt>Left"},
  {NULL, N_ ("Set the step up again"), "<Alt>Up"},
  {NULL, N_ ("End the lesson"), "<Control><Shift>w"},
  {N_ ("Studies and Evaluations"), N_ ("Compare with another"), "<Control>k"},
  {NULL, N_ ("Copy the tables as text"), "<Control>c"},
  {NULL, N_ ("Copy the tables as CSV"), "<Alt>c"},
  {NULL, N_ ("Copy the tables as Markdown"), "<Alt>m"},
  {NULL, N_ ("Save the picture as PNG"), "<Control>s"},
  {NULL, N_ ("Save the picture as SVG"), "<Alt>s"},
};

/* A word for the key, as it stands on the keyboard. */
static char *cpg_shortcuts_dialog_name_key (const char *accelerator)
{
  guint key;
  GdkModifierType modifiers;
  gtk_accelerator_parse (accelerator, &key, &modifiers);
  return gtk_accelerator_get_label (key, modifiers);
}

static void cpg_shortcuts_dialog_fill (CpgShortcutsDialog *self)
{
  AdwPreferencesGroup *group = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (lines[i].group) {
      group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
      adw_preferences_group_set_title (group, _ (lines[i].group));
      adw_preferences_page_add (self->page, group);
    }
    g_autofree char *name = cpg_shortcuts_dialog_name_key (lines[i].key);
    GtkWidget *row = adw_action_row_new (), *key = gtk_label_new (name);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (lines[i].title));
    gtk_widget_add_css_class (key, "keycap");
    gtk_widget_set_valign (key, GTK_ALIGN_CENTER);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), key);
    adw_preferences_group_add (group, row);
  }
}

static void cpg_shortcuts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_SHORTCUTS_DIALOG);
  G_OBJECT_CLASS (cpg_shortcuts_dialog_parent_class)->dispose (object);
}

static void cpg_shortcuts_dialog_class_init (CpgShortcutsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_shortcuts_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-shortcuts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgShortcutsDialog, page);
}

static void cpg_shortcuts_dialog_init (CpgShortcutsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cpg_shortcuts_dialog_fill (self);
}

AdwDialog *cpg_shortcuts_dialog_new (void)
{
  return g_object_new (CPG_TYPE_SHORTCUTS_DIALOG, NULL);
}
