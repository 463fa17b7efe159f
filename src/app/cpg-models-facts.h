/* What is known of a model, in words and groups, for its card and for what is asked before an import. No widgets; any thread.
 *
 * Strings come out of files and catalogues: plain text, never markup.
 */
#pragma once

#include "core/model/finding.h"
#include "store/cpg-installed-model.h"

G_BEGIN_DECLS

typedef struct {
  char *label, *value;
} CpgFact;

typedef struct {
  char *title;
  GArray *facts; /* of CpgFact */
  char *text;    /* below the facts; NULL: none */
} CpgFactGroup;

typedef struct {
  CpgModelKind kind;
  char *title;
  GPtrArray *groups;     /* of CpgFactGroup */
  CosmosFinding finding; /* of a file that could be read; else zeros */
} CpgModelsFacts;

void cpg_models_facts_free (CpgModelsFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgModelsFacts, cpg_models_facts_free)

/* Of a model in the catalogue, from the catalogue alone. */
CpgModelsFacts *cpg_models_facts_new_from_catalog (CpgCatalogModel *model);
/* Reads the head of the model's file, and the .md beside it: some milliseconds. entry: what the catalogue says of it, or NULL. */
CpgModelsFacts *cpg_models_facts_new_from_installed (CpgInstalledModel *model, CpgCatalogModel *entry);
/* Of a file, or a folder of weights, that is to be imported; fails where the core cannot read it. */
CpgModelsFacts *cpg_models_facts_new_from_path (const char *path, GError **error);
/* The same for a thread's sake; model NULL: of the path. (transfer full) */
void cpg_models_facts_read_async (const char *path, CpgInstalledModel *model, CpgCatalogModel *entry, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
CpgModelsFacts *cpg_models_facts_read_finish (GAsyncResult *result, GError **error);

/* A group without facts is left out by whoever shows them. For cpg-models-facts-file.c. */
CpgFactGroup *cpg_models_facts_add_group (CpgModelsFacts *self, const char *title);
/* value NULL or "": nothing is added. */
void cpg_fact_group_add (CpgFactGroup *self, const char *label, const char *value);
void cpg_fact_group_add_format (CpgFactGroup *self, const char *label, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
