/* For cpg-contender.c and cpg-contender-describe.c. */
#pragma once

#include "engine/cpg-contender.h"
#include "engine/cpg-writing.h"

G_BEGIN_DECLS

struct _CpgContender {
  GObject parent_instance;
  CpgVariation variation;
  guint64 number;
  char *path;            /* given; or NULL */
  char *used;            /* path of what it writes with, where that is an autoregressive model */
  CpgSettings *settings; /* NULL before it was prepared */
  CpgRun *run;           /* one of the two, or none before it has begun */
  CpgWriting *writing;
  gboolean stopped; /* before it had begun */
  char *error;      /* why it could not begin */
  int shown;
  gboolean at_end; /* shown was wished at or behind the newest, and follows it */
};

G_END_DECLS
