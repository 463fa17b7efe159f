#include "stage.h"

#include "app/pictures/cpg-step-picture.h"

#include <adwaita.h>

void stage_init (int *argc, char ***argv)
{
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-enable-animations", FALSE, NULL);
}

void stage_settle (GtkWidget *widget)
{
  gtk_test_widget_wait_for_draw (widget);
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

GtkWindow *stage_show (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  stage_settle (window);
  return GTK_WINDOW (window);
}

void stage_close (GtkWindow *window)
{
  gtk_window_destroy (window);
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

gboolean stage_press (GtkWidget *widget, const char *action, const char *format, ...)
{
  if (!format)
    return gtk_widget_activate_action_variant (widget, action, NULL);
  va_list arguments;
  va_start (arguments, format);
  GVariant *parameter = g_variant_ref_sink (g_variant_new_va (format, NULL, &arguments));
  va_end (arguments);
  gboolean is_there = gtk_widget_activate_action_variant (widget, action, parameter);
  g_variant_unref (parameter);
  return is_there;
}

static void photograph (GtkWidget *widget, const char *name, const char *look)
{
  const char *folder = g_getenv ("SCREENSHOTS");
  g_assert_nonnull (folder);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  stage_settle (widget);
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (widget));
  GdkPaintable *paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window), gtk_widget_get_height (window));
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  GdkTexture *texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  char *base = g_strdup_printf ("widget-%s-%s.png", name, look), *path = g_build_filename (folder, base, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  g_free (path);
  g_free (base);
  g_object_unref (texture);
  gsk_render_node_unref (node);
  g_object_unref (paintable);
}

void stage_photograph (GtkWidget *widget, const char *name)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  photograph (widget, name, "light");
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  photograph (widget, name, "dark");
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_RTL);
  photograph (widget, name, "rtl");
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  stage_settle (widget);
}

void stage_photograph_focus (GtkWidget *widget, const char *name)
{
  gtk_window_set_focus_visible (GTK_WINDOW (gtk_widget_get_root (widget)), TRUE);
  g_assert_true (gtk_widget_grab_focus (widget));
  gtk_widget_queue_draw (widget);
  photograph (widget, name, "focus");
}

void stage_draw (CpgPicture *picture, int width, int height)
{
  CpgStyle style;
  cpg_style_init_for_paper (&style, NULL, FALSE);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  cpg_picture_draw (picture, cr, width, height, &style);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  cpg_style_clear (&style);
}

void stage_assert_value (GtkWidget *widget, const char *words)
{
  static const GtkAccessibleProperty told[] = {GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION};
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++) {
    char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), told[i], words);
    g_assert_cmpstr (other, ==, NULL);
  }
}

static void on_selected (int *selected, int step)
{
  *selected = step;
}

static void check_key (GtkWidget *widget, const char *action, int value, int *selected, int expected)
{
  *selected = -2;
  g_assert_true (stage_press (widget, action, "i", value));
  g_assert_cmpint (*selected, ==, expected);
}

void stage_check_scrubbing (GtkWidget *widget, int n_steps, gboolean flat)
{
  CpgStepPicture *picture = CPG_STEP_PICTURE (widget);
  int selected = -2, none = -2;
  gulong handler = g_signal_connect_swapped (widget, "step-selected", G_CALLBACK (on_selected), &selected);
  cpg_step_picture_set_n_steps (picture, n_steps);
  for (int rtl = 0; rtl < 2; rtl++) {
    gtk_widget_set_direction (widget, rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
    int onwards = rtl ? -1 : 1;
    cpg_step_picture_set_current_step (picture, 0);
    check_key (widget, "step.move", -onwards, &selected, none);
    check_key (widget, "step.move", onwards, &selected, 1);
    check_key (widget, "step.move", 10 * onwards, &selected, 10);
    check_key (widget, "step.end", 1, &selected, n_steps - 1);
    g_assert_cmpint (cpg_step_picture_get_current_step (picture), ==, 0);
    cpg_step_picture_set_current_step (picture, n_steps - 1);
    check_key (widget, "step.move", onwards, &selected, none);
    check_key (widget, "step.end", -1, &selected, 0);
    if (!flat)
      continue;
    int width = gtk_widget_get_width (widget), y = gtk_widget_get_height (widget) / 2, before = rtl ? n_steps - 1 : 0;
    g_assert_cmpint (cpg_step_picture_find (picture, 0, y), ==, before);
    g_assert_cmpint (cpg_step_picture_find (picture, width, y), ==, n_steps - 1 - before);
    for (int x = 0; x < width; x++) {
      int step = cpg_step_picture_find (picture, x, y);
      g_assert_cmpint ((step - before) * onwards, >=, 0);
      g_assert_cmpint ((step - before) * onwards, <=, 1 + n_steps / 10);
      before = step;
    }
  }
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  cpg_step_picture_set_current_step (picture, n_steps + 5);
  g_assert_cmpint (cpg_step_picture_get_current_step (picture), ==, n_steps - 1);
  cpg_step_picture_set_n_steps (picture, 3);
  g_assert_cmpint (cpg_step_picture_get_current_step (picture), ==, 2);
  cpg_step_picture_set_n_steps (picture, 0);
  g_assert_cmpint (cpg_step_picture_get_current_step (picture), ==, -1);
  g_assert_cmpint (cpg_step_picture_find (picture, 5, 5), ==, -1);
  g_assert_true (stage_press (widget, "step.move", "i", 1));
  g_signal_handler_disconnect (widget, handler);
}
