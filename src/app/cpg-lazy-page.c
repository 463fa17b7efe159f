#include "app/cpg-lazy-page.h"

struct _CpgLazyPage {
  AdwBin parent_instance;
  GType page_type;
  CpgSession *session;
};

enum { PROP_PAGE_TYPE = 1, PROP_SESSION, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void cpg_lazy_page_init_page (CpgPageInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgLazyPage, cpg_lazy_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_lazy_page_init_page))

static CpgPage *cpg_lazy_page_find (CpgLazyPage *self)
{
  GtkWidget *child = adw_bin_get_child (ADW_BIN (self));
  return child ? CPG_PAGE (child) : NULL;
}

static void cpg_lazy_page_on_said (CpgLazyPage *self, const char *text)
{
  cpg_page_say (CPG_PAGE (self), "%s", text);
}

CpgPage *cpg_lazy_page_get_page (CpgLazyPage *self)
{
  if (cpg_lazy_page_find (self))
    return cpg_lazy_page_find (self);
  GtkWidget *page = g_object_new (self->page_type, "session", self->session, NULL);
  g_object_bind_property (self, "session", page, "session", G_BINDING_DEFAULT);
  g_signal_connect_object (page, "changed", G_CALLBACK (cpg_page_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "said", G_CALLBACK (cpg_lazy_page_on_said), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), page);
  cpg_page_changed (CPG_PAGE (self));
  return CPG_PAGE (page);
}

static void cpg_lazy_page_map (GtkWidget *widget)
{
  cpg_lazy_page_get_page (CPG_LAZY_PAGE (widget));
  GTK_WIDGET_CLASS (cpg_lazy_page_parent_class)->map (widget);
}

/* ---- as a page ---- */

static gboolean cpg_lazy_page_can (CpgPage *page, const char *action)
{
  CpgPage *child = cpg_lazy_page_find (CPG_LAZY_PAGE (page));
  return child && cpg_page_can (child, action);
}

static void cpg_lazy_page_perform (CpgPage *page, const char *action)
{
  cpg_page_perform (cpg_lazy_page_find (CPG_LAZY_PAGE (page)), action);
}

static void cpg_lazy_page_init_page (CpgPageInterface *interface)
{
  interface->can = cpg_lazy_page_can;
  interface->perform = cpg_lazy_page_perform;
}

/* ---- the object ---- */

static void cpg_lazy_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgLazyPage *self = CPG_LAZY_PAGE (object);
  switch (id) {
  case PROP_PAGE_TYPE:
    g_value_set_gtype (value, self->page_type);
    break;
  case PROP_SESSION:
    g_value_set_object (value, self->session);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_lazy_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgLazyPage *self = CPG_LAZY_PAGE (object);
  switch (id) {
  case PROP_PAGE_TYPE:
    self->page_type = g_value_get_gtype (value);
    break;
  case PROP_SESSION:
    if (g_set_object (&self->session, g_value_get_object (value)))
      g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_lazy_page_dispose (GObject *object)
{
  g_clear_object (&CPG_LAZY_PAGE (object)->session);
  G_OBJECT_CLASS (cpg_lazy_page_parent_class)->dispose (object);
}

static void cpg_lazy_page_class_init (CpgLazyPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = cpg_lazy_page_get_property;
  object_class->set_property = cpg_lazy_page_set_property;
  object_class->dispose = cpg_lazy_page_dispose;
  GTK_WIDGET_CLASS (klass)->map = cpg_lazy_page_map;
  properties[PROP_PAGE_TYPE] = g_param_spec_gtype ("page-type", NULL, NULL, GTK_TYPE_WIDGET,
                                                   G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_lazy_page_init (CpgLazyPage *self)
{
}
