/* A model that a catalogue offers: what it is, and the files that it consists of. Constant after it was read, so that threads may share it. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  CPG_MODEL_BUNDLE,         /* "bundle": all networks of a COSMOS and its tokenizer, to write with */
  CPG_MODEL_CHECKPOINT,     /* "checkpoint": weights of a trainer, to be converted */
  CPG_MODEL_LANGUAGE_MODEL, /* "language-model": writes word by word; a baseline or a judge */
  CPG_MODEL_TOKENIZER,      /* "tokenizer" */
  CPG_MODEL_ENCODER,        /* "encoder": a text encoder with its tokenizer, for a training to take */
} CpgModelKind;

/* "bundle" ... */
const char *cpg_model_kind_get_name (CpgModelKind kind);
gboolean cpg_model_kind_from_name (const char *name, CpgModelKind *kind);

typedef struct {
  char *name;   /* one that cpg_address_check_file_name () takes */
  char *url;    /* one that cpg_address_check () takes */
  char *sha256; /* 64 digits 0-9a-f; NULL: not known */
  guint64 size; /* bytes; 0: not known */
} CpgCatalogFile;

#define CPG_TYPE_CATALOG_MODEL (cpg_catalog_model_get_type ())
G_DECLARE_FINAL_TYPE (CpgCatalogModel, cpg_catalog_model, CPG, CATALOG_MODEL, GObject)

/* What a reader fills; text fields may be NULL but id and name. cpg_catalog_model_new () takes all of it over. */
typedef struct {
  char *id, *name, *description, *license, *source, *card;
  CpgModelKind kind;
  char **tasks;         /* ended by NULL; NULL: none */
  guint64 n_parameters; /* 0: not known */
  GArray *files;        /* of CpgCatalogFile, at least one */
} CpgCatalogFields;

void cpg_catalog_fields_clear (CpgCatalogFields *self);
/* An empty list of CpgCatalogFile that frees what it holds. */
GArray *cpg_catalog_files_new (void);
CpgCatalogModel *cpg_catalog_model_new (CpgCatalogFields *fields);

/* Properties of the same names, for bindings: id, name, description, license, source, card, kind, parameters, size, verified. */
const char *cpg_catalog_model_get_id (CpgCatalogModel *self);
const char *cpg_catalog_model_get_name (CpgCatalogModel *self);
const char *cpg_catalog_model_get_description (CpgCatalogModel *self);
const char *cpg_catalog_model_get_license (CpgCatalogModel *self); /* NULL: not known */
const char *cpg_catalog_model_get_source (CpgCatalogModel *self);  /* where people can read about it */
const char *cpg_catalog_model_get_card (CpgCatalogModel *self);    /* what it is good for and what not */
const char *const *cpg_catalog_model_get_tasks (CpgCatalogModel *self);
CpgModelKind cpg_catalog_model_get_kind (CpgCatalogModel *self);
guint64 cpg_catalog_model_get_n_parameters (CpgCatalogModel *self); /* 0: not known */
guint64 cpg_catalog_model_get_size (CpgCatalogModel *self);         /* of all files; 0: not all are known */
/* Every file has a checksum. Without one, what is fetched may be anything: ask the user first. */
gboolean cpg_catalog_model_is_verified (CpgCatalogModel *self);
guint cpg_catalog_model_get_n_files (CpgCatalogModel *self);
const CpgCatalogFile *cpg_catalog_model_get_file (CpgCatalogModel *self, guint index);
/* Where a file belongs below the models folder: under its name, or in a folder named after the id where the model has several files. */
char *cpg_catalog_model_get_place (CpgCatalogModel *self, guint index);

G_END_DECLS
