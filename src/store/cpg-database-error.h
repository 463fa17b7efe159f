/* What can be wrong with a database. Messages say what failed, on which file, and what to do about it, translated. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CPG_DATABASE_ERROR_FAILED,      /* none of these */
  CPG_DATABASE_ERROR_CANNOT_OPEN, /* the folder or the file cannot be made or read */
  CPG_DATABASE_ERROR_READ_ONLY,   /* it can be read, but not written */
  CPG_DATABASE_ERROR_NEWER,       /* a newer program wrote it */
  CPG_DATABASE_ERROR_DAMAGED,     /* no database, or a broken one */
  CPG_DATABASE_ERROR_FULL,        /* the disk */
  CPG_DATABASE_ERROR_BUSY,        /* another program keeps it to itself */
  CPG_DATABASE_ERROR_NOT_FOUND,   /* no such record */
  CPG_DATABASE_ERROR_CLOSED       /* asked for after it was closed */
} CpgDatabaseError;

#define CPG_DATABASE_ERROR (cpg_database_error_quark ())
GQuark cpg_database_error_quark (void);

G_END_DECLS
