#include "store/cpg-response.h"

#include "store/cpg-fetch-error.h"

#include <curl/curl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

enum { LONGEST_VALUE = 4000 };

/* ---- reading ---- */

void cpg_response_init (CpgResponse *self)
{
  *self = (CpgResponse) {.length = G_MAXUINT64, .retry_after = -1};
}

void cpg_response_clear (CpgResponse *self)
{
  g_free (self->etag);
  g_free (self->modified);
  g_free (self->location);
  cpg_response_init (self);
}

/* Digits and nothing else. */
static gboolean parse_number (const char *text, const char *end, guint64 *number)
{
  guint64 value = 0;
  if (text == end)
    return FALSE;
  for (; text < end; text++)
    if (!g_ascii_isdigit (*text) || !g_uint64_checked_mul (&value, value, 10)
        || !g_uint64_checked_add (&value, value, (guint64) (*text - '0')))
      return FALSE;
  *number = value;
  return TRUE;
}

/* "bytes 100-199/200"; a total of "*" is none. */
static void parse_range (CpgResponse *self, const char *text)
{
  guint64 first, last, total = 0;
  const char *dash = strchr (text, '-'), *slash = strchr (text, '/');
  if (g_ascii_strncasecmp (text, "bytes ", 6) != 0 || !dash || !slash || slash < dash || !parse_number (text + 6, dash, &first)
      || !parse_number (dash + 1, slash, &last) || !parse_number (slash + 1, slash + strlen (slash), &total) || last < first
      || last >= total)
    return;
  self->first = first;
  self->last = last;
  self->total = total;
}

static void parse_status (CpgResponse *self, const char *line)
{
  const char *blank = strchr (line, ' ');
  cpg_response_clear (self);
  self->status = blank ? (int) MIN (g_ascii_strtoull (blank + 1, NULL, 10), 999u) : 0;
  self->framed = line[5] >= '2';
}

static void parse_retry (CpgResponse *self, const char *value, gint64 now)
{
  guint64 seconds;
  time_t date;
  if (parse_number (value, value + strlen (value), &seconds))
    self->retry_after = (gint64) MIN (seconds, (guint64) G_MAXINT32);
  else if ((date = curl_getdate (value, NULL)) != -1)
    self->retry_after = MAX ((gint64) date - now, 0);
}

void cpg_response_add_line (CpgResponse *self, const char *line, gsize length, gint64 now)
{
  if (length > LONGEST_VALUE || memchr (line, 0, length))
    return;
  g_autofree char *text = g_strchomp (g_strndup (line, length));
  if (g_str_has_prefix (text, "HTTP/")) {
    parse_status (self, text);
    return;
  }
  char *value = strchr (text, ':');
  if (!value || !g_utf8_validate (text, -1, NULL))
    return;
  *value++ = 0;
  g_strchug (value);
  const char *end = value + strlen (value);
  if (g_ascii_strcasecmp (text, "ETag") == 0)
    g_set_str (&self->etag, *value ? value : NULL);
  else if (g_ascii_strcasecmp (text, "Last-Modified") == 0)
    g_set_str (&self->modified, *value ? value : NULL);
  else if (g_ascii_strcasecmp (text, "Location") == 0)
    g_set_str (&self->location, value);
  else if (g_ascii_strcasecmp (text, "Content-Length") == 0)
    parse_number (value, end, &self->length);
  else if (g_ascii_strcasecmp (text, "Content-Range") == 0)
    parse_range (self, value);
  else if (g_ascii_strcasecmp (text, "Retry-After") == 0)
    parse_retry (self, value, now);
  else if (g_ascii_strcasecmp (text, "Transfer-Encoding") == 0)
    self->framed = g_ascii_strcasecmp (value, "chunked") == 0;
  else if (g_ascii_strcasecmp (text, "Content-Encoding") == 0)
    self->encoded = *value && g_ascii_strcasecmp (value, "identity") != 0;
}

/* ---- deciding ---- */

guint64 cpg_response_get_whole_size (const CpgResponse *self, const CpgRequest *request)
{
  if (self->status == 206)
    return self->total;
  return self->length != G_MAXUINT64 ? self->length : request->size;
}

G_GNUC_PRINTF (4, 5)
static CpgAnswer refuse (CpgAnswer answer, CpgFetchError code, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, CPG_FETCH_ERROR, (int) code, message);
  return answer;
}

static CpgAnswer refuse_size (guint64 size, guint64 promised, const char *url, GError **error)
{
  return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_DIFFERS, error,
                 _ ("%s: the server’s file has %llu bytes, the catalogue promises %llu"), url, (unsigned long long) size,
                 (unsigned long long) promised);
}

/* 206: what we asked for, of the file that we began with? */
static CpgAnswer judge_part (const CpgResponse *self, const CpgRequest *request, const char *url, GError **error)
{
  if (request->offset == 0)
    return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error,
                   _ ("%s: the server sends a part, though the whole was asked for"), url);
  gboolean right_range = self->total > 0 && self->first == request->offset && self->last == self->total - 1
                         && (self->length == G_MAXUINT64 || self->length == self->total - self->first);
  gboolean same_file = (request->total == 0 || self->total == request->total)
                       && (!request->etag || !self->etag || strcmp (request->etag, self->etag) == 0);
  if (!right_range || !same_file || self->encoded)
    return CPG_ANSWER_ANEW;
  if (request->size && self->total != request->size)
    return refuse_size (self->total, request->size, url, error);
  return CPG_ANSWER_REST;
}

static CpgAnswer judge_whole (const CpgResponse *self, const CpgRequest *request, const char *url, GError **error)
{
  if (self->encoded)
    return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error,
                   _ ("%s: the server sends the file packed, which was not asked for"), url);
  if (self->length == 0)
    return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error, _ ("%s: the server sends nothing"), url);
  if (self->length == G_MAXUINT64 && !request->size && !self->framed)
    return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error,
                   _ ("%s: the server does not say how long the file is, and the catalogue neither"), url);
  if (self->length != G_MAXUINT64 && request->size && self->length != request->size)
    return refuse_size (self->length, request->size, url, error);
  return CPG_ANSWER_WHOLE;
}

CpgAnswer cpg_response_judge (const CpgResponse *self, const CpgRequest *request, const char *url, GError **error)
{
  int status = self->status;
  if (status == 200)
    return judge_whole (self, request, url, error);
  if (status == 206)
    return judge_part (self, request, url, error);
  if (status == 416 && request->offset > 0)
    return CPG_ANSWER_ANEW;
  if ((status == 301 || status == 302 || status == 303 || status == 307 || status == 308) && self->location)
    return CPG_ANSWER_REDIRECT;
  if (status == 408 || status == 429 || status >= 500)
    return refuse (CPG_ANSWER_LATER, CPG_FETCH_ERROR_SERVER, error, _ ("%s: the server is busy or broken (%d); try again later"),
                   url, status);
  if (status == 401 || status == 403)
    return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error, _ ("%s: the server does not give it to everybody (%d)"), url,
                   status);
  if (status == 404 || status == 410)
    return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error, _ ("%s: the server does not have it any more (%d)"), url,
                   status);
  return refuse (CPG_ANSWER_NO, CPG_FETCH_ERROR_SERVER, error, _ ("%s: the server answers with %d instead of the file"), url,
                 status);
}
