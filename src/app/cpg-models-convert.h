/* Weights (a folder, or its model.safetensors) to a GGUF in the user's own models folder, on a thread of GIO's. The file appears whole, or not at all. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the file will be: named after the folder, or the file where that is not just "model", in the models folder `target`. */
char *cpg_models_convert_get_path (const char *weights, const char *target);

/* Answers with the new path. The license is what the README.md beside the weights says. progress: on the main thread, of 1000. */
void cpg_models_convert_async (const char *weights, const char *target, GFileProgressCallback progress, gpointer progress_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
char *cpg_models_convert_finish (GAsyncResult *result, GError **error);

G_END_DECLS
