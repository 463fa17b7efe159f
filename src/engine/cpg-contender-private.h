/* For cpg-contender.c and cpg-contender-describe.c. */
#pragma once

#include "engine/cpg-contender.h"

G_BEGIN_DECLS

struct _CpgContender {
  GObject parent_instance;
  CpgVariation variation;
  guint64 number;
  char *path;            /* given; or NULL */
  char *used;            /* path of what it writes with, where that is an autoregressive model */
  CpgSettings *settings; /* NULL before it was prepared */
  CpgSettings *restored; /* those of the next start; or NULL */
  CpgWriting *written;   /* what the next start takes over; or NULL */
  char *lost;            /* why the next start fails; or NULL */
  GArray *times;         /* double: what its moments took before; or NULL */
  CpgRun *run;           /* one of the two, or none before it has begun */
  CpgWriting *writing;
  gboolean stopped; /* before it had begun */
  char *error;      /* why it could not begin */
  int shown;
  gboolean at_end; /* shown was wished at or behind the newest, and follows it */
};

G_END_DECLS
