/* A model file of the user's own, copied into a models folder: looked at by the core before and after, under its name only when it is
 * whole. Blocks as long as the copy takes; any thread. */
#pragma once

#include "store/cpg-checksum.h"

G_BEGIN_DECLS

/* path: a .gguf. -> where it is now. tick: bytes of two times the size, the copy and its check. */
char *cpg_model_import (const char *path, const char *folder, CpgChecksumTick tick, gpointer data, GError **error);

G_END_DECLS
