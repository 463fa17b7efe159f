/* A run, or a step of one, as a file. The table of formats, and the writing of one.
 *
 * Steps that are not read yet are read first; then a thread makes the file in memory and puts it in its place whole, so that a failed or cancelled export
 * leaves what was there before. Formats are described in docs/export.md. Main thread only; nothing here blocks it.
 */
#pragma once

#include "engine/cpg-run.h"

G_BEGIN_DECLS

typedef struct _CpgExportFormat CpgExportFormat;

/* All of them, in the order of lists. */
const CpgExportFormat *const *cpg_export_get_formats (int *n);
/* By its id ("json"), or NULL. */
const CpgExportFormat *cpg_export_find_format (const char *id);
const char *cpg_export_format_get_id (const CpgExportFormat *self);
const char *cpg_export_format_get_title (const CpgExportFormat *self);   /* translated */
const char *cpg_export_format_get_purpose (const CpgExportFormat *self); /* a line, translated */
const char *cpg_export_format_get_suffix (const CpgExportFormat *self);  /* "json" */
const char *cpg_export_format_get_mime (const CpgExportFormat *self);
gboolean cpg_export_format_is_for (const CpgExportFormat *self, gboolean whole_run);

/* "story-7.json", "story-7-step-12.png". (transfer full) */
char *cpg_export_suggest_name (CpgRun *run, const CpgExportFormat *format, gboolean whole_run);

/* 0 .. 1, now and then, on the main thread. */
typedef void (*CpgExportProgress) (double fraction, gpointer data);

/* whole_run FALSE: the current step. The run must have a step, and the format be for what is asked. progress may be NULL. */
void cpg_export_async (CpgRun *run, gboolean whole_run, const CpgExportFormat *format, GFile *file, GCancellable *cancellable,
                       CpgExportProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer data);
/* The error says what went wrong with which file. */
gboolean cpg_export_finish (CpgRun *run, GAsyncResult *result, GError **error);

G_END_DECLS
