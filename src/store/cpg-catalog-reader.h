/* From the bytes of a catalogue to its models. Every length, count, number, address and name is checked; a message names file and place
 * ("mine.json: models[2].files[0].sha256: ..."). Private to the store. */
#pragma once

#include "store/cpg-catalog-model.h"
#include <gio/gio.h>

G_BEGIN_DECLS

enum { CPG_CATALOG_LARGEST = 1 << 20 }; /* bytes of a file */

/* A new array of CpgCatalogModel. name: for messages. */
GPtrArray *cpg_catalog_read (const char *data, gsize size, const char *name, GError **error);

G_END_DECLS
