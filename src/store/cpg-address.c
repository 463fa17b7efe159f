#include "store/cpg-address.h"

#include "store/cpg-fetch-error.h"

#include <curl/curl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURLU, curl_url_cleanup)

enum { LONGEST_URL = 4000, LONGEST_NAME = 200 };

static gboolean refuse (const char *url, const char *why, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (url, MIN ((gssize) strlen (url), 200));
  g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_ADDRESS, "%s: %s", shown, why);
  return FALSE;
}

/* libcurl's own parser, so that what is looked at is what it goes to. free () with curl_free (). */
static char *get_part (CURLU *parts, CURLUPart part)
{
  char *text = NULL;
  return curl_url_get (parts, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static gboolean is_this_machine (const char *host)
{
  return g_strcmp0 (host, "localhost") == 0 || g_strcmp0 (host, "[::1]") == 0
         || (host && g_str_has_prefix (host, "127.") && g_hostname_is_ip_address (host));
}

static gboolean has_part (CURLU *parts, CURLUPart part)
{
  char *text = get_part (parts, part);
  curl_free (text);
  return text != NULL;
}

gboolean cpg_address_check (const char *url, GError **error)
{
  for (const char *at = url; *at; at++)
    if (*at <= ' ' || *at >= 0x7f || *at == '\\')
      return refuse (url, _ ("is no address: it has characters that none has"), error);
  if (strlen (url) > LONGEST_URL)
    return refuse (url, _ ("is no address: it is too long"), error);
  g_autoptr (CURLU) parts = curl_url ();
  if (curl_url_set (parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return refuse (url, _ ("is no address"), error);
  if (has_part (parts, CURLUPART_USER) || has_part (parts, CURLUPART_PASSWORD) || has_part (parts, CURLUPART_FRAGMENT))
    return refuse (url, _ ("is refused: an address must have no user’s name, password or fragment"), error);
  char *scheme = get_part (parts, CURLUPART_SCHEME), *host = get_part (parts, CURLUPART_HOST);
  gboolean allowed = host && *host
                     && (g_strcmp0 (scheme, "https") == 0 || (g_strcmp0 (scheme, "http") == 0 && is_this_machine (host)));
  curl_free (scheme);
  curl_free (host);
  return allowed || refuse (url, _ ("is refused: only https is fetched from, http only from this machine"), error);
}

gboolean cpg_address_is_local (const char *url)
{
  return g_ascii_strncasecmp (url, "http:", 5) == 0;
}

char *cpg_address_redirect (const char *url, const char *location, GError **error)
{
  g_autoptr (CURLU) parts = curl_url ();
  char *target = NULL;
  if (curl_url_set (parts, CURLUPART_URL, url, 0) != CURLUE_OK
      || curl_url_set (parts, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK
      || curl_url_set (parts, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK
      || curl_url_get (parts, CURLUPART_URL, &target, 0) != CURLUE_OK) {
    refuse (location, _ ("is where the server sends on to, and is no address"), error);
    return NULL;
  }
  g_autofree char *result = g_strdup (target);
  curl_free (target);
  if (!cpg_address_check (result, error)) {
    g_prefix_error (error, _ ("The server sends on to a place that is not safe: "));
    return NULL;
  }
  if (cpg_address_is_local (result) && !cpg_address_is_local (url)) {
    refuse (result, _ ("is refused: the server sends on from https to http"), error);
    return NULL;
  }
  return g_steal_pointer (&result);
}

gboolean cpg_address_check_file_name (const char *name, GError **error)
{
  const char *why = NULL;
  gsize length = strlen (name);
  if (length == 0 || length > LONGEST_NAME)
    why = _ ("a file’s name has 1 to 200 bytes");
  else if (!g_utf8_validate (name, -1, NULL))
    why = _ ("a file’s name must be UTF-8");
  else if (*name == '.' || strpbrk (name, "/\\"))
    why = _ ("a file’s name must not begin with a dot, nor have slashes");
  else if (*name == ' ' || name[length - 1] == ' ' || g_str_has_suffix (name, ".part") || g_str_has_suffix (name, ".part-info"))
    why = _ ("a file’s name must not begin or end with a blank, nor end in .part or .part-info");
  for (const char *at = name; !why && *at; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      why = _ ("a file’s name must not have characters that cannot be seen");
  if (why)
    g_set_error_literal (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_ADDRESS, why);
  return !why;
}
