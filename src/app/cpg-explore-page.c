#include "app/cpg-explore-page.h"

#include "app/cpg-config.h"
#include "app/cpg-explore-edit.h"
#include "app/cpg-explore-interpolate.h"
#include "app/cpg-explore-perturb.h"
#include "app/cpg-explore-reconstruct.h"
#include "app/cpg-explore-studies.h"
#include "app/cpg-page.h"

struct _CpgExplorePage {
  AdwBin parent_instance;
  CpgSession *session;

  AdwToggleGroup *experiments;
  AdwViewStack *stack; /* of experiments, each a page of its own */
};

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void cpg_explore_page_init_page (CpgPageInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgExplorePage, cpg_explore_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_explore_page_init_page))

/* ---- what can be done is what the shown experiment can ---- */

static CpgPage *get_experiment (CpgExplorePage *self)
{
  return CPG_PAGE (adw_view_stack_get_visible_child (self->stack));
}

void cpg_explore_page_show_experiment (CpgExplorePage *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->stack, name);
}

static gboolean cpg_explore_page_can (CpgPage *page, const char *action)
{
  return cpg_page_can (get_experiment (CPG_EXPLORE_PAGE (page)), action);
}

static void cpg_explore_page_perform (CpgPage *page, const char *action)
{
  cpg_page_perform (get_experiment (CPG_EXPLORE_PAGE (page)), action);
}

static void cpg_explore_page_init_page (CpgPageInterface *interface)
{
  interface->can = cpg_explore_page_can;
  interface->perform = cpg_explore_page_perform;
}

static void cpg_explore_page_on_said (CpgExplorePage *self, const char *text, CpgPage *experiment)
{
  cpg_page_say (CPG_PAGE (self), "%s", text);
}

/* ---- the object ---- */

static void cpg_explore_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgExplorePage *self = CPG_EXPLORE_PAGE (object);
  if (id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_explore_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CpgExplorePage *self = CPG_EXPLORE_PAGE (object);
  if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void cpg_explore_page_dispose (GObject *object)
{
  CpgExplorePage *self = CPG_EXPLORE_PAGE (object);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_PAGE);
  G_OBJECT_CLASS (cpg_explore_page_parent_class)->dispose (object);
}

static void cpg_explore_page_class_init (CpgExplorePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_explore_page_get_property;
  object_class->set_property = cpg_explore_page_set_property;
  object_class->dispose = cpg_explore_page_dispose;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  g_type_ensure (CPG_TYPE_EXPLORE_EDIT);
  g_type_ensure (CPG_TYPE_EXPLORE_INTERPOLATE);
  g_type_ensure (CPG_TYPE_EXPLORE_PERTURB);
  g_type_ensure (CPG_TYPE_EXPLORE_RECONSTRUCT);
  g_type_ensure (CPG_TYPE_EXPLORE_STUDIES);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePage, experiments);
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePage, stack);
  gtk_widget_class_bind_template_callback (widget_class, cpg_page_changed);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_page_on_said);
}

static void cpg_explore_page_init (CpgExplorePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_bind_property (self->stack, "visible-child-name", self->experiments, "active-name",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}
