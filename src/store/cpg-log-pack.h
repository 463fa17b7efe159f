/* Latents and tokens as compact bytes, and the hash of what a run gave. Pure functions, any thread.
 *
 * Latents are rounded to f16 and compressed with zstd: for looking at and branching from, not for the same bits (those come by running again).
 * Bytes to unpack may come from anywhere.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum {
  CPG_LOG_MAX_LATENTS = 1 << 22, /* numbers of a step */
  CPG_LOG_MAX_TOKENS = 1 << 16
};

/* numbers: (n, width), n x width at most CPG_LOG_MAX_LATENTS. */
GBytes *cpg_log_latents_pack (const float *numbers, int n, int width);
/* (n, width) floats, to be freed; NULL where the bytes are not n x width latents. */
float *cpg_log_latents_unpack (GBytes *packed, int n, int width);

/* Ids, and probabilities to 1/255. At most CPG_LOG_MAX_TOKENS, ids not negative. */
GBytes *cpg_log_tokens_pack (const int *ids, const float *probabilities, int n);
/* Arrays (transfer full); FALSE where the bytes are no tokens. */
gboolean cpg_log_tokens_unpack (GBytes *packed, int **ids, float **probabilities, int *n);

/* SHA-256 of the text, a zero byte, and the bits of the latents (little-endian f32): equal where a run was repeated exactly. Hexadecimal, (transfer
 * full). latents NULL: of the text alone. */
char *cpg_log_hash_output (const char *text, const float *latents, gsize n_numbers);

G_END_DECLS
