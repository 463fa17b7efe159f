#include "app/cpg-models-card.h"

#include "app/cpg-config.h"

struct _CpgModelsCard {
  AdwDialog parent_instance;
  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (CpgModelsCard, cpg_models_card, ADW_TYPE_DIALOG)

static GtkWidget *create_row (const CpgFact *fact)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", fact->label, "subtitle", fact->value,
                                 "subtitle-selectable", TRUE, NULL);
  gtk_widget_add_css_class (row, "property");
  return row;
}

static GtkWidget *create_text (const char *text)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.,
                                   "selectable", TRUE, NULL);
  gtk_widget_add_css_class (label, "model");
  return g_object_new (ADW_TYPE_PREFERENCES_ROW, "child", label, "activatable", FALSE, NULL);
}

GtkWidget *cpg_models_card_create_group (const CpgFactGroup *facts)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  for (guint i = 0; i < facts->facts->len; i++)
    adw_preferences_group_add (group, create_row (&g_array_index (facts->facts, CpgFact, i)));
  if (facts->text)
    adw_preferences_group_add (group, create_text (facts->text));
  return GTK_WIDGET (group);
}

static void cpg_models_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_MODELS_CARD);
  G_OBJECT_CLASS (cpg_models_card_parent_class)->dispose (object);
}

static void cpg_models_card_class_init (CpgModelsCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_models_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-models-card.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCard, page);
}

static void cpg_models_card_init (CpgModelsCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *cpg_models_card_new (const CpgModelsFacts *facts)
{
  CpgModelsCard *self = g_object_new (CPG_TYPE_MODELS_CARD, "title", facts->title, NULL);
  for (guint i = 0; i < facts->groups->len; i++) {
    const CpgFactGroup *group = facts->groups->pdata[i];
    if (group->facts->len == 0 && !group->text)
      continue;
    GtkWidget *widget = cpg_models_card_create_group (group);
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (widget), group->title);
    adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (widget));
  }
  return ADW_DIALOG (self);
}
