#include "app/pictures/cpg-token-view.h"
#include "stage.h"

static const CpgToken story[] = {
  {.position = 1, .mark = COSMOS_MARK_SETTLED, .text = (char *) " Once"},
  {.position = 2, .mark = COSMOS_MARK_SETTLED, .text = (char *) " upon"},
  {.position = 3, .mark = COSMOS_MARK_SETTLED, .text = (char *) " a"},
  {.position = 4, .mark = COSMOS_MARK_SETTLED, .text = (char *) " time"},
  {.position = 5, .mark = COSMOS_MARK_SETTLED, .text = (char *) ","},
  {.position = 6, .mark = COSMOS_MARK_SAME, .text = (char *) " there"},
  {.position = 7, .mark = COSMOS_MARK_SAME, .text = (char *) " was"},
  {.position = 8, .mark = COSMOS_MARK_SETTLED, .text = (char *) " a"},
  {.position = 9, .mark = COSMOS_MARK_CHANGED, .text = (char *) " little"},
  {.position = 10, .mark = COSMOS_MARK_SETTLED, .text = (char *) " girl"},
  {.position = 11, .mark = COSMOS_MARK_SAME, .text = (char *) " named"},
  {.position = 12, .mark = COSMOS_MARK_UNSURE, .text = (char *) " Lily"},
  {.position = 13, .mark = COSMOS_MARK_SETTLED, .text = (char *) "."},
  {.position = 14, .mark = COSMOS_MARK_SAME, .text = (char *) " She"},
  {.position = 15, .mark = COSMOS_MARK_SAME, .text = (char *) " loved"},
  {.position = 16, .mark = COSMOS_MARK_SAME, .text = (char *) " to"},
  {.position = 17, .mark = COSMOS_MARK_CHANGED, .text = (char *) " play"},
  {.position = 18, .mark = COSMOS_MARK_CHANGED, .text = (char *) "ing"},
  {.position = 19, .mark = COSMOS_MARK_SAME, .text = (char *) " outside"},
  {.position = 20, .mark = COSMOS_MARK_SAME, .text = (char *) " in"},
  {.position = 21, .mark = COSMOS_MARK_SAME, .text = (char *) " the"},
  {.position = 22, .mark = COSMOS_MARK_UNSURE, .text = (char *) " purple"},
  {.position = 23, .mark = COSMOS_MARK_UNSURE, .text = (char *) " garden"},
  {.position = 24, .mark = COSMOS_MARK_SAME, .text = (char *) "."},
};
static const CpgToken mixed[] = {
  {.position = 0, .mark = COSMOS_MARK_SETTLED, .text = (char *) "مرحبا"},
  {.position = 1, .mark = COSMOS_MARK_CHANGED, .text = (char *) " بالعالم"},
  {.position = 2, .mark = COSMOS_MARK_UNSURE, .text = (char *) " COSMOS"},
  {.position = 3, .mark = COSMOS_MARK_SAME, .text = (char *) " 42"},
  {.position = 4, .mark = COSMOS_MARK_CHANGED, .text = (char *) " شكرا"},
};
#define STORY "Once upon a time, there was a little girl named Lily. She loved to playing outside in the purple garden."

static void test_look (void)
{
  GtkWidget *widget = cpg_token_view_new ();
  GtkWindow *window = stage_show (widget, 560, 170);
  cpg_token_view_set_tokens (CPG_TOKEN_VIEW (widget), story, G_N_ELEMENTS (story));
  stage_photograph (widget, "token-view");
  cpg_token_view_set_cursor (CPG_TOKEN_VIEW (widget), 8);
  stage_photograph_focus (widget, "token-view");
  cpg_token_view_set_tokens (CPG_TOKEN_VIEW (widget), mixed, G_N_ELEMENTS (mixed));
  stage_photograph (widget, "token-view-mixed");
  stage_close (window);
}

static void test_accessible (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_token_view_new ());
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_ARTICLE);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Text at this step");
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "No text yet");
  g_object_set (widget, "placeholder", "Not decoded", NULL);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Not decoded");
  cpg_token_view_set_tokens (CPG_TOKEN_VIEW (widget), story, G_N_ELEMENTS (story));
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, STORY);
  g_assert_cmpstr (cpg_token_view_get_text (CPG_TOKEN_VIEW (widget)), ==, STORY);

  GtkAccessibleTextInterface *text = GTK_ACCESSIBLE_TEXT_GET_IFACE (GTK_ACCESSIBLE_TEXT (widget));
  GBytes *bytes = text->get_contents (GTK_ACCESSIBLE_TEXT (widget), 5, 9);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "upon", 4);
  g_bytes_unref (bytes);
  bytes = text->get_contents (GTK_ACCESSIBLE_TEXT (widget), 9999, G_MAXUINT);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_bytes_unref (bytes);
  guint start, end;
  bytes = text->get_contents_at (GTK_ACCESSIBLE_TEXT (widget), 31, GTK_ACCESSIBLE_TEXT_GRANULARITY_WORD, &start, &end);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "little", 6);
  g_assert_cmpuint (end - start, ==, 6);
  g_bytes_unref (bytes);
  gsize n;
  GtkAccessibleTextRange *ranges;
  g_assert_true (text->get_attributes (GTK_ACCESSIBLE_TEXT (widget), 31, &n, &ranges, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (ranges[0].start, ==, start);
  g_assert_cmpuint (ranges[0].length, ==, 6);
  g_free (ranges);
  g_assert_false (text->get_attributes (GTK_ACCESSIBLE_TEXT (widget), 1, &n, NULL, NULL, NULL));
  cpg_token_view_set_cursor (CPG_TOKEN_VIEW (widget), 1);
  g_assert_cmpuint (text->get_caret_position (GTK_ACCESSIBLE_TEXT (widget)), ==, 5);
  g_object_unref (widget);
}

typedef struct {
  int position, count;
  GdkRectangle rectangle;
} Activation;

static void on_activated (Activation *seen, int position, GdkRectangle *rectangle)
{
  seen->position = position;
  seen->count++;
  seen->rectangle = *rectangle;
}

/* Each token is found in the middle of its rectangle, whatever the direction. */
static void check_places (GtkWidget *widget, const CpgToken *tokens, int n)
{
  CpgTokenView *self = CPG_TOKEN_VIEW (widget);
  cpg_token_view_set_tokens (self, tokens, n);
  stage_settle (widget);
  for (int i = 0; i < n; i++) {
    GdkRectangle place;
    g_assert_true (cpg_token_view_get_rectangle (self, i, &place));
    g_assert_cmpint (place.width, >, 0);
    g_assert_cmpint (place.height, >, 10);
    g_assert_cmpint (place.x, >=, 0);
    g_assert_cmpint (place.x + place.width, <=, gtk_widget_get_width (widget));
    g_assert_cmpint (cpg_token_view_find (self, place.x + place.width / 2., place.y + place.height / 2.), ==, i);
  }
  g_assert_cmpint (cpg_token_view_find (self, -1, -1), ==, -1);
}

static void test_places (void)
{
  GtkWidget *widget = cpg_token_view_new ();
  GtkWindow *window = stage_show (widget, 400, 300);
  for (int rtl = 0; rtl < 2; rtl++) {
    gtk_widget_set_direction (widget, rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
    check_places (widget, story, G_N_ELEMENTS (story));
    check_places (widget, mixed, G_N_ELEMENTS (mixed));
  }
  GdkRectangle place;
  g_assert_false (cpg_token_view_get_rectangle (CPG_TOKEN_VIEW (widget), -1, &place));
  g_assert_false (cpg_token_view_get_rectangle (CPG_TOKEN_VIEW (widget), 99, &place));
  stage_close (window);
}

static void move (GtkWidget *widget, int delta_x, int delta_y, int expected)
{
  g_assert_true (stage_press (widget, "token.move", "(ii)", delta_x, delta_y));
  g_assert_cmpint (cpg_token_view_get_cursor (CPG_TOKEN_VIEW (widget)), ==, expected);
}

static void test_keys (void)
{
  GtkWidget *widget = cpg_token_view_new ();
  CpgTokenView *self = CPG_TOKEN_VIEW (widget);
  GtkWindow *window = stage_show (widget, 400, 300);
  Activation seen = {-1, 0};
  g_signal_connect_swapped (widget, "token-activated", G_CALLBACK (on_activated), &seen);
  move (widget, 1, 0, -1); /* no tokens */
  g_assert_true (stage_press (widget, "token.activate", NULL));
  g_assert_cmpint (seen.count, ==, 0);

  cpg_token_view_set_tokens (self, story, G_N_ELEMENTS (story));
  stage_settle (widget);
  move (widget, 1, 0, 0);
  move (widget, 1, 0, 1);
  move (widget, -1, 0, 0);
  move (widget, -1, 0, 0);
  GdkRectangle first, below;
  g_assert_true (stage_press (widget, "token.move", "(ii)", 0, 1));
  g_assert_true (cpg_token_view_get_rectangle (self, 0, &first));
  g_assert_true (cpg_token_view_get_rectangle (self, cpg_token_view_get_cursor (self), &below));
  g_assert_cmpint (below.y, >, first.y);
  g_assert_cmpint (below.x, <, first.x + first.width);
  move (widget, 0, -1, 0);
  move (widget, 0, -1, 0);
  move (widget, 2, 0, G_N_ELEMENTS (story) - 1);
  move (widget, 1, 0, G_N_ELEMENTS (story) - 1);
  move (widget, -2, 0, 0);
  g_assert_true (stage_press (widget, "token.activate", NULL));
  g_assert_cmpint (seen.count, ==, 1);
  g_assert_cmpint (seen.position, ==, 1);
  g_assert_cmpint (seen.rectangle.width, ==, first.width);

  cpg_token_view_set_cursor (self, 20);
  cpg_token_view_set_tokens (self, mixed, G_N_ELEMENTS (mixed)); /* fewer */
  stage_settle (widget);
  g_assert_cmpint (cpg_token_view_get_cursor (self), ==, G_N_ELEMENTS (mixed) - 1);
  cpg_token_view_set_cursor (self, 0);
  move (widget, -1, 0, 1); /* a paragraph from right to left: left is onwards */
  stage_close (window);
}

static void got_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void test_copy (void)
{
  GtkWidget *widget = cpg_token_view_new ();
  GtkWindow *window = stage_show (widget, 400, 300);
  cpg_token_view_set_tokens (CPG_TOKEN_VIEW (widget), story, G_N_ELEMENTS (story));
  g_assert_true (stage_press (widget, "token.copy", NULL));
  char *text = NULL;
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, got_text, &text);
  for (int i = 0; !text && i < 1000; i++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (text, ==, STORY);
  g_free (text);
  stage_close (window);
}

/* The whole text is seen at any width and scale. */
static void test_height (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_token_view_new ());
  cpg_token_view_set_tokens (CPG_TOKEN_VIEW (widget), story, G_N_ELEMENTS (story));
  int wide, narrow, large;
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, 600, &wide, NULL, NULL, NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, 200, &narrow, NULL, NULL, NULL);
  g_object_set (widget, "text-scale", 2., NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, 200, &large, NULL, NULL, NULL);
  g_assert_cmpint (narrow, >, 2 * wide);
  g_assert_cmpint (large, >, 1.5 * narrow);
  g_object_unref (widget);
}

static void test_sizes (void)
{
  GtkWidget *widget = g_object_ref_sink (cpg_token_view_new ());
  CpgTokenView *self = CPG_TOKEN_VIEW (widget);
  stage_draw (CPG_PICTURE (widget), 200, 100);
  CpgToken odd[] = {{.position = 0, .text = (char *) ""},
                    {.position = 1, .text = NULL},
                    {.position = 2, .text = (char *) "\xff\xfe"},
                    {.position = 3, .text = (char *) " a\nb"},
                    {.position = 4, .mark = COSMOS_MARK_CHANGED, .text = (char *) "  "}};
  cpg_token_view_set_tokens (self, odd, G_N_ELEMENTS (odd));
  g_assert_true (g_utf8_validate (cpg_token_view_get_text (self), -1, NULL));
  stage_draw (CPG_PICTURE (widget), 200, 100);
  stage_draw (CPG_PICTURE (widget), 1, 1);
  GArray *many = g_array_new (FALSE, FALSE, sizeof (CpgToken));
  for (int i = 0; i < 100; i++)
    g_array_append_vals (many, story, G_N_ELEMENTS (story));
  cpg_token_view_set_tokens (self, (CpgToken *) (void *) many->data, (int) many->len);
  stage_draw (CPG_PICTURE (widget), 300, 300);
  cpg_token_view_set_tokens (self, (CpgToken *) (void *) many->data, 128);
  gint64 start = g_get_monotonic_time ();
  for (int i = 0; i < 20; i++)
    stage_draw (CPG_PICTURE (widget), 600, 300);
  g_test_message ("128 tokens laid out and drawn in %.2f ms", (double) (g_get_monotonic_time () - start) / 20e3);
  g_array_unref (many);
  cpg_token_view_set_tokens (self, NULL, 0);
  g_assert_cmpstr (cpg_token_view_get_text (self), ==, "");
  g_object_unref (widget);
}

int main (int argc, char **argv)
{
  stage_init (&argc, &argv);
  g_test_add_func ("/token-view/accessible", test_accessible);
  g_test_add_func ("/token-view/places", test_places);
  g_test_add_func ("/token-view/keys", test_keys);
  g_test_add_func ("/token-view/copy", test_copy);
  g_test_add_func ("/token-view/height", test_height);
  g_test_add_func ("/token-view/sizes", test_sizes);
  g_test_add_func ("/token-view/look", test_look);
  return g_test_run ();
}
