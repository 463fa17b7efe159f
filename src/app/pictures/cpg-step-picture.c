#include "app/pictures/cpg-step-picture.h"

enum { PAGE = 10 };

typedef struct {
  int n_steps, current;
} CpgStepPicturePrivate;

enum { PROPERTY_N_STEPS = 1, PROPERTY_CURRENT_STEP, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
enum { STEP_SELECTED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CpgStepPicture, cpg_step_picture, CPG_TYPE_PICTURE)

static CpgStepPicturePrivate *get_private (CpgStepPicture *self)
{
  return cpg_step_picture_get_instance_private (self);
}

int cpg_step_picture_get_n_steps (CpgStepPicture *self)
{
  g_return_val_if_fail (CPG_IS_STEP_PICTURE (self), 0);
  return get_private (self)->n_steps;
}

int cpg_step_picture_get_current_step (CpgStepPicture *self)
{
  g_return_val_if_fail (CPG_IS_STEP_PICTURE (self), -1);
  return get_private (self)->current;
}

void cpg_step_picture_set_current_step (CpgStepPicture *self, int step)
{
  g_return_if_fail (CPG_IS_STEP_PICTURE (self));
  CpgStepPicturePrivate *private = get_private (self);
  step = CLAMP (step, -1, private->n_steps - 1);
  if (step == private->current)
    return;
  private->current = step;
  cpg_picture_changed (CPG_PICTURE (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROPERTY_CURRENT_STEP]);
}

void cpg_step_picture_set_n_steps (CpgStepPicture *self, int n_steps)
{
  g_return_if_fail (CPG_IS_STEP_PICTURE (self));
  CpgStepPicturePrivate *private = get_private (self);
  n_steps = MAX (n_steps, 0);
  if (n_steps == private->n_steps)
    return;
  private->n_steps = n_steps;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROPERTY_N_STEPS]);
  if (private->current >= n_steps)
    cpg_step_picture_set_current_step (self, n_steps - 1);
  cpg_picture_changed (CPG_PICTURE (self));
}

int cpg_step_picture_find (CpgStepPicture *self, double x, double y)
{
  g_return_val_if_fail (CPG_IS_STEP_PICTURE (self), -1);
  GtkWidget *widget = GTK_WIDGET (self);
  if (get_private (self)->n_steps < 1)
    return -1;
  return CPG_STEP_PICTURE_GET_CLASS (self)->find (self, x, y, gtk_widget_get_width (widget), gtk_widget_get_height (widget),
                                                  cpg_picture_get_style (CPG_PICTURE (self)));
}

static void select_step (CpgStepPicture *self, int step)
{
  CpgStepPicturePrivate *private = get_private (self);
  if (step < 0 || step >= private->n_steps || step == private->current)
    return;
  CpgRun *run = cpg_picture_get_run (CPG_PICTURE (self));
  if (run)
    cpg_run_set_current_step (run, step);
  g_signal_emit (self, signals[STEP_SELECTED], 0, step);
}

static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step)
{
  CpgStepPicture *self = CPG_STEP_PICTURE (picture);
  if (!is_other_step)
    cpg_step_picture_set_n_steps (self, run ? cpg_run_get_n_steps (run) : 0);
  cpg_step_picture_set_current_step (self, run ? cpg_run_get_current_step (run) : -1);
}

static void on_drag_begin (CpgStepPicture *self, double x, double y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  select_step (self, cpg_step_picture_find (self, x, y));
}

static void on_drag_update (CpgStepPicture *self, double offset_x, double offset_y, GtkGestureDrag *drag)
{
  double x, y;
  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    select_step (self, cpg_step_picture_find (self, x + offset_x, y + offset_y));
}

/* parameter: steps to go towards the right */
static void move_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  CpgStepPicture *self = CPG_STEP_PICTURE (widget);
  CpgStepPicturePrivate *private = get_private (self);
  int delta = g_variant_get_int32 (parameter);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    delta = -delta;
  select_step (self, CLAMP (MAX (private->current, 0) + delta, 0, private->n_steps - 1));
}

static void end_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  CpgStepPicture *self = CPG_STEP_PICTURE (widget);
  select_step (self, g_variant_get_int32 (parameter) < 0 ? 0 : get_private (self)->n_steps - 1);
}

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgStepPicturePrivate *private = get_private (CPG_STEP_PICTURE (object));
  if (id == PROPERTY_N_STEPS)
    g_value_set_int (value, private->n_steps);
  else if (id == PROPERTY_CURRENT_STEP)
    g_value_set_int (value, private->current);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_N_STEPS)
    cpg_step_picture_set_n_steps (CPG_STEP_PICTURE (object), g_value_get_int (value));
  else if (id == PROPERTY_CURRENT_STEP)
    cpg_step_picture_set_current_step (CPG_STEP_PICTURE (object), g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void bind (GtkWidgetClass *class, guint key, guint keypad_key, const char *action, int value)
{
  gtk_widget_class_add_binding_action (class, key, 0, action, "i", value);
  gtk_widget_class_add_binding_action (class, keypad_key, 0, action, "i", value);
}

static void cpg_step_picture_class_init (CpgStepPictureClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  CPG_PICTURE_CLASS (class)->follow = follow;
  properties[PROPERTY_N_STEPS] = g_param_spec_int ("n-steps", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROPERTY_CURRENT_STEP] = g_param_spec_int ("current-step", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[STEP_SELECTED] = g_signal_new ("step-selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_install_action (widget_class, "step.move", "i", move_action);
  gtk_widget_class_install_action (widget_class, "step.end", "i", end_action);
  bind (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, "step.move", -1);
  bind (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, "step.move", 1);
  bind (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, "step.move", -PAGE);
  bind (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, "step.move", PAGE);
  bind (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, "step.end", -1);
  bind (widget_class, GDK_KEY_End, GDK_KEY_KP_End, "step.end", 1);
}

static void cpg_step_picture_init (CpgStepPicture *self)
{
  get_private (self)->current = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
