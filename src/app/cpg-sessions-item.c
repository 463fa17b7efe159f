#include "app/cpg-sessions-item.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* Characters of a title: more than any side bar shows. */
enum { TITLE = 120 };

struct _CpgSessionsItem {
  GObject parent_instance;
  CpgLogRun *record;
  GListModel *tasks;
  gboolean shown;
};

enum { PROP_TITLE = 1, PROP_DETAILS, PROP_EXCERPT, PROP_TAGS, PROP_LABEL, PROP_SHOWN, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CpgSessionsItem, cpg_sessions_item, G_TYPE_OBJECT)

/* ---- days and times ---- */

static GDateTime *local_time (gint64 microseconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);
  return utc ? g_date_time_to_local (utc) : g_date_time_new_from_unix_utc (0);
}

static guint day_of (gint64 microseconds)
{
  g_autoptr (GDateTime) time = local_time (microseconds);
  int year, month, day;
  g_date_time_get_ymd (time, &year, &month, &day);
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return g_date_get_julian (&date);
}

char *cpg_sessions_item_name_day (guint day, gint64 now)
{
  guint today = day_of (now);
  char name[100];
  if (day == today)
    return g_strdup (_ ("Today"));
  if (day + 1 == today)
    return g_strdup (_ ("Yesterday"));
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, day);
  /* Translators: the date of a day in a list, as for strftime (). */
  return g_strdup (g_date_strftime (name, sizeof name, _ ("%e %B %Y"), &date) ? g_strstrip (name) : "");
}

char *cpg_sessions_item_name_time (gint64 started)
{
  g_autoptr (GDateTime) time = local_time (started);
  /* Translators: day and time of a run, in a sentence; as for strftime (). */
  return g_strstrip (g_date_time_format (time, _ ("%e %B, %H:%M")));
}

/* ---- words ---- */

char *cpg_sessions_item_title_record (const CpgLogRun *record)
{
  g_autofree char *heading = cpg_log_run_get_heading (record);
  g_strdelimit (heading, "\n\r\t", ' ');
  g_strstrip (heading);
  if (!*heading)
    return g_strdup (_ ("Without a text"));
  if (g_utf8_strlen (heading, -1) <= TITLE)
    return g_steal_pointer (&heading);
  return g_utf8_substring (heading, 0, TITLE);
}

/* NULL for one that is well. */
static const char *name_state (CpgLogState state)
{
  switch (state) {
  case CPG_LOG_RUNNING:
    return C_ ("run", "running");
  case CPG_LOG_CANCELLED:
    return C_ ("run", "stopped");
  case CPG_LOG_FAILED:
    return C_ ("run", "failed");
  case CPG_LOG_INTERRUPTED:
    return C_ ("run", "interrupted");
  default:
    return NULL;
  }
}

static char *describe (CpgSessionsItem *self)
{
  const CpgLogRun *record = self->record;
  CpgTask *task = cpg_task_list_find (self->tasks, record->task);
  g_autoptr (GDateTime) time = local_time (record->started);
  g_autofree char *clock = g_date_time_format (time, "%H:%M");
  g_autofree char *kind = NULL;
  if (record->kind == CPG_LOG_COMPARISON)
    kind = g_strdup_printf (ngettext ("Comparison of %d", "Comparison of %d", (gulong) record->n_columns), record->n_columns);
  /* Translators: below a run's title: its task, when it began, the number that its noise was made from. */
  g_autofree char *words = g_strdup_printf (_ ("%s · %s · seed %" PRIu64),
                                            kind   ? kind
                                            : task ? cpg_task_get_title (task)
                                                   : record->task,
                                            clock, record->seed);
  const char *state = name_state (record->state);
  return state ? g_strdup_printf ("%s · %s", words, state) : g_steal_pointer (&words);
}

/* What was found stands out. */
static char *mark_up (const char *excerpt)
{
  g_auto (GStrv) parts = excerpt ? g_strsplit_set (excerpt, "\001\002", -1) : NULL;
  GString *markup = g_string_new (NULL);
  for (guint i = 0; parts && parts[i]; i++) {
    g_strdelimit (parts[i], "\n\r\t", ' ');
    g_autofree char *text = g_markup_escape_text (parts[i], -1);
    g_string_append_printf (markup, i % 2 ? "<b>%s</b>" : "%s", text);
  }
  return g_string_free_and_steal (markup);
}

static char *label (CpgSessionsItem *self)
{
  g_autofree char *title = cpg_sessions_item_title_record (self->record), *details = describe (self);
  return g_strdup_printf ("%s, %s", title, details);
}

/* ---- the object ---- */

const CpgLogRun *cpg_sessions_item_get_record (CpgSessionsItem *self)
{
  return self->record;
}

const char *cpg_sessions_item_get_id (CpgSessionsItem *self)
{
  return self->record->id;
}

guint cpg_sessions_item_get_day (CpgSessionsItem *self)
{
  return day_of (self->record->started);
}

void cpg_sessions_item_set_record (CpgSessionsItem *self, const CpgLogRun *record)
{
  cpg_log_run_free (self->record);
  self->record = cpg_log_run_copy (record);
  for (int i = PROP_TITLE; i <= PROP_LABEL; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

void cpg_sessions_item_set_shown (CpgSessionsItem *self, gboolean shown)
{
  if (self->shown == shown)
    return;
  self->shown = shown;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWN]);
}

static void cpg_sessions_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CpgSessionsItem *self = CPG_SESSIONS_ITEM (object);
  switch (id) {
  case PROP_TITLE:
    g_value_take_string (value, cpg_sessions_item_title_record (self->record));
    break;
  case PROP_DETAILS:
    g_value_take_string (value, describe (self));
    break;
  case PROP_EXCERPT:
    g_value_take_string (value, mark_up (self->record->excerpt));
    break;
  case PROP_TAGS:
    g_value_take_string (value, self->record->tags ? g_strjoinv (" · ", self->record->tags) : NULL);
    break;
  case PROP_LABEL:
    g_value_take_string (value, label (self));
    break;
  case PROP_SHOWN:
    g_value_set_boolean (value, self->shown);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void cpg_sessions_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SHOWN)
    cpg_sessions_item_set_shown (CPG_SESSIONS_ITEM (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_sessions_item_finalize (GObject *object)
{
  CpgSessionsItem *self = CPG_SESSIONS_ITEM (object);
  cpg_log_run_free (self->record);
  g_object_unref (self->tasks);
  G_OBJECT_CLASS (cpg_sessions_item_parent_class)->finalize (object);
}

static void cpg_sessions_item_class_init (CpgSessionsItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  object_class->get_property = cpg_sessions_item_get_property;
  object_class->set_property = cpg_sessions_item_set_property;
  object_class->finalize = cpg_sessions_item_finalize;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_DETAILS] = g_param_spec_string ("details", NULL, NULL, NULL, flags);
  properties[PROP_EXCERPT] = g_param_spec_string ("excerpt", NULL, NULL, NULL, flags);
  properties[PROP_TAGS] = g_param_spec_string ("tags", NULL, NULL, NULL, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_SHOWN] = g_param_spec_boolean ("shown", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void cpg_sessions_item_init (CpgSessionsItem *self)
{
}

CpgSessionsItem *cpg_sessions_item_new (const CpgLogRun *record, GListModel *tasks)
{
  CpgSessionsItem *self = g_object_new (CPG_TYPE_SESSIONS_ITEM, NULL);
  self->record = cpg_log_run_copy (record);
  self->tasks = g_object_ref (tasks);
  return self;
}
