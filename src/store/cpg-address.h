/* What may be fetched, and under which names it may be kept. Both come out of catalogues and answers of servers, which are hostile until checked. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* https://, or http:// to this very machine (localhost, 127.x.x.x, [::1]); without a user's name, a fragment, blanks and control characters. */
gboolean cpg_address_check (const char *url, GError **error);
/* Is it http:// to this machine? url has been checked. */
gboolean cpg_address_is_local (const char *url);
/* Where an answer sends on to: location, absolute or as seen from url, checked. From https only to https. */
char *cpg_address_redirect (const char *url, const char *location, GError **error);

/* One name of a file or folder: UTF-8, at most 200 bytes, no '/' or '\', no dot first, nothing that cannot be seen (control and direction
 * characters), no blank at an end, and no ending that half-done downloads have. */
gboolean cpg_address_check_file_name (const char *name, GError **error);

G_END_DECLS
