#include "app/cpg-explore-input.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

enum { PAUSE = 300 /* ms */ };

struct _CpgExploreInput {
  AdwBin parent_instance;
  CpgSession *session;
  char *title, *hint;
  guint timer;

  GtkTextBuffer *buffer;
};

enum { PROP_SESSION = 1, PROP_TITLE, PROP_TEXT, PROP_HINT, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgExploreInput, cpg_explore_input, ADW_TYPE_BIN)

static char *get_all (CpgExploreInput *self)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

char *cpg_explore_input_get_text (CpgExploreInput *self)
{
  return g_strstrip (get_all (self));
}

static void cpg_explore_input_set_hint (CpgExploreInput *self, const char *hint)
{
  if (g_set_str (&self->hint, hint))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HINT]);
}

void cpg_explore_input_set_state (CpgExploreInput *self, gboolean cut, int max_tokens)
{
  g_autofree char *text = cpg_explore_input_get_text (self);
  g_autofree char *too_long = g_strdup_printf (ngettext ("The model reads %d token; the end of this text is left out.",
                                                         "The model reads %d tokens; the end of this text is left out.",
                                                         (gulong) max_tokens),
                                               max_tokens);
  cpg_explore_input_set_hint (self, !*text ? _ ("There is no text yet: write one, or take the shown one.")
                                    : cut  ? too_long
                                           : NULL);
}

static void cpg_explore_input_tell (CpgExploreInput *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean cpg_explore_input_on_pause (gpointer data)
{
  CpgExploreInput *self = data;
  self->timer = 0;
  cpg_explore_input_tell (self);
  return G_SOURCE_REMOVE;
}

static void cpg_explore_input_on_typed (CpgExploreInput *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (PAUSE, cpg_explore_input_on_pause, self);
}

static void cpg_explore_input_on_take (CpgExploreInput *self)
{
  CpgRun *run = self->session ? cpg_session_get_run (self->session) : NULL;
  CpgStep *step = run ? cpg_run_get_current (run) : NULL;
  if (!step || !cpg_step_is_decoded (step))
    return;
  gtk_text_buffer_set_text (self->buffer, cpg_step_get_text (step), -1);
  cpg_explore_input_tell (self);
}

static gboolean cpg_explore_input_has_words (CpgExploreInput *self, const char *words)
{
  return words && *words;
}

static void cpg_explore_input_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgExploreInput *self = CPG_EXPLORE_INPUT (object);
  switch (id) {
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_TEXT:
    g_value_take_string (value, get_all (self));
    break;
  case PROP_HINT:
    g_value_set_string (value, self->hint);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_explore_input_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgExploreInput *self = CPG_EXPLORE_INPUT (object);
  switch (id) {
  case PROP_SESSION:
    g_set_object (&self->session, g_value_get_object (value));
    break;
  case PROP_TITLE:
    g_set_str (&self->title, g_value_get_string (value));
    break;
  case PROP_TEXT:
    gtk_text_buffer_set_text (self->buffer, g_value_get_string (value) ? g_value_get_string (value) : "", -1);
    break;
  case PROP_HINT:
    cpg_explore_input_set_hint (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_explore_input_dispose (GObject *object)
{
  CpgExploreInput *self = CPG_EXPLORE_INPUT (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->session);
  if (self->buffer)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_INPUT);
  G_OBJECT_CLASS (cpg_explore_input_parent_class)->dispose (object);
}

static void cpg_explore_input_finalize (GObject *object)
{
  CpgExploreInput *self = CPG_EXPLORE_INPUT (object);
  g_free (self->title);
  g_free (self->hint);
  G_OBJECT_CLASS (cpg_explore_input_parent_class)->finalize (object);
}

static void cpg_explore_input_class_init (CpgExploreInputClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_explore_input_get_property;
  object_class->set_property = cpg_explore_input_set_property;
  object_class->dispose = cpg_explore_input_dispose;
  object_class->finalize = cpg_explore_input_finalize;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-input.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInput, buffer);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_input_has_words);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_input_on_take);
}

static void cpg_explore_input_init (CpgExploreInput *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->buffer, "changed", G_CALLBACK (cpg_explore_input_on_typed), self);
}
