/* How a format writes. */
#pragma once

#include "app/export/cpg-export.h"
#include "app/export/cpg-record.h"

G_BEGIN_DECLS

typedef struct {
  const CpgRecord *record;
  gboolean whole_run; /* else the current step */
  char *hash;         /* SHA-256 of the model's file, where the format wants it and it could be read; else NULL */
  GCancellable *cancellable;
  int permille; /* atomic */
} CpgExportWork;

/* For whoever makes a file, now and then. FALSE: cancelled. */
gboolean cpg_export_work_go_on (CpgExportWork *self, double fraction, GError **error);

struct _CpgExportFormat {
  const char *id, *suffix, *mime;
  const char *title, *purpose; /* to be translated */
  gboolean for_step, for_run, wants_hash, wants_path;
  /* The whole file; on any thread. */
  GBytes *(*make) (CpgExportWork *work, GError **error);
};

GBytes *cpg_export_make_json (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_csv (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_markdown (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_png (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_svg (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_pdf (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_gif (CpgExportWork *work, GError **error);
GBytes *cpg_export_make_html (CpgExportWork *work, GError **error);

G_END_DECLS
