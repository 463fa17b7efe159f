#include "engine/cpg-comparison.h"

struct _CpgComparison {
  GObject parent_instance;
  GPtrArray *contenders;
  GWeakRef engine;
  CpgSettings *base; /* NULL before it is started */
  gboolean active, is_turning;
  char *reference;
  char *judge;             /* path */
  GCancellable *measuring; /* or NULL */
  CpgReport *report;       /* or NULL */
  CpgReport *given;        /* instead of measuring once; or NULL */
  guint serial;
};

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgComparison, cpg_comparison, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { PROP_ACTIVE = 1, PROP_MEASURING, PROP_REFERENCE, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { PROGRESSED, MEASURED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- the list ---- */

static GType get_item_type (GListModel *list)
{
  (void) list;
  return CPG_TYPE_CONTENDER;
}

static guint get_n_items (GListModel *list)
{
  return CPG_COMPARISON (list)->contenders->len;
}

static gpointer get_item (GListModel *list, guint i)
{
  CpgComparison *self = CPG_COMPARISON (list);
  return i < self->contenders->len ? g_object_ref (g_ptr_array_index (self->contenders, i)) : NULL;
}

static void list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

guint cpg_comparison_get_n (CpgComparison *self)
{
  return self->contenders->len;
}

CpgContender *cpg_comparison_get (CpgComparison *self, guint i)
{
  g_return_val_if_fail (i < self->contenders->len, NULL);
  return g_ptr_array_index (self->contenders, i);
}

/* ---- measuring ---- */

static void forget_measures (CpgComparison *self)
{
  gboolean was_measuring = self->measuring != NULL;
  if (was_measuring)
    g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  if (was_measuring)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEASURING]);
  if (!self->report)
    return;
  g_clear_pointer (&self->report, cpg_report_free);
  g_signal_emit (self, signals[MEASURED], 0);
}

static void on_measured (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  g_autoptr (CpgComparison) self = data;
  CpgReport *report = cpg_measure_finish (result, NULL); /* which fails only where it was cancelled */
  if (!report)
    return;
  g_clear_pointer (&self->report, cpg_report_free);
  self->report = report;
  for (guint i = 0; i < self->contenders->len && i < report->n; i++) {
    const char *path = cpg_contender_get_language_path (cpg_comparison_get (self, i));
    report->items[i].own_judge = path && report->judge && g_str_equal (path, self->judge);
  }
  g_clear_object (&self->measuring);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEASURING]);
  g_signal_emit (self, signals[MEASURED], 0);
}

static void measure (CpgComparison *self)
{
  g_autoptr (CpgEngine) engine = g_weak_ref_get (&self->engine);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  gboolean any = FALSE;
  for (guint i = 0; i < self->contenders->len; i++) {
    CpgContender *contender = cpg_comparison_get (self, i);
    gboolean done = cpg_contender_get_state (contender) == CPG_RUN_DONE;
    g_ptr_array_add (texts, (gpointer) (done ? cpg_contender_get_text (contender) : ""));
    any = any || done;
  }
  forget_measures (self);
  if (!engine || !any)
    return;
  g_ptr_array_add (texts, NULL);
  g_free (self->judge);
  self->judge = cpg_engine_find_language_model (cpg_settings_get_task (self->base));
  if (!self->judge)
    self->judge = cpg_engine_find_language_model (NULL); /* who does not write for a task can still judge */
  self->measuring = g_cancellable_new ();
  cpg_measure_async (engine, cpg_settings_get_task (self->base), (const char *const *) texts->pdata, self->judge, self->reference,
                     self->measuring, on_measured, g_object_ref (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEASURING]);
}

const CpgMeasures *cpg_comparison_get_measures (CpgComparison *self, guint i)
{
  return self->report && i < self->report->n ? &self->report->items[i] : NULL;
}

const char *cpg_comparison_get_judge (CpgComparison *self)
{
  return self->report ? self->report->judge : NULL;
}

gboolean cpg_comparison_is_own_judge (CpgComparison *self, guint i)
{
  const CpgMeasures *measures = cpg_comparison_get_measures (self, i);
  return measures && measures->own_judge;
}

gboolean cpg_comparison_is_measuring (CpgComparison *self)
{
  return self->measuring != NULL;
}

void cpg_comparison_set_reference (CpgComparison *self, const char *reference)
{
  if (!g_set_str (&self->reference, reference ? reference : ""))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REFERENCE]);
  if (self->base && !self->active)
    measure (self);
}

/* ---- one after another ---- */

static void set_active (CpgComparison *self, gboolean active)
{
  if (self->active == active)
    return;
  self->active = active;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE]);
}

/* The first that has not begun begins, where none is at work. FALSE: all have ended. */
static gboolean begin_next (CpgComparison *self, CpgEngine *engine)
{
  for (guint i = 0; i < self->contenders->len; i++) {
    CpgContender *contender = cpg_comparison_get (self, i);
    if (!cpg_contender_is_begun (contender))
      cpg_contender_start (contender, engine);
    if (cpg_contender_is_active (contender))
      return TRUE;
  }
  return FALSE;
}

/* What it starts tells at once that it has changed: that is no news here. */
static void turn (CpgComparison *self)
{
  g_autoptr (CpgEngine) engine = g_weak_ref_get (&self->engine);
  if (self->is_turning || !self->active)
    return;
  self->is_turning = TRUE;
  gboolean goes_on = engine && begin_next (self, engine);
  self->is_turning = FALSE;
  if (goes_on)
    return;
  set_active (self, FALSE);
  if (self->given) {
    self->report = g_steal_pointer (&self->given);
    g_signal_emit (self, signals[MEASURED], 0);
  } else
    measure (self);
}

static void on_state (CpgComparison *self, GParamSpec *pspec, CpgContender *contender)
{
  (void) pspec;
  g_signal_emit (self, signals[PROGRESSED], 0);
  if (self->active && !self->is_turning && cpg_contender_is_begun (contender)
      && cpg_contender_get_state (contender) == CPG_RUN_CANCELLED)
    cpg_comparison_cancel (self); /* not by us: the engine has gone */
  else
    turn (self);
}

static void on_n_done (CpgComparison *self)
{
  g_signal_emit (self, signals[PROGRESSED], 0);
}

gboolean cpg_comparison_add (CpgComparison *self, CpgContender *contender)
{
  if (self->contenders->len >= CPG_COMPARISON_MAX)
    return FALSE;
  g_ptr_array_add (self->contenders, g_object_ref (contender));
  g_signal_connect_object (contender, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (contender, "notify::n-done", G_CALLBACK (on_n_done), self, G_CONNECT_SWAPPED);
  if (self->base)
    cpg_contender_prepare (contender, self->base);
  g_list_model_items_changed (G_LIST_MODEL (self), self->contenders->len - 1, 0, 1);
  if (!self->base)
    return TRUE;
  forget_measures (self);
  set_active (self, TRUE);
  turn (self);
  return TRUE;
}

void cpg_comparison_replace (CpgComparison *self, CpgContender *const *contenders, guint n)
{
  g_return_if_fail (n >= CPG_COMPARISON_MIN && n <= CPG_COMPARISON_MAX);
  guint before = self->contenders->len;
  cpg_comparison_cancel (self);
  for (guint i = 0; i < before; i++)
    g_signal_handlers_disconnect_by_data (cpg_comparison_get (self, i), self);
  g_clear_object (&self->base);
  g_ptr_array_set_size (self->contenders, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);
  for (guint i = 0; i < n; i++)
    cpg_comparison_add (self, contenders[i]);
}

gboolean cpg_comparison_remove (CpgComparison *self, guint i)
{
  g_return_val_if_fail (i < self->contenders->len, FALSE);
  if (self->contenders->len <= CPG_COMPARISON_MIN)
    return FALSE;
  g_autoptr (CpgContender) contender = g_ptr_array_steal_index (self->contenders, i);
  g_signal_handlers_disconnect_by_data (contender, self);
  cpg_contender_cancel (contender);
  forget_measures (self);
  g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
  g_signal_emit (self, signals[PROGRESSED], 0);
  if (self->active)
    turn (self);
  else if (self->base)
    measure (self);
  return TRUE;
}

static void start (CpgComparison *self, CpgEngine *engine, CpgSettings *base, CpgRun *run)
{
  self->is_turning = TRUE;
  forget_measures (self);
  self->serial++;
  g_weak_ref_set (&self->engine, engine);
  g_clear_object (&self->base);
  self->base = cpg_settings_copy (base);
  for (guint i = 0; i < self->contenders->len; i++) {
    cpg_contender_reset (cpg_comparison_get (self, i));
    cpg_contender_prepare (cpg_comparison_get (self, i), self->base);
  }
  if (run)
    cpg_contender_adopt (cpg_comparison_get (self, 0), engine, run);
  self->is_turning = FALSE;
  set_active (self, TRUE);
  turn (self);
}

void cpg_comparison_start (CpgComparison *self, CpgEngine *engine, CpgSettings *base)
{
  g_clear_pointer (&self->given, cpg_report_free);
  start (self, engine, base, NULL);
}

void cpg_comparison_start_with (CpgComparison *self, CpgEngine *engine, CpgRun *run)
{
  g_return_if_fail (self->contenders->len > 0);
  g_clear_pointer (&self->given, cpg_report_free);
  start (self, engine, cpg_run_get_settings (run), run);
}

void cpg_comparison_restore (CpgComparison *self, CpgContender *const *contenders, guint n, CpgEngine *engine, CpgSettings *base,
                             CpgRun *run, CpgReport *report)
{
  cpg_comparison_replace (self, contenders, n);
  g_clear_pointer (&self->given, cpg_report_free);
  self->given = report;
  start (self, engine, base, run);
}

guint cpg_comparison_get_serial (CpgComparison *self)
{
  return self->serial;
}

CpgSettings *cpg_comparison_get_base (CpgComparison *self)
{
  return self->base;
}

void cpg_comparison_cancel (CpgComparison *self)
{
  forget_measures (self);
  g_clear_pointer (&self->given, cpg_report_free);
  if (!self->active)
    return;
  self->is_turning = TRUE;
  for (guint i = 0; i < self->contenders->len; i++)
    cpg_contender_cancel (cpg_comparison_get (self, i));
  self->is_turning = FALSE;
  set_active (self, FALSE);
}

gboolean cpg_comparison_is_active (CpgComparison *self)
{
  return self->active;
}

gboolean cpg_comparison_is_started (CpgComparison *self)
{
  return self->base != NULL;
}

/* ---- the object ---- */

static void get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  CpgComparison *self = CPG_COMPARISON (object);
  switch (id) {
  case PROP_ACTIVE:
    g_value_set_boolean (value, self->active);
    break;
  case PROP_MEASURING:
    g_value_set_boolean (value, self->measuring != NULL);
    break;
  case PROP_REFERENCE:
    g_value_set_string (value, self->reference);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_REFERENCE)
    cpg_comparison_set_reference (CPG_COMPARISON (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void dispose (GObject *object)
{
  CpgComparison *self = CPG_COMPARISON (object);
  cpg_comparison_cancel (self);
  g_clear_object (&self->base);
  g_ptr_array_set_size (self->contenders, 0);
  G_OBJECT_CLASS (cpg_comparison_parent_class)->dispose (object);
}

static void finalize (GObject *object)
{
  CpgComparison *self = CPG_COMPARISON (object);
  g_ptr_array_unref (self->contenders);
  g_weak_ref_clear (&self->engine);
  g_free (self->reference);
  g_free (self->judge);
  g_clear_pointer (&self->given, cpg_report_free);
  G_OBJECT_CLASS (cpg_comparison_parent_class)->finalize (object);
}

static void cpg_comparison_class_init (CpgComparisonClass *class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  props[PROP_MEASURING] = g_param_spec_boolean ("measuring", NULL, NULL, FALSE, flags);
  props[PROP_REFERENCE] = g_param_spec_string ("reference", NULL, NULL, "", flags | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[PROGRESSED] = g_signal_new ("progressed", CPG_TYPE_COMPARISON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MEASURED] = g_signal_new ("measured", CPG_TYPE_COMPARISON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void cpg_comparison_init (CpgComparison *self)
{
  self->contenders = g_ptr_array_new_with_free_func (g_object_unref);
  self->reference = g_strdup ("");
  g_weak_ref_init (&self->engine, NULL);
}

CpgComparison *cpg_comparison_new (void)
{
  return g_object_new (CPG_TYPE_COMPARISON, NULL);
}
