/* What a server's answer says of itself, header line by header line, and what follows from it. No network and no files: bytes in, decision out.
 * Private to the store. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  int status;                       /* 0: no status line yet */
  char *etag, *modified, *location; /* NULL: not said */
  guint64 length;                   /* Content-Length; G_MAXUINT64: not said */
  guint64 first, last, total;       /* Content-Range; total 0: not said, or not to be understood */
  gboolean framed, encoded;         /* the body shows its own end (chunks, HTTP/2); the body is not the file's own bytes */
  gint64 retry_after;               /* seconds; -1: not said */
} CpgResponse;

void cpg_response_init (CpgResponse *self);
void cpg_response_clear (CpgResponse *self);
/* A line with or without its end; a status line begins the answer anew (after 100 Continue). now: seconds since 1970, for dates. */
void cpg_response_add_line (CpgResponse *self, const char *line, gsize length, gint64 now);

/* What we asked for, and know. */
typedef struct {
  guint64 offset;   /* 0: the whole */
  guint64 size;     /* as the catalogue says; 0: not known */
  guint64 total;    /* as an earlier answer said, where offset > 0; 0: not known */
  const char *etag; /* the same; NULL: none */
} CpgRequest;

typedef enum {
  CPG_ANSWER_WHOLE,    /* the body is the file */
  CPG_ANSWER_REST,     /* the body is the file from the offset on */
  CPG_ANSWER_ANEW,     /* what we have is of no use: ask for the whole */
  CPG_ANSWER_REDIRECT, /* ask at the location */
  CPG_ANSWER_LATER,    /* error says why; ask again after a while */
  CPG_ANSWER_NO,       /* error says why */
} CpgAnswer;

CpgAnswer cpg_response_judge (const CpgResponse *self, const CpgRequest *request, const char *url, GError **error);
/* Of a usable answer: bytes of the whole file; 0: it does not say. */
guint64 cpg_response_get_whole_size (const CpgResponse *self, const CpgRequest *request);

G_END_DECLS
