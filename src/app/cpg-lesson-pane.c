#include "app/cpg-lesson-pane.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgLessonPane {
  AdwBin parent_instance;
  gboolean collapsed;
  const CpgLessonStep *step; /* of a lesson that the window holds */

  AdwWindowTitle *title;
  GtkScrolledWindow *scrolled;
  GtkProgressBar *progress;
  GtkLabel *lesson_title, *heading, *text, *problem, *question, *why;
  GtkWidget *asked;
  GtkListBox *answers;
  GtkButton *next;
};

enum { PROP_COLLAPSED = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgLessonPane, cpg_lesson_pane, ADW_TYPE_BIN)

static void set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != 0);
}

/* ---- the question ---- */

static void cpg_lesson_pane_add_answer (CpgLessonPane *self, const CpgLessonAnswer *answer)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", answer->text, "title-lines", 0, "activatable",
                                 TRUE, NULL);
  gtk_list_box_append (self->answers, row);
}

static void cpg_lesson_pane_show_question (CpgLessonPane *self)
{
  gtk_list_box_remove_all (self->answers);
  set_text (self->why, "");
  gtk_widget_set_visible (self->asked, *self->step->question != 0);
  gtk_label_set_label (self->question, self->step->question);
  for (guint i = 0; i < self->step->n_answers; i++)
    cpg_lesson_pane_add_answer (self, &self->step->answers[i]);
}

/* A row says once, by sign and words, whether it is right; another one can be tried after it. */
static void cpg_lesson_pane_mark (AdwActionRow *row, gboolean right)
{
  const char *words = right ? _ ("Right") : _ ("Not quite");
  if (g_object_get_data (G_OBJECT (row), "marked"))
    return;
  g_object_set_data (G_OBJECT (row), "marked", row);
  GtkWidget *sign = gtk_image_new_from_icon_name (right ? "object-select-symbolic" : "window-close-symbolic");
  gtk_widget_add_css_class (sign, right ? "success" : "warning");
  gtk_widget_set_tooltip_text (sign, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (sign), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  adw_action_row_add_suffix (row, sign);
}

static void cpg_lesson_pane_on_answer (CpgLessonPane *self, AdwActionRow *row)
{
  const CpgLessonAnswer *answer = &self->step->answers[gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row))];
  g_autofree char *words = g_strdup_printf ("%s%s%s", answer->right ? _ ("Right.") : _ ("Not quite."), *answer->why ? " " : "",
                                            answer->why);
  cpg_lesson_pane_mark (row, answer->right);
  set_text (self->why, words);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* ---- the step ---- */

void cpg_lesson_pane_show (CpgLessonPane *self, CpgLesson *lesson, guint place)
{
  guint n;
  self->step = &cpg_lesson_get_steps (lesson, &n)[place];
  g_autofree char *where = g_strdup_printf (_ ("Step %u of %u"), place + 1, n);
  adw_window_title_set_title (self->title, where);
  gtk_label_set_label (self->lesson_title, cpg_lesson_get_title (lesson));
  gtk_progress_bar_set_fraction (self->progress, (place + 1.) / n);
  set_text (self->heading, self->step->title);
  set_text (self->text, self->step->text);
  set_text (self->problem, "");
  cpg_lesson_pane_show_question (self);
  gtk_button_set_label (self->next, place + 1 < n ? _ ("_Next") : _ ("_Finish"));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), *self->step->title ? self->step->title : self->step->text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

void cpg_lesson_pane_say (CpgLessonPane *self, const char *text)
{
  set_text (self->problem, text);
}

/* ---- the object ---- */

static void cpg_lesson_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_COLLAPSED)
    g_value_set_boolean (value, CPG_LESSON_PANE (object)->collapsed);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_lesson_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgLessonPane *self = CPG_LESSON_PANE (object);
  if (id != PROP_COLLAPSED)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (self->collapsed != g_value_get_boolean (value)) {
    self->collapsed = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
  }
}

static void cpg_lesson_pane_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_LESSON_PANE);
  G_OBJECT_CLASS (cpg_lesson_pane_parent_class)->dispose (object);
}

static void cpg_lesson_pane_class_init (CpgLessonPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_lesson_pane_get_property;
  object_class->set_property = cpg_lesson_pane_set_property;
  object_class->dispose = cpg_lesson_pane_dispose;
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE,
                                                     G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-lesson-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, title);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, scrolled);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, progress);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, lesson_title);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, heading);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, text);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, problem);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, asked);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, question);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, answers);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, why);
  gtk_widget_class_bind_template_child (widget_class, CpgLessonPane, next);
  gtk_widget_class_bind_template_callback (widget_class, cpg_lesson_pane_on_answer);
}

static void cpg_lesson_pane_init (CpgLessonPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
