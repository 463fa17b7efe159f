#include "app/pictures/cpg-token-view.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-token-text.h"

#include <glib/gi18n.h>

#define DEFAULT_SCALE 1.3

struct _CpgTokenView {
  CpgPicture parent_instance;

  CpgTokenText tokens; /* its cursor is kept apart: it is drawn only where it has the focus */
  int cursor;
  char *placeholder;
  PangoLayout *layout; /* of tokens at layout_width, NULL: to be made */
  int layout_width;
};

enum { PROPERTY_TEXT = 1, PROPERTY_TEXT_SCALE, PROPERTY_PLACEHOLDER, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
enum { TOKEN_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void text_init (GtkAccessibleTextInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgTokenView, cpg_token_view, CPG_TYPE_PICTURE,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_ACCESSIBLE_TEXT, text_init))

static PangoLayout *get_layout (CpgTokenView *self, int width)
{
  if (!self->layout || self->layout_width != width) {
    g_clear_object (&self->layout);
    self->layout = cpg_token_text_create_layout (&self->tokens, cpg_picture_get_style (CPG_PICTURE (self)), width);
    self->layout_width = width;
  }
  return self->layout;
}

static PangoLayout *get_shown_layout (CpgTokenView *self)
{
  return get_layout (self, gtk_widget_get_width (GTK_WIDGET (self)));
}

static void draw (CpgPicture *picture, cairo_t *cr, double width, double height, const CpgStyle *style)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (picture);
  CpgTokenText shown = self->tokens;
  shown.cursor = gtk_widget_has_visible_focus (GTK_WIDGET (self)) ? self->cursor : -1;
  if (shown.n == 0) {
    if (self->placeholder)
      cpg_ink_text_in (cr, style, &style->dim, 8, 8, width - 16, 0, self->placeholder);
  } else if (style == cpg_picture_get_style (picture))
    cpg_token_text_draw_layout (&shown, cr, get_layout (self, (int) width), style);
  else
    cpg_token_text_draw (&shown, cr, width, height, style);
}

static void style_changed (CpgPicture *picture)
{
  g_clear_object (&CPG_TOKEN_VIEW (picture)->layout);
}

static char *describe (CpgPicture *picture)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (picture);
  return g_strdup (self->tokens.n > 0 ? self->tokens.text : self->placeholder ? self->placeholder : _ ("No text yet"));
}

/* The text, or how it is laid out, is another. */
static void relayout (CpgTokenView *self)
{
  g_clear_object (&self->layout);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

GtkWidget *cpg_token_view_new (void)
{
  return g_object_new (CPG_TYPE_TOKEN_VIEW, NULL);
}

void cpg_token_view_set_tokens (CpgTokenView *self, const CpgToken *tokens, int n)
{
  g_return_if_fail (CPG_IS_TOKEN_VIEW (self) && (tokens || n <= 0));
  CpgTokenText new;
  cpg_token_text_init (&new, tokens, n, self->tokens.scale);
  gboolean is_other = g_strcmp0 (new.text, self->tokens.text) != 0;
  cpg_token_text_clear (&self->tokens);
  self->tokens = new;
  self->cursor = MIN (self->cursor, new.n - 1);
  relayout (self);
  cpg_picture_changed (CPG_PICTURE (self));
  if (is_other)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROPERTY_TEXT]);
}

const char *cpg_token_view_get_text (CpgTokenView *self)
{
  g_return_val_if_fail (CPG_IS_TOKEN_VIEW (self), NULL);
  return self->tokens.text;
}

int cpg_token_view_get_n_tokens (CpgTokenView *self)
{
  g_return_val_if_fail (CPG_IS_TOKEN_VIEW (self), 0);
  return self->tokens.n;
}

int cpg_token_view_get_cursor (CpgTokenView *self)
{
  g_return_val_if_fail (CPG_IS_TOKEN_VIEW (self), -1);
  return self->cursor;
}

void cpg_token_view_set_cursor (CpgTokenView *self, int token)
{
  g_return_if_fail (CPG_IS_TOKEN_VIEW (self));
  token = CLAMP (token, -1, self->tokens.n - 1);
  if (token == self->cursor)
    return;
  self->cursor = token;
  gtk_accessible_text_update_caret_position (GTK_ACCESSIBLE_TEXT (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int cpg_token_view_find (CpgTokenView *self, double x, double y)
{
  g_return_val_if_fail (CPG_IS_TOKEN_VIEW (self), -1);
  return cpg_token_text_find (&self->tokens, get_shown_layout (self), x, y);
}

gboolean cpg_token_view_get_rectangle (CpgTokenView *self, int token, GdkRectangle *rectangle)
{
  g_return_val_if_fail (CPG_IS_TOKEN_VIEW (self), FALSE);
  if (token < 0 || token >= self->tokens.n)
    return FALSE;
  cpg_token_text_get_rectangle (&self->tokens, get_shown_layout (self), token, rectangle);
  return TRUE;
}

void cpg_token_view_copy (CpgTokenView *self)
{
  g_return_if_fail (CPG_IS_TOKEN_VIEW (self));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->tokens.text);
}

/* The text of the step before stays until the decoding of this one is there: it takes milliseconds, and a blank would flicker. */
static void follow (CpgPicture *picture, CpgRun *run, gboolean is_other_step G_GNUC_UNUSED)
{
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  int n = 0;
  if (!step)
    cpg_token_view_set_tokens (CPG_TOKEN_VIEW (picture), NULL, 0);
  else if (cpg_step_is_decoded (step)) {
    const CpgToken *tokens = cpg_step_get_tokens (step, &n);
    cpg_token_view_set_tokens (CPG_TOKEN_VIEW (picture), tokens, n);
  }
}

static void activate (CpgTokenView *self, int token)
{
  GdkRectangle rectangle;
  if (cpg_token_view_get_rectangle (self, token, &rectangle))
    g_signal_emit (self, signals[TOKEN_ACTIVATED], 0, self->tokens.spans[token].position, &rectangle);
}

/* Input */

static void copy_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  cpg_token_view_copy (CPG_TOKEN_VIEW (widget));
}

static void activate_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (widget);
  if (self->cursor < 0)
    cpg_token_view_set_cursor (self, cpg_token_text_move (&self->tokens, get_shown_layout (self), -1, 0, 0));
  activate (self, self->cursor);
}

/* parameter: (dx, dy); two numbers beyond 1 lead to the ends. */
static void move_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (widget);
  int delta_x, delta_y;
  g_variant_get (parameter, "(ii)", &delta_x, &delta_y);
  if (ABS (delta_x) > 1)
    cpg_token_view_set_cursor (self, delta_x < 0 ? 0 : self->tokens.n - 1);
  else
    cpg_token_view_set_cursor (self,
                               cpg_token_text_move (&self->tokens, get_shown_layout (self), self->cursor, delta_x, delta_y));
}

static void on_released (CpgTokenView *self, int n_press G_GNUC_UNUSED, double x, double y)
{
  int token = cpg_token_view_find (self, x, y);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (token < 0)
    return;
  cpg_token_view_set_cursor (self, token);
  activate (self, token);
}

static void hover (CpgTokenView *self, int token)
{
  if (token == self->tokens.hovered)
    return;
  self->tokens.hovered = token;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), token < 0 ? NULL : "pointer");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void on_motion (CpgTokenView *self, double x, double y)
{
  hover (self, cpg_token_view_find (self, x, y));
}

static void on_leave (CpgTokenView *self)
{
  hover (self, -1);
}

/* Size */

static GtkSizeRequestMode get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (widget);
  int width, height;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    PangoLayout *layout = cpg_token_text_create_layout (&self->tokens, cpg_picture_get_style (CPG_PICTURE (self)), -1);
    cpg_token_text_get_size (layout, &width, &height);
    g_object_unref (layout);
    *minimum = MIN (width, 120);
    *natural = MAX (width, 120);
  } else {
    cpg_token_text_get_size (get_layout (self, for_size), &width, &height);
    *minimum = *natural = height;
  }
}

/* For assistive tools; offsets are in characters. */

static GBytes *take_string (char *string)
{
  return g_bytes_new_take (string, strlen (string));
}

static GBytes *get_contents (GtkAccessibleText *text, guint start, guint end)
{
  const char *string = CPG_TOKEN_VIEW (text)->tokens.text;
  guint length = (guint) g_utf8_strlen (string, -1);
  end = MIN (end, length);
  return take_string (g_utf8_substring (string, MIN (start, end), end));
}

/* The token around a byte; behind the last one, that one. */
static const CpgTokenSpan *span_at (CpgTokenView *self, gsize byte)
{
  int i = 0;
  while (i + 1 < self->tokens.n && self->tokens.spans[i + 1].start <= byte)
    i++;
  return self->tokens.n > 0 ? &self->tokens.spans[i] : NULL;
}

/* Words are tokens here, and the text is one line, sentence and paragraph. */
static GBytes *get_contents_at (GtkAccessibleText *text, guint offset, GtkAccessibleTextGranularity granularity, guint *start,
                                guint *end)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (text);
  const char *string = self->tokens.text;
  guint length = (guint) g_utf8_strlen (string, -1);
  offset = MIN (offset, length);
  *start = 0;
  *end = length;
  if (granularity == GTK_ACCESSIBLE_TEXT_GRANULARITY_CHARACTER) {
    *start = offset;
    *end = MIN (offset + 1, length);
  } else if (granularity == GTK_ACCESSIBLE_TEXT_GRANULARITY_WORD) {
    const CpgTokenSpan *span = span_at (self, (gsize) (g_utf8_offset_to_pointer (string, offset) - string));
    if (span) {
      *start = (guint) g_utf8_pointer_to_offset (string, string + span->start);
      *end = (guint) g_utf8_pointer_to_offset (string, string + span->end);
    }
  }
  return get_contents (text, *start, *end);
}

static guint get_caret_position (GtkAccessibleText *text)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (text);
  const char *string = self->tokens.text;
  return self->cursor < 0 ? 0 : (guint) g_utf8_pointer_to_offset (string, string + self->tokens.spans[self->cursor].start);
}

static gboolean get_selection (GtkAccessibleText *text G_GNUC_UNUSED, gsize *n_ranges, GtkAccessibleTextRange **ranges)
{
  *n_ranges = 0;
  if (ranges)
    *ranges = NULL;
  return FALSE;
}

/* The mark of a token in words, so that it can be heard as well as seen. */
static gboolean get_attributes (GtkAccessibleText *text, guint offset, gsize *n_ranges, GtkAccessibleTextRange **ranges,
                                char ***names, char ***values)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (text);
  const char *string = self->tokens.text;
  offset = MIN (offset, (guint) g_utf8_strlen (string, -1));
  const CpgTokenSpan *span = span_at (self, (gsize) (g_utf8_offset_to_pointer (string, offset) - string));
  *n_ranges = 0;
  if (!span || (span->mark != COSMOS_MARK_CHANGED && span->mark != COSMOS_MARK_UNSURE))
    return FALSE;
  gboolean is_changed = span->mark == COSMOS_MARK_CHANGED;
  *n_ranges = 1;
  if (ranges) {
    *ranges = g_new (GtkAccessibleTextRange, 1);
    (*ranges)->start = (gsize) g_utf8_pointer_to_offset (string, string + span->start);
    (*ranges)->length = (gsize) g_utf8_strlen (string + span->start, (gssize) (span->end - span->start));
  }
  if (names)
    *names = g_strdupv ((char *[]) {(char *) GTK_ACCESSIBLE_ATTRIBUTE_UNDERLINE, NULL});
  if (values)
    *values = g_strdupv ((char *[]) {
      (char *) (is_changed ? GTK_ACCESSIBLE_ATTRIBUTE_UNDERLINE_SINGLE : GTK_ACCESSIBLE_ATTRIBUTE_UNDERLINE_ERROR), NULL});
  return TRUE;
}

static void get_default_attributes (GtkAccessibleText *text G_GNUC_UNUSED, char ***names, char ***values)
{
  if (names)
    *names = g_new0 (char *, 1);
  if (values)
    *values = g_new0 (char *, 1);
}

static void text_init (GtkAccessibleTextInterface *interface)
{
  interface->get_contents = get_contents;
  interface->get_contents_at = get_contents_at;
  interface->get_caret_position = get_caret_position;
  interface->get_selection = get_selection;
  interface->get_attributes = get_attributes;
  interface->get_default_attributes = get_default_attributes;
}

/* Object */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (object);
  switch (id) {
  case PROPERTY_TEXT:
    g_value_set_string (value, self->tokens.text);
    break;
  case PROPERTY_TEXT_SCALE:
    g_value_set_double (value, self->tokens.scale);
    break;
  case PROPERTY_PLACEHOLDER:
    g_value_set_string (value, self->placeholder);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (object);
  switch (id) {
  case PROPERTY_TEXT_SCALE:
    self->tokens.scale = g_value_get_double (value);
    relayout (self);
    break;
  case PROPERTY_PLACEHOLDER:
    g_free (self->placeholder);
    self->placeholder = g_value_dup_string (value);
    cpg_picture_changed (CPG_PICTURE (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void finalize (GObject *object)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (object);
  g_clear_object (&self->layout);
  g_free (self->placeholder);
  cpg_token_text_clear (&self->tokens);
  G_OBJECT_CLASS (cpg_token_view_parent_class)->finalize (object);
}

static void bind_move (GtkWidgetClass *class, guint key, guint keypad_key, int delta_x, int delta_y)
{
  gtk_widget_class_add_binding_action (class, key, 0, "token.move", "(ii)", delta_x, delta_y);
  gtk_widget_class_add_binding_action (class, keypad_key, 0, "token.move", "(ii)", delta_x, delta_y);
}

static void cpg_token_view_class_init (CpgTokenViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  CpgPictureClass *picture_class = CPG_PICTURE_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  widget_class->get_request_mode = get_request_mode;
  widget_class->measure = measure;
  picture_class->draw = draw;
  picture_class->describe = describe;
  picture_class->follow = follow;
  picture_class->style_changed = style_changed;
  properties[PROPERTY_TEXT] = g_param_spec_string ("text", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROPERTY_TEXT_SCALE] = g_param_spec_double ("text-scale", NULL, NULL, .5, 4, DEFAULT_SCALE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROPERTY_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL,
                                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[TOKEN_ACTIVATED] = g_signal_new ("token-activated", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_INT, GDK_TYPE_RECTANGLE | G_SIGNAL_TYPE_STATIC_SCOPE);

  gtk_widget_class_set_css_name (widget_class, "tokenview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ARTICLE);
  gtk_widget_class_install_action (widget_class, "token.move", "(ii)", move_action);
  gtk_widget_class_install_action (widget_class, "token.activate", NULL, activate_action);
  gtk_widget_class_install_action (widget_class, "token.copy", NULL, copy_action);
  bind_move (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0);
  bind_move (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0);
  bind_move (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1);
  bind_move (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1);
  bind_move (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, -2, 0);
  bind_move (widget_class, GDK_KEY_End, GDK_KEY_KP_End, 2, 0);
  static const guint activate_keys[] = {GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space};
  for (gsize i = 0; i < G_N_ELEMENTS (activate_keys); i++)
    gtk_widget_class_add_binding_action (widget_class, activate_keys[i], 0, "token.activate", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "token.copy", NULL);
}

static void cpg_token_view_init (CpgTokenView *self)
{
  cpg_token_text_init (&self->tokens, NULL, 0, DEFAULT_SCALE);
  self->cursor = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Text at this step"), -1);

  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}
