#include "app/cpg-models-page-private.h"

#include "app/cpg-config.h"
#include "app/cpg-models-catalog-row.h"
#include "app/cpg-models-words.h"
#include "app/cpg-page.h"

#include <glib/gi18n.h>

enum { SEARCH_FROM = 10 /* rows */ };

enum { PROP_SESSION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void cpg_models_page_init_page (CpgPageInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CpgModelsPage, cpg_models_page, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (CPG_TYPE_PAGE, cpg_models_page_init_page))

static gboolean cpg_models_page_can (CpgPage *page, const char *action)
{
  return FALSE;
}

static void cpg_models_page_perform (CpgPage *page, const char *action)
{
}

static void cpg_models_page_init_page (CpgPageInterface *interface)
{
  interface->can = cpg_models_page_can;
  interface->perform = cpg_models_page_perform;
}

void cpg_models_page_show_toast (CpgModelsPage *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- the search ---- */

static gboolean cpg_models_page_is_seen (GtkListBoxRow *row, gpointer data)
{
  CpgModelsPage *self = data;
  const char *words = gtk_editable_get_text (self->search);
  if (CPG_IS_MODELS_CATALOG_ROW (row))
    return !*words || cpg_models_catalog_row_matches (CPG_MODELS_CATALOG_ROW (row), words);
  CpgModelsInstalledRow *installed = CPG_MODELS_INSTALLED_ROW (row);
  return !g_hash_table_contains (self->removing, cpg_installed_model_get_path (cpg_models_installed_row_get_model (installed)))
         && (!*words || cpg_models_installed_row_matches (installed, words));
}

static gboolean has_seen (CpgModelsPage *self, GtkListBox *list)
{
  GtkListBoxRow *row;
  int i = 0;
  while ((row = gtk_list_box_get_row_at_index (list, i++)))
    if (cpg_models_page_is_seen (row, self))
      return TRUE;
  return FALSE;
}

/* A kind of which nothing is found goes with its heading. */
void cpg_models_page_filter (CpgModelsPage *self)
{
  gboolean any = FALSE, searching = *gtk_editable_get_text (self->search) != 0;
  for (guint i = 0; i < self->lists->len; i++) {
    GtkListBox *list = self->lists->pdata[i];
    gtk_list_box_invalidate_filter (list);
    gboolean seen = has_seen (self, list);
    any = any || seen;
    GtkWidget *group = gtk_widget_get_ancestor (GTK_WIDGET (list), ADW_TYPE_PREFERENCES_GROUP);
    gtk_widget_set_visible (group, seen || (list == self->installed && !searching));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), searching && !any);
}

static void cpg_models_page_on_search (CpgModelsPage *self)
{
  cpg_models_page_filter (self);
}

/* ---- what is installed ---- */

static CpgModelsInstalledRow *find_row (CpgModelsPage *self, const char *path)
{
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->installed, i);
    if (!row)
      return NULL;
    CpgInstalledModel *model = cpg_models_installed_row_get_model (CPG_MODELS_INSTALLED_ROW (row));
    if (g_str_equal (cpg_installed_model_get_path (model), path))
      return CPG_MODELS_INSTALLED_ROW (row);
  }
}

/* The rows stay as far as their models do: one of them may be at work, or have the focus. */
static void cpg_models_page_on_installed (CpgModelsPage *self)
{
  CpgInstalledModels *installed = cpg_library_get_installed (self->library);
  g_autoptr (GHashTable) there = g_hash_table_new (NULL, NULL); /* of rows */
  for (guint i = 0; i < cpg_installed_models_get_n_models (installed); i++) {
    CpgInstalledModel *model = cpg_installed_models_get_model (installed, i);
    CpgModelsInstalledRow *row = find_row (self, cpg_installed_model_get_path (model));
    if (row)
      cpg_models_installed_row_set_model (row, model);
    else {
      row = cpg_models_installed_row_new (self->session, model);
      g_signal_connect_object (row, "said", G_CALLBACK (cpg_models_page_show_toast), self, G_CONNECT_SWAPPED);
      gtk_list_box_insert (self->installed, GTK_WIDGET (row), (int) i);
    }
    g_hash_table_add (there, row);
  }
  for (int i = 0;;) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->installed, i);
    if (!row)
      break;
    if (g_hash_table_contains (there, row))
      i++;
    else
      gtk_list_box_remove (self->installed, GTK_WIDGET (row));
  }
  cpg_models_page_filter (self);
}

static void cpg_models_page_update_folder (CpgModelsPage *self)
{
  const char *path = cpg_library_get_folder (self->library);
  g_autofree char *there = g_strdup (path);
  while (!g_file_test (there, G_FILE_TEST_IS_DIR)) { /* it is made with the first model */
    char *above = g_path_get_dirname (there);
    g_free (there);
    there = above;
  }
  g_autoptr (GFile) file = g_file_new_for_path (there);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  guint64 bytes = info ? g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) : 0;
  g_autofree char *size = g_format_size (bytes),
                  *words = info ? g_strdup_printf (_ ("%s\n%s free"), path, size) : g_strdup (path);
  adw_action_row_set_subtitle (self->folder, words);
}

static void cpg_models_page_on_refreshing (CpgModelsPage *self)
{
  g_autofree char *problem = NULL;
  g_object_get (self->library, "problem", &problem, NULL);
  gtk_label_set_label (self->placeholder, problem                                     ? problem
                                          : cpg_library_is_refreshing (self->library) ? _ ("Looking for models")
                                                                                      : _ ("No model is installed"));
  cpg_models_page_update_folder (self);
}

/* ---- the catalogue ---- */

static GtkListBox *add_list (CpgModelsPage *self, CpgModelKind kind)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_list_box_new ());
  GtkWidget *group = adw_preferences_group_new ();
  const char *title = cpg_models_words_kinds (kind);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (list));
  gtk_list_box_set_selection_mode (list, GTK_SELECTION_NONE);
  gtk_list_box_set_filter_func (list, cpg_models_page_is_seen, self, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (self->catalog, group);
  g_ptr_array_add (self->lists, list);
  return list;
}

static void cpg_models_page_on_row_activated (GtkListBox *list, GtkListBoxRow *row, CpgModelsPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "model.details", NULL);
}

static void cpg_models_page_add_kind (CpgModelsPage *self, CpgModelKind kind)
{
  CpgCatalog *catalog = cpg_library_get_catalog (self->library);
  GtkListBox *list = NULL;
  for (guint i = 0; i < cpg_catalog_get_n_models (catalog); i++) {
    CpgCatalogModel *model = cpg_catalog_get_model (catalog, i);
    if (cpg_catalog_model_get_kind (model) != kind)
      continue;
    if (!list) {
      list = add_list (self, kind);
      g_signal_connect_object (list, "row-activated", G_CALLBACK (cpg_models_page_on_row_activated), self, 0);
    }
    gtk_list_box_append (list, GTK_WIDGET (cpg_models_catalog_row_new (self->library, model)));
  }
}

static void cpg_models_page_add_catalog (CpgModelsPage *self)
{
  static const CpgModelKind order[] = {CPG_MODEL_BUNDLE, CPG_MODEL_LANGUAGE_MODEL, CPG_MODEL_ENCODER, CPG_MODEL_CHECKPOINT,
                                       CPG_MODEL_TOKENIZER};
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    cpg_models_page_add_kind (self, order[i]);
  g_autofree char *lines = g_strjoinv ("\n", (char **) cpg_library_get_refused (self->library)),
                  *words = g_strdup_printf (_ ("A catalogue was left out:\n%s"), lines);
  gtk_label_set_label (self->refused, words);
  gtk_widget_set_visible (GTK_WIDGET (self->refused), *lines != 0);
  gtk_widget_set_visible (GTK_WIDGET (self->search),
                          cpg_catalog_get_n_models (cpg_library_get_catalog (self->library)) > SEARCH_FROM);
}

/* ---- the object ---- */

/* When somebody looks: the first frame of the window does not wait for it. */
static void cpg_models_page_on_map (CpgModelsPage *self)
{
  if (self->library)
    cpg_library_refresh (self->library); /* somebody may have put a file there meanwhile */
  if (self->library || !self->session)
    return;
  self->library = g_object_ref (cpg_session_get_library (self->session));
  g_signal_connect_object (cpg_library_get_installed (self->library), "items-changed", G_CALLBACK (cpg_models_page_on_installed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "notify::refreshing", G_CALLBACK (cpg_models_page_on_refreshing), self,
                           G_CONNECT_SWAPPED);
  cpg_models_page_add_catalog (self);
  cpg_models_page_on_installed (self);
  cpg_models_page_on_refreshing (self);
}

static void cpg_models_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, CPG_MODELS_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void cpg_models_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&CPG_MODELS_PAGE (object)->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void cpg_models_page_dispose (GObject *object)
{
  CpgModelsPage *self = CPG_MODELS_PAGE (object);
  g_cancellable_cancel (self->cancellable);
  if (self->library)
    cpg_models_page_end_removing (self);
  g_ptr_array_set_size (self->lists, 0);
  adw_bin_set_child (ADW_BIN (self), NULL); /* which the next line would unparent behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_MODELS_PAGE);
  g_clear_object (&self->library);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (cpg_models_page_parent_class)->dispose (object);
}

static void cpg_models_page_finalize (GObject *object)
{
  CpgModelsPage *self = CPG_MODELS_PAGE (object);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->removing);
  g_ptr_array_unref (self->lists);
  G_OBJECT_CLASS (cpg_models_page_parent_class)->finalize (object);
}

static void cpg_models_page_class_init (CpgModelsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = cpg_models_page_get_property;
  object_class->set_property = cpg_models_page_set_property;
  object_class->dispose = cpg_models_page_dispose;
  object_class->finalize = cpg_models_page_finalize;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, CPG_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-models-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, search);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, imports);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, installed);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, placeholder);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, folder);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, catalog);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, nothing);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsPage, refused);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_page_on_search);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_page_on_row_activated);
  cpg_models_page_install_actions (klass);
}

static gboolean cpg_models_page_on_drop (CpgModelsPage *self, const GValue *value)
{
  if (!self->library)
    return FALSE;
  cpg_models_page_on_chosen (self, g_value_get_object (value), NULL);
  return TRUE;
}

static void cpg_models_page_init (CpgModelsPage *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  self->cancellable = g_cancellable_new ();
  self->removing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->lists = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_ptr_array_add (self->lists, self->installed);
  gtk_list_box_set_filter_func (self->installed, cpg_models_page_is_seen, self, NULL);
  g_signal_connect_swapped (drop, "drop", G_CALLBACK (cpg_models_page_on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
  g_signal_connect (self, "map", G_CALLBACK (cpg_models_page_on_map), NULL);
}
