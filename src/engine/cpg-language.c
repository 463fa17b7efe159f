#include "engine/cpg-language.h"

#include "core/sample/autoregress.h"
#include "engine/cpg-error.h"

enum { KEPT = 2 }; /* a writer and a judge */

/* ---- a model ---- */

static void clear_language (gpointer data)
{
  CpgLanguage *self = data;
  cosmos_language_model_free (self->model);
  g_free (self->path);
}

CpgLanguage *cpg_language_ref (CpgLanguage *self)
{
  return g_atomic_rc_box_acquire (self);
}

void cpg_language_unref (CpgLanguage *self)
{
  g_atomic_rc_box_release_full (self, clear_language);
}

/* Weights are packed at their first use: a token that nobody reads. */
static bool pack (const CosmosLanguageModel *model, CosmosPool *pool, CosmosError *err)
{
  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (model);
  int32_t begin = MAX (cosmos_language_model_get_begin (model), 0);
  bool done;
  settings.max_tokens = 1;
  CosmosAutoregress *run = cosmos_autoregress_new_from_tokens (model, pool, &settings, &begin, 1, -1, err);
  bool ok = run && cosmos_autoregress_advance (run, NULL, &done, err);
  cosmos_autoregress_free (run);
  return ok;
}

static CpgLanguage *open_language (const char *path, CosmosCompute compute, CosmosPool *pool, GError **error)
{
  CosmosError err;
  CosmosLanguageModel *model = cosmos_language_model_open (path, compute, &err);
  if (!model || !pack (model, pool, &err)) {
    cpg_error_from_core (error, &err);
    cosmos_language_model_free (model);
    return NULL;
  }
  CpgLanguage *self = g_atomic_rc_box_new0 (CpgLanguage);
  self->model = model;
  self->path = g_strdup (path);
  return self;
}

/* ---- the shelf ---- */

struct _CpgLanguageShelf {
  GPtrArray *languages; /* CpgLanguage, the one used last behind the others */
};

CpgLanguageShelf *cpg_language_shelf_new (void)
{
  CpgLanguageShelf *self = g_new0 (CpgLanguageShelf, 1);
  self->languages = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_language_unref);
  return self;
}

void cpg_language_shelf_free (CpgLanguageShelf *self)
{
  g_ptr_array_unref (self->languages);
  g_free (self);
}

static CpgLanguage *take_off (CpgLanguageShelf *self, const char *path)
{
  for (guint i = 0; i < self->languages->len; i++) {
    CpgLanguage *language = g_ptr_array_index (self->languages, i);
    if (g_str_equal (language->path, path))
      return g_ptr_array_steal_index (self->languages, i);
  }
  return NULL;
}

CpgLanguage *cpg_language_shelf_open (CpgLanguageShelf *self, const char *path, CosmosCompute compute, CosmosPool *pool,
                                      GError **error)
{
  CpgLanguage *language = take_off (self, path);
  if (!language)
    language = open_language (path, compute, pool, error);
  if (!language)
    return NULL;
  while (self->languages->len >= KEPT)
    g_ptr_array_remove_index (self->languages, 0);
  g_ptr_array_add (self->languages, language);
  return cpg_language_ref (language);
}
