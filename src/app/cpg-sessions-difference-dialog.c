#include "app/cpg-sessions-difference-dialog.h"

#include "app/cpg-config.h"
#include "engine/cpg-contender.h"
#include "engine/cpg-settings.h"
#include "engine/cpg-task.h"
#include "store/cpg-log-settings.h"

#include <glib/gi18n.h>

struct _CpgSessionsDifferenceDialog {
  AdwDialog parent_instance;
  AdwPreferencesGroup *group;
};

G_DEFINE_FINAL_TYPE (CpgSessionsDifferenceDialog, cpg_sessions_difference_dialog, ADW_TYPE_DIALOG)

/* ---- words ---- */

/* Names as in cpg-log-settings.h, titles as in the side bar with the settings. */
static const struct {
  const char *name, *title;
} names[] = {
  {"task", N_ ("Task")},         {"source", N_ ("Source")},           {"seed", N_ ("Seed")},
  {"model", N_ ("Model")},       {"model-sha256", N_ ("Model File")}, {"engine", N_ ("Computed With")},
  {"guidance", N_ ("Guidance")}, {"pins", N_ ("Pinned Latents")},     {"returned", N_ ("Result")},
  {"sampler", N_ ("Sampler")},   {"schedule-d", N_ ("Noise Shape")},  {"self-conditioning", N_ ("Remember the Last Guess")},
  {"steps", N_ ("Steps")},       {"t-end", N_ ("Last Time")},         {"noise-scale", N_ ("Noise Scale")},
  {"strength", N_ ("Strength")},
};

static const char *name_setting (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].name, name))
      return _ (names[i].title);
  return name; /* of another program's runs */
}

static char *name_sampler (const char *nick)
{
  g_autoptr (GTypeClass) class = g_type_class_ref (CPG_TYPE_SAMPLER);
  GEnumValue *value = g_enum_get_value_by_nick (G_ENUM_CLASS (class), nick);
  return g_strdup (value ? cpg_contender_name_sampler ((CosmosSampler) value->value) : nick);
}

static char *name_task (const char *id)
{
  g_autoptr (GListModel) tasks = cpg_task_list_new ();
  CpgTask *task = cpg_task_list_find (tasks, id);
  return g_strdup (task ? cpg_task_get_title (task) : id);
}

static char *name_pins (const char *text)
{
  g_autoptr (CpgPins) pins = text ? cpg_pins_from_text (text) : NULL;
  return pins ? g_strdup_printf (_ ("%d of %d"), pins->n_pinned, pins->n) : g_strdup (C_ ("latents", "None"));
}

/* A value as people read it; NULL where that run has no such setting. */
static char *name_value (const char *name, const char *value)
{
  if (g_str_equal (name, "pins"))
    return name_pins (value);
  if (!value || !*value)
    return g_strdup (C_ ("setting", "None"));
  if (g_str_equal (name, "sampler"))
    return name_sampler (value);
  if (g_str_equal (name, "task"))
    return name_task (value);
  if (g_str_equal (name, "model-sha256"))
    return g_strdup_printf ("%.12s…", value);
  if (g_str_equal (name, "returned"))
    return g_strdup (g_str_equal (value, "0") ? _ ("Last guess") : _ ("Mean of the guesses"));
  if (g_str_equal (value, "true") || g_str_equal (value, "false"))
    return g_strdup (g_str_equal (value, "true") ? C_ ("setting", "On") : C_ ("setting", "Off"));
  if ((g_str_equal (name, "schedule-d") && g_str_equal (value, "0"))
      || (g_str_equal (name, "t-end") && g_str_equal (value, "-1")))
    return g_strdup (_ ("The model’s own"));
  return g_strdup (value);
}

/* ---- the list ---- */

static GtkWidget *new_value (const char *name, const char *value)
{
  g_autofree char *text = name_value (name, value);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0., "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "lines", 4, "ellipsize", PANGO_ELLIPSIZE_END, "hexpand", TRUE, "selectable", TRUE, NULL);
  return label;
}

static void add_difference (CpgSessionsDifferenceDialog *self, const CpgLogDifference *difference)
{
  GtkWidget *row = adw_preferences_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *title = gtk_label_new (name_setting (difference->name)), *values = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *a = name_value (difference->name, difference->a), *b = name_value (difference->name, difference->b);
  /* Translators: for screen readers: a setting, its value in the chosen run and in the one that is shown. */
  g_autofree char *words = g_strdup_printf (_ ("%s: %s, shown %s"), name_setting (difference->name), a, b);
  gtk_box_set_homogeneous (GTK_BOX (values), TRUE);
  gtk_widget_add_css_class (title, "caption");
  gtk_widget_add_css_class (title, "dim-label");
  gtk_widget_add_css_class (box, "difference");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_box_append (GTK_BOX (values), new_value (difference->name, difference->a));
  gtk_box_append (GTK_BOX (values), new_value (difference->name, difference->b));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), values);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  adw_preferences_group_add (self->group, row);
}

/* One of the runs is from before there was the setting, and the other has what all runs had then. */
static gboolean is_older_only (const CpgLogDifference *difference)
{
  const char *only = difference->a ? difference->a : difference->b;
  g_autoptr (GTypeClass) class = g_type_class_ref (CPG_TYPE_SETTINGS);
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_CLASS (class), difference->name);
  return !(difference->a && difference->b) && only && G_IS_PARAM_SPEC_DOUBLE (spec)
         && g_ascii_strtod (only, NULL) == G_PARAM_SPEC_DOUBLE (spec)->default_value;
}

static void cpg_sessions_difference_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_SESSIONS_DIFFERENCE_DIALOG);
  G_OBJECT_CLASS (cpg_sessions_difference_dialog_parent_class)->dispose (object);
}

static void cpg_sessions_difference_dialog_class_init (CpgSessionsDifferenceDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_sessions_difference_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-sessions-difference-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsDifferenceDialog, group);
}

static void cpg_sessions_difference_dialog_init (CpgSessionsDifferenceDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *cpg_sessions_difference_dialog_new (const CpgLogRun *chosen, const CpgLogRun *shown)
{
  CpgSessionsDifferenceDialog *self = g_object_new (CPG_TYPE_SESSIONS_DIFFERENCE_DIALOG, NULL);
  g_autoptr (GPtrArray) differences = cpg_log_run_diff (chosen, shown);
  guint n = 0;
  for (guint i = 0; i < differences->len; i++)
    if (!is_older_only (differences->pdata[i])) {
      add_difference (self, differences->pdata[i]);
      n++;
    }
  if (n == 0)
    adw_preferences_group_set_description (self->group, _ ("Nothing: both were made in the same way."));
  return ADW_DIALOG (self);
}
