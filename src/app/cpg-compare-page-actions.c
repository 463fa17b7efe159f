/* What can be done on the page that compares. */
#include "app/cpg-compare-page-private.h"
#include "app/cpg-file-dialog.h"

#include <glib/gi18n.h>

static const int other_steps[] = {5, 10, 25, 50, 100, 200};
static const int other_temperatures[] = {0, 500, 700, 1000, 1300}; /* thousandths */

/* ---- columns ---- */

static void add_contender (CpgComparePage *self, CpgContender *contender)
{
  if (!cpg_comparison_add (self->comparison, contender))
    cpg_page_say (CPG_PAGE (self), _ ("There are four columns already"));
}

static void add_variation (CpgComparePage *self, CpgVariation variation, guint64 number)
{
  g_autoptr (CpgContender) contender = cpg_contender_new (variation, number, NULL);
  add_contender (self, contender);
}

static void on_add_autoregressive (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  add_variation (data, CPG_VARIATION_AUTOREGRESSIVE, 0);
}

static void on_add_temperature (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  add_variation (data, CPG_VARIATION_TEMPERATURE, (guint64) CLAMP (g_variant_get_int32 (parameter), 0, 100000));
}

/* A seed that no column has yet. */
static void on_add_seed (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgComparePage *self = data;
  guint64 number = 1;
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++)
    number += cpg_contender_get_variation (cpg_comparison_get (self->comparison, i)) == CPG_VARIATION_SEED;
  add_variation (self, CPG_VARIATION_SEED, number);
}

static void on_add_sampler (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  add_variation (data, CPG_VARIATION_SAMPLER, (guint64) CLAMP (g_variant_get_int32 (parameter), 0, COSMOS_N_SAMPLERS - 1));
}

static void on_add_steps (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  add_variation (data, CPG_VARIATION_STEPS, (guint64) CLAMP (g_variant_get_int32 (parameter), 1, COSMOS_MAX_STEPS));
}

static void on_add_self_conditioning (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  add_variation (data, CPG_VARIATION_SELF_CONDITIONING, 0);
}

static void on_model_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgComparePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  g_autoptr (CpgContender) contender = path ? cpg_contender_new_for_model (path, &error) : NULL;
  if (!self->comparison)
    return; /* the window was closed meanwhile */
  if (contender)
    add_contender (self, contender);
  else if (file && !path)
    cpg_page_say (CPG_PAGE (self), _ ("A model must be a file on this computer."));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    cpg_page_say (CPG_PAGE (self), "%s", error->message);
}

static void on_add_model (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgComparePage *self = data;
  g_autoptr (GtkFileDialog) dialog = cpg_file_dialog_new (_ ("A Model to Compare With"), _ ("Models (GGUF)"), "gguf", NULL);
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, on_model_chosen, g_object_ref (self));
}

static void on_remove (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CpgComparePage *self = data;
  int column = g_variant_get_int32 (parameter);
  if (column >= 0 && column < (int) cpg_comparison_get_n (self->comparison))
    cpg_comparison_remove (self->comparison, (guint) column);
}

static void on_marks (GSimpleAction *action, GVariant *state, gpointer data)
{
  g_simple_action_set_state (action, state);
  cpg_compare_page_set_marks (data, g_variant_get_boolean (state));
}

static const GActionEntry entries[] = {
  {"add-autoregressive", on_add_autoregressive},
  {"add-temperature", on_add_temperature, "i"},
  {"add-seed", on_add_seed},
  {"add-sampler", on_add_sampler, "i"},
  {"add-steps", on_add_steps, "i"},
  {"add-self-conditioning", on_add_self_conditioning},
  {"add-model", on_add_model},
  {"remove", on_remove, "i"},
  {"marks", NULL, NULL, "true", on_marks},
};

static void add_item (GMenu *menu, const char *label, const char *action, int target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target (item, action, "i", target);
  g_menu_append_item (menu, item);
}

void cpg_compare_page_add_actions (CpgComparePage *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  g_autoptr (GPropertyAction) slowness = g_property_action_new ("slowness", self->playhead, "slowness");
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (slowness));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "compare", G_ACTION_GROUP (self->actions));
  for (int i = 0; i < COSMOS_N_SAMPLERS; i++)
    add_item (self->samplers, cpg_contender_name_sampler ((CosmosSampler) i), "compare.add-sampler", i);
  for (gsize i = 0; i < G_N_ELEMENTS (other_steps); i++) {
    g_autofree char *label = g_strdup_printf (ngettext ("%d step", "%d steps", (gulong) other_steps[i]), other_steps[i]);
    add_item (self->steps, label, "compare.add-steps", other_steps[i]);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (other_temperatures); i++) {
    const int thousandths = other_temperatures[i];
    /* Translators: the temperature at which a language model's tokens are drawn. */
    g_autofree char *label = thousandths ? g_strdup_printf ("%g", thousandths / 1000.0)
                                         : g_strdup (_ ("0: the Likeliest Tokens"));
    add_item (self->temperatures, label, "compare.add-temperature", thousandths);
  }
  cpg_compare_page_update_actions (self);
}

void cpg_compare_page_update_actions (CpgComparePage *self)
{
  gboolean has_room = cpg_comparison_get_n (self->comparison) < CPG_COMPARISON_MAX;
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), has_room && self->session && cpg_session_has_model (self->session));
}

/* ---- as a page ---- */

static gboolean can_run (CpgComparePage *self)
{
  return self->session && cpg_session_has_model (self->session) && cpg_comparison_get_n (self->comparison) > 0;
}

static void run (CpgComparePage *self)
{
  gboolean fresh;
  g_object_get (self->session, "fresh-seed", &fresh, NULL);
  if (fresh)
    cpg_session_draw_seed (self->session);
  cpg_compare_page_start (self);
}

static gboolean can_stop (CpgComparePage *self)
{
  return cpg_comparison_is_active (self->comparison);
}

static void stop (CpgComparePage *self)
{
  self->plays_next = FALSE;
  cpg_comparison_cancel (self->comparison);
}

static gboolean has_moments (CpgComparePage *self)
{
  return cpg_playhead_get_n_moments (self->playhead) > 0;
}

static void play (CpgComparePage *self)
{
  cpg_playhead_set_playing (self->playhead, !cpg_playhead_is_playing (self->playhead));
}

static gboolean can_go_back (CpgComparePage *self)
{
  return has_moments (self) && cpg_playhead_get_position (self->playhead) > 0;
}

static gboolean can_go_on (CpgComparePage *self)
{
  return has_moments (self) && cpg_playhead_get_position (self->playhead) < 1;
}

/* Who steps by hand wants to look. */
static void go_to (CpgComparePage *self, double position)
{
  cpg_playhead_set_playing (self->playhead, FALSE);
  cpg_playhead_set_position (self->playhead, position);
}

static void go_first (CpgComparePage *self)
{
  go_to (self, 0);
}

static void go_last (CpgComparePage *self)
{
  go_to (self, 1);
}

static void go_back (CpgComparePage *self)
{
  cpg_playhead_set_playing (self->playhead, FALSE);
  cpg_playhead_move (self->playhead, -1);
}

static void go_on (CpgComparePage *self)
{
  cpg_playhead_set_playing (self->playhead, FALSE);
  cpg_playhead_move (self->playhead, 1);
}

/* All columns, each under its title. */
static void copy_text (CpgComparePage *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < cpg_comparison_get_n (self->comparison); i++) {
    CpgContender *contender = cpg_comparison_get (self->comparison, i), *first = cpg_comparison_get (self->comparison, 0);
    g_autofree char *title = cpg_contender_get_title (contender),
                    *way = cpg_contender_describe_way (contender, i > 0 ? first : NULL);
    int n;
    const CpgToken *tokens = cpg_contender_get_tokens (contender, &n);
    g_autoptr (GString) shown = g_string_new (NULL);
    for (int k = 0; k < n; k++)
      g_string_append (shown, tokens[k].text);
    g_string_append_printf (text, "%s%s (%s)\n%s\n", i > 0 ? "\n" : "", title, way, g_strstrip (shown->str));
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
  cpg_page_say (CPG_PAGE (self), _ ("The texts are copied"));
}

static const struct {
  const char *name;
  gboolean (*can) (CpgComparePage *self);
  void (*perform) (CpgComparePage *self);
} actions[] = {
  {"run", can_run, run},
  {"stop", can_stop, stop},
  {"play", has_moments, play},
  {"first-step", can_go_back, go_first},
  {"previous-step", can_go_back, go_back},
  {"next-step", can_go_on, go_on},
  {"last-step", can_go_on, go_last},
  {"copy-text", has_moments, copy_text},
};

static int find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      return (int) i;
  return -1;
}

static gboolean can (CpgPage *page, const char *name)
{
  int i = find (name);
  return i >= 0 && actions[i].can (CPG_COMPARE_PAGE (page));
}

static void perform (CpgPage *page, const char *name)
{
  actions[find (name)].perform (CPG_COMPARE_PAGE (page));
}

void cpg_compare_page_init_actions (CpgPageInterface *interface)
{
  interface->can = can;
  interface->perform = perform;
}
