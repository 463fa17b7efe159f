/* The JSON of an export, which the replay also reads. */
#pragma once

#include "app/export/cpg-export-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* As docs/export.md says; NULL when cancelled. (transfer full) */
JsonNode *cpg_export_build_json (CpgExportWork *work, GError **error);
/* A member; bytes that are not UTF-8 become U+FFFD, NULL becomes null. */
void cpg_export_json_set_text (JsonBuilder *builder, const char *name, const char *text);

G_END_DECLS
