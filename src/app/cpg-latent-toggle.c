#include "app/cpg-latent-toggle.h"

#include <glib/gi18n.h>

enum { N_NAMED = 3 };

struct _CpgLatentToggle {
  GtkToggleButton parent_instance;
  int number;
  gboolean is_pointed_at, is_looked_at;
  GtkLabel *title, *tokens;
};

enum { PROP_LOOKED_AT = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgLatentToggle, cpg_latent_toggle, GTK_TYPE_TOGGLE_BUTTON)

int cpg_latent_toggle_get_number (CpgLatentToggle *self)
{
  return self->number;
}

/* ---- words ---- */

/* Tokens by influence, the most influenced first; how many of them have at least that much, up to N_NAMED. */
static int find_most (const float *influence, int n, float least, int *most)
{
  int n_most = 0;
  for (int k = 0; k < N_NAMED; k++) {
    int best = -1;
    for (int i = 0; i < n; i++) {
      gboolean is_taken = FALSE;
      for (int j = 0; j < n_most; j++)
        is_taken = is_taken || most[j] == i;
      if (!is_taken && influence[i] >= least && (best < 0 || influence[i] > influence[best]))
        best = i;
    }
    if (best < 0)
      break;
    most[n_most++] = best;
  }
  return n_most;
}

static void add_token (GString *words, const CpgToken *token, const char *between)
{
  g_autofree char *valid = g_utf8_make_valid (token->text, -1);
  g_string_append_printf (words, "%s%s", words->len ? between : "", g_strstrip (valid));
}

void cpg_latent_toggle_set_tokens (CpgLatentToggle *self, const CpgToken *tokens, const float *influence, int n, float least)
{
  int most[N_NAMED], n_most = find_most (influence, n, least, most);
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (GString) spoken = g_string_new (NULL);
  for (int i = 0; i < n_most; i++) {
    add_token (shown, &tokens[most[i]], " · ");
    /* Translators: between words in a list */
    add_token (spoken, &tokens[most[i]], _ (", "));
  }
  /* Translators: a latent by its number, and the words it holds most of, in a list */
  g_autofree char *name = n_most ? g_strdup_printf (_ ("Latent %d: %s"), self->number, spoken->str)
                                 : g_strdup_printf (_ ("Latent %d"), self->number);
  g_autofree char *tooltip = NULL;
  gtk_label_set_label (self->tokens, n_most ? shown->str : "–");
  if (n_most) {
    g_autoptr (GString) first = g_string_new (NULL);
    add_token (first, &tokens[most[0]], "");
    tooltip = g_strdup_printf (_ ("Without this latent the probability of “%s” falls by %.0f points. Press to pin it."),
                               first->str, 100 * (double) influence[most[0]]);
  } else if (n > 0)
    tooltip = g_strdup (_ ("Without this latent no token loses much. Press to pin it."));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* ---- who looks ---- */

static void update_looked_at (CpgLatentToggle *self)
{
  gboolean is_looked_at = self->is_pointed_at || gtk_widget_has_visible_focus (GTK_WIDGET (self));
  if (self->is_looked_at == is_looked_at)
    return;
  self->is_looked_at = is_looked_at;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOOKED_AT]);
}

static void on_enter (CpgLatentToggle *self)
{
  self->is_pointed_at = TRUE;
  update_looked_at (self);
}

static void on_leave (CpgLatentToggle *self)
{
  self->is_pointed_at = FALSE;
  update_looked_at (self);
}

/* ---- the object ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOOKED_AT)
    g_value_set_boolean (value, CPG_LATENT_TOGGLE (object)->is_looked_at);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_latent_toggle_class_init (CpgLatentToggleClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = get_property;
  properties[PROP_LOOKED_AT] = g_param_spec_boolean ("looked-at", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPERTIES, properties);
}

/* No template: a label or two, once for every latent of a model. */
static void cpg_latent_toggle_init (CpgLatentToggle *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  /* Read out as the button's state. */
  GtkWidget *pin = g_object_new (GTK_TYPE_IMAGE, "icon-name", "view-pin-symbolic", "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->title = GTK_LABEL (gtk_label_new (NULL));
  self->tokens = GTK_LABEL (gtk_label_new ("–"));
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->tokens), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self), "latent");
  gtk_label_set_ellipsize (self->tokens, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (self->tokens, 11);
  gtk_label_set_max_width_chars (self->tokens, 11);
  gtk_widget_set_halign (head, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (head), pin);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->tokens));
  gtk_button_set_child (GTK_BUTTON (self), box);
  g_object_bind_property (self, "active", pin, "visible", G_BINDING_SYNC_CREATE);

  GtkEventController *motion = gtk_event_controller_motion_new (), *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (update_looked_at), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (update_looked_at), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *cpg_latent_toggle_new (int number)
{
  CpgLatentToggle *self = g_object_new (CPG_TYPE_LATENT_TOGGLE, NULL);
  g_autofree char *title = g_strdup_printf ("%d", number);
  self->number = number;
  gtk_label_set_label (self->title, title);
  cpg_latent_toggle_set_tokens (self, NULL, NULL, 0, 0);
  return GTK_WIDGET (self);
}
