#include "app/cpg-study-table.h"

#include "app/cpg-study-words.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MOST_HEIGHT = 420, NAME = -1, LABEL = -2 }; /* columns that are no numbers */

/* A row in the list; it holds the result that the row is of. */
#define CPG_TYPE_STUDY_ITEM (cpg_study_item_get_type ())
G_DECLARE_FINAL_TYPE (CpgStudyItem, cpg_study_item, CPG, STUDY_ITEM, GObject)

struct _CpgStudyItem {
  GObject parent_instance;
  CpgStudyResult *result;
  const CpgStudyTable *table;
  const CpgStudyRow *row;
  char *label;
};

G_DEFINE_FINAL_TYPE (CpgStudyItem, cpg_study_item, G_TYPE_OBJECT)

static void cpg_study_item_finalize (GObject *object)
{
  CpgStudyItem *self = CPG_STUDY_ITEM (object);
  g_clear_pointer (&self->result, cpg_study_result_unref);
  g_free (self->label);
  G_OBJECT_CLASS (cpg_study_item_parent_class)->finalize (object);
}

static void cpg_study_item_class_init (CpgStudyItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = cpg_study_item_finalize;
}

static void cpg_study_item_init (CpgStudyItem *self)
{
}

/* Of the column of a factory or sorter. */
static char *get_words (CpgStudyItem *item, int column)
{
  return column == LABEL  ? g_strdup (item->label)
         : column == NAME ? g_strdup (item->row->name)
                          : cpg_study_words_number (item->table, (guint) column, item->row->values[column]);
}

static void on_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean is_number = GPOINTER_TO_INT (data) >= 0;
  gtk_label_set_xalign (GTK_LABEL (label), is_number ? 1 : 0);
  if (is_number)
    gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (cell, label);
}

static void on_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  g_autofree char *words = get_words (gtk_list_item_get_item (cell), GPOINTER_TO_INT (data));
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (cell)), *words ? words : "—");
}

/* Where there is no number, last. */
static int compare (gconstpointer a, gconstpointer b, gpointer data)
{
  CpgStudyItem *first = (gpointer) a, *second = (gpointer) b;
  int column = GPOINTER_TO_INT (data);
  if (column < 0) {
    g_autofree char *x = get_words (first, column), *y = get_words (second, column);
    return g_utf8_collate (x, y);
  }
  double x = first->row->values[column], y = second->row->values[column];
  x = isnan (x) ? INFINITY : x;
  y = isnan (y) ? INFINITY : y;
  return x < y ? -1 : x > y;
}

static void add_column (GtkColumnView *view, const char *title, int column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GINT_TO_POINTER (column));
  g_autoptr (GtkColumnViewColumn) one = gtk_column_view_column_new (title, factory);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, GINT_TO_POINTER (column), NULL));
  gtk_column_view_column_set_sorter (one, sorter);
  gtk_column_view_column_set_resizable (one, TRUE);
  gtk_column_view_append_column (view, one);
}

static void add_rows (GListStore *store, GPtrArray *results, guint which, const CpgStudyTable *table)
{
  g_autofree char *label = results->len > 1 ? cpg_study_words_label (results->pdata[which], results->pdata[1 - which]) : NULL;
  for (guint i = 0; i < table->n_rows; i++) {
    g_autoptr (CpgStudyItem) item = g_object_new (CPG_TYPE_STUDY_ITEM, NULL);
    item->result = cpg_study_result_ref (results->pdata[which]);
    item->table = table;
    item->row = &table->rows[i];
    item->label = g_strdup (label);
    g_list_store_append (store, item);
  }
}

GtkWidget *cpg_study_table_new (GPtrArray *results, guint index)
{
  guint n;
  const CpgStudyTable *table = &cpg_study_result_get_tables (results->pdata[0], &n)[index],
                      *other = results->len > 1 ? cpg_study_result_find_table (results->pdata[1], table->key) : NULL;
  GListStore *store = g_list_store_new (CPG_TYPE_STUDY_ITEM);
  add_rows (store, results, 0, table);
  if (other && other->n_columns == table->n_columns)
    add_rows (store, results, 1, other);
  GtkColumnView *view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  if (results->len > 1)
    add_column (view, _ ("result"), LABEL);
  add_column (view, *table->row_label ? table->row_label : _ ("name"), NAME);
  for (guint c = 0; c < table->n_columns; c++)
    add_column (view, *table->columns[c].label ? table->columns[c].label : table->columns[c].key, (int) c);
  GtkSortListModel *sorted = gtk_sort_list_model_new (G_LIST_MODEL (store), g_object_ref (gtk_column_view_get_sorter (view)));
  g_autoptr (GtkSelectionModel) selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (view, selection);
  gtk_column_view_set_show_column_separators (view, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, table->title, -1);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MOST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (view));
  gtk_widget_add_css_class (scroller, "card");
  return scroller;
}
