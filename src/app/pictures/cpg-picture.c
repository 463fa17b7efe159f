#include "app/pictures/cpg-picture.h"
#include "app/pictures/cpg-ink.h"

#include <adwaita.h>

typedef struct {
  CpgStyle style;
  gboolean style_is_valid;
  CpgRun *run;
  GSignalGroup *run_signals;
} CpgPicturePrivate;

enum { PROPERTY_RUN = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CpgPicture, cpg_picture, GTK_TYPE_WIDGET)

static CpgPicturePrivate *get_private (CpgPicture *self)
{
  return cpg_picture_get_instance_private (self);
}

void cpg_picture_draw (CpgPicture *self, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  g_return_if_fail (CPG_IS_PICTURE (self) && style);
  if (!(width >= 1 && height >= 1))
    return;
  cairo_save (cr);
  CPG_PICTURE_GET_CLASS (self)->draw (self, cr, width, height, style);
  cairo_restore (cr);
}

char *cpg_picture_describe (CpgPicture *self)
{
  g_return_val_if_fail (CPG_IS_PICTURE (self), NULL);
  return CPG_PICTURE_GET_CLASS (self)->describe (self);
}

const CpgStyle *cpg_picture_get_style (CpgPicture *self)
{
  CpgPicturePrivate *private = get_private (self);
  if (!private->style_is_valid) {
    cpg_style_clear (&private->style);
    cpg_style_init_from_widget (&private->style, GTK_WIDGET (self));
    private->style_is_valid = TRUE;
  }
  return &private->style;
}

void cpg_picture_changed (CpgPicture *self)
{
  char *words = cpg_picture_describe (self);
  /* Readers show the description of a picture; few of them its value. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  g_free (words);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void follow (CpgPicture *self, gboolean is_other_step)
{
  if (CPG_PICTURE_GET_CLASS (self)->follow)
    CPG_PICTURE_GET_CLASS (self)->follow (self, get_private (self)->run, is_other_step);
}

static void on_other_step (CpgPicture *self)
{
  follow (self, TRUE);
}

static void on_other_data (CpgPicture *self)
{
  follow (self, FALSE);
}

void cpg_picture_set_run (CpgPicture *self, CpgRun *run)
{
  g_return_if_fail (CPG_IS_PICTURE (self) && (!run || CPG_IS_RUN (run)));
  CpgPicturePrivate *private = get_private (self);
  if (!g_set_object (&private->run, run))
    return;
  g_signal_group_set_target (private->run_signals, run);
  follow (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROPERTY_RUN]);
}

CpgRun *cpg_picture_get_run (CpgPicture *self)
{
  g_return_val_if_fail (CPG_IS_PICTURE (self), NULL);
  return get_private (self)->run;
}

static void invalidate_style (CpgPicture *self)
{
  get_private (self)->style_is_valid = FALSE;
  if (CPG_PICTURE_GET_CLASS (self)->style_changed)
    CPG_PICTURE_GET_CLASS (self)->style_changed (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (cpg_picture_parent_class)->css_changed (widget, change);
  invalidate_style (CPG_PICTURE (widget));
}

static void direction_changed (GtkWidget *widget, GtkTextDirection before)
{
  GTK_WIDGET_CLASS (cpg_picture_parent_class)->direction_changed (widget, before);
  invalidate_style (CPG_PICTURE (widget));
}

static void system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (cpg_picture_parent_class)->system_setting_changed (widget, setting);
  invalidate_style (CPG_PICTURE (widget));
}

static void draw_focus (cairo_t *cr, double width, double height, const CpgStyle *style)
{
  GdkRGBA colour = cpg_style_fade (style->accent, style->high_contrast ? 1 : .5);
  cpg_ink_rounded (cr, 1, 1, width - 2, height - 2, 6);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

static void snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CpgPicture *self = CPG_PICTURE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (width < 1 || height < 1)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cpg_picture_draw (self, cr, width, height, cpg_picture_get_style (self));
  if (gtk_widget_has_visible_focus (widget) && width > 16 && height > 16)
    draw_focus (cr, width, height, cpg_picture_get_style (self));
  cairo_destroy (cr);
}

static void constructed (GObject *object)
{
  G_OBJECT_CLASS (cpg_picture_parent_class)->constructed (object);
  cpg_picture_changed (CPG_PICTURE (object));
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_RUN)
    g_value_set_object (value, get_private (CPG_PICTURE (object))->run);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_RUN)
    cpg_picture_set_run (CPG_PICTURE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void dispose (GObject *object)
{
  CpgPicturePrivate *private = get_private (CPG_PICTURE (object));
  g_clear_object (&private->run_signals);
  g_clear_object (&private->run);
  G_OBJECT_CLASS (cpg_picture_parent_class)->dispose (object);
}

static void finalize (GObject *object)
{
  cpg_style_clear (&get_private (CPG_PICTURE (object))->style);
  G_OBJECT_CLASS (cpg_picture_parent_class)->finalize (object);
}

static void cpg_picture_class_init (CpgPictureClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->constructed = constructed;
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  properties[PROPERTY_RUN] = g_param_spec_object ("run", NULL, NULL, CPG_TYPE_RUN,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  widget_class->snapshot = snapshot;
  widget_class->css_changed = css_changed;
  widget_class->direction_changed = direction_changed;
  widget_class->system_setting_changed = system_setting_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void cpg_picture_init (CpgPicture *self)
{
  GSignalGroup *group = g_signal_group_new (CPG_TYPE_RUN);
  g_signal_group_connect_swapped (group, "notify::current-step", G_CALLBACK (on_other_step), self);
  static const char *const news[] = {"notify::n-steps", "notify::show", "items-changed", "step-decoded", "projected"};
  for (gsize i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_group_connect_swapped (group, news[i], G_CALLBACK (on_other_data), self);
  get_private (self)->run_signals = group;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  /* Not all of these change the widget's own CSS. */
  static const char *const looks[] = {"notify::dark", "notify::high-contrast", "notify::accent-color"};
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    g_signal_connect_object (adw_style_manager_get_default (), looks[i], G_CALLBACK (invalidate_style), self, G_CONNECT_SWAPPED);
}
