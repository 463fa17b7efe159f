#include "engine/cpg-task.h"

#include "engine/cpg-model.h"

#include <glib/gi18n-lib.h>

typedef struct {
  const char *id, *title, *description;
  gboolean takes_source;
} Facts;

static const Facts all[] = {
  {"story", N_ ("Story"), N_ ("Five sentences of everyday life, out of nothing but noise"), FALSE},
  {"summary", N_ ("Summary"), N_ ("A text or a talk in a sentence or two"), TRUE},
  {"question", N_ ("Question"), N_ ("A question about a passage whose answer comes first"), TRUE},
  {"detox", N_ ("Detox"), N_ ("The same said without insults"), TRUE},
};

struct _CpgTask {
  GObject parent_instance;
  const Facts *facts;
  gboolean available;
};

G_DEFINE_FINAL_TYPE (CpgTask, cpg_task, G_TYPE_OBJECT)

enum { PROP_ID = 1, PROP_TITLE, PROP_DESCRIPTION, PROP_TAKES_SOURCE, PROP_AVAILABLE, N_PROPS };
static GParamSpec *props[N_PROPS];

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgTask *self = CPG_TASK (object);
  switch (id) {
  case PROP_ID:
    g_value_set_string (value, cpg_task_get_id (self));
    break;
  case PROP_TITLE:
    g_value_set_string (value, cpg_task_get_title (self));
    break;
  case PROP_DESCRIPTION:
    g_value_set_string (value, cpg_task_get_description (self));
    break;
  case PROP_TAKES_SOURCE:
    g_value_set_boolean (value, cpg_task_takes_source (self));
    break;
  case PROP_AVAILABLE:
    g_value_set_boolean (value, cpg_task_is_available (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void cpg_task_class_init (CpgTaskClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  props[PROP_TAKES_SOURCE] = g_param_spec_boolean ("takes-source", NULL, NULL, FALSE, flags);
  props[PROP_AVAILABLE] = g_param_spec_boolean ("available", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void cpg_task_init (CpgTask *self)
{
  (void) self;
}

/* ---- lists ---- */

GListModel *cpg_task_list_new (void)
{
  GListStore *list = g_list_store_new (CPG_TYPE_TASK);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autoptr (CpgTask) task = g_object_new (CPG_TYPE_TASK, NULL);
    task->facts = &all[i];
    g_list_store_append (list, task);
  }
  return G_LIST_MODEL (list);
}

CpgTask *cpg_task_list_find (GListModel *list, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (CpgTask) task = g_list_model_get_item (list, i);
    if (g_strcmp0 (task->facts->id, id) == 0)
      return task; /* the list keeps it */
  }
  return NULL;
}

guint cpg_tasks_find_available (const CosmosConfig *config)
{
  guint available = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    gboolean open = config && cosmos_config_find_task (config, all[i].id) >= 0;
    g_autofree char *path = open ? NULL : cpg_models_find (all[i].id);
    if (open || path)
      available |= 1u << i;
  }
  return available;
}

void cpg_task_list_set_available (GListModel *list, guint available)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (CpgTask) task = g_list_model_get_item (list, i);
    gboolean now = (available >> i) & 1;
    if (task->available == now)
      continue;
    task->available = now;
    g_object_notify_by_pspec (G_OBJECT (task), props[PROP_AVAILABLE]);
  }
}

/* ---- one ---- */

const char *cpg_task_get_id (CpgTask *self)
{
  return self->facts->id;
}

const char *cpg_task_get_title (CpgTask *self)
{
  return _ (self->facts->title);
}

const char *cpg_task_get_description (CpgTask *self)
{
  return _ (self->facts->description);
}

gboolean cpg_task_takes_source (CpgTask *self)
{
  return self->facts->takes_source;
}

gboolean cpg_task_is_available (CpgTask *self)
{
  return self->available;
}
