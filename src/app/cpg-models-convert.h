/* A folder of weights to a GGUF in the user's own models folder, on a thread of GIO's. The file appears whole, or not at all. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the file will be: named after the folder, in the models folder `target`. */
char *cpg_models_convert_get_path (const char *folder, const char *target);

/* Answers with the new path. progress: on the main thread, of 1000. */
void cpg_models_convert_async (const char *folder, const char *target, GFileProgressCallback progress, gpointer progress_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
char *cpg_models_convert_finish (GAsyncResult *result, GError **error);

G_END_DECLS
