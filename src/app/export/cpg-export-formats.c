/* The table of formats. */
#include "app/export/cpg-export-private.h"

#include <glib/gi18n.h>

static const CpgExportFormat html = {.id = "html",
                                     .suffix = "html",
                                     .mime = "text/html",
                                     .title = N_ ("Replay"),
                                     .purpose = N_ ("A web page that plays the run, for anybody with a browser"),
                                     .for_run = TRUE,
                                     .wants_hash = TRUE,
                                     .make = cpg_export_make_html};

static const CpgExportFormat gif = {.id = "gif",
                                    .suffix = "gif",
                                    .mime = "image/gif",
                                    .title = N_ ("GIF"),
                                    .purpose = N_ ("The text condensing, as a moving picture"),
                                    .for_run = TRUE,
                                    .make = cpg_export_make_gif};

static const CpgExportFormat png = {.id = "png",
                                    .suffix = "png",
                                    .mime = "image/png",
                                    .title = N_ ("PNG"),
                                    .purpose = N_ ("The step as a picture"),
                                    .for_step = TRUE,
                                    .wants_path = TRUE,
                                    .make = cpg_export_make_png};

static const CpgExportFormat svg = {.id = "svg",
                                    .suffix = "svg",
                                    .mime = "image/svg+xml",
                                    .title = N_ ("SVG"),
                                    .purpose = N_ ("The step as a drawing that stays sharp at any size"),
                                    .for_step = TRUE,
                                    .wants_path = TRUE,
                                    .make = cpg_export_make_svg};

static const CpgExportFormat pdf = {.id = "pdf",
                                    .suffix = "pdf",
                                    .mime = "application/pdf",
                                    .title = N_ ("PDF"),
                                    .purpose = N_ ("Pages to print"),
                                    .for_step = TRUE,
                                    .for_run = TRUE,
                                    .wants_path = TRUE,
                                    .make = cpg_export_make_pdf};

static const CpgExportFormat markdown = {.id = "markdown",
                                         .suffix = "md",
                                         .mime = "text/markdown",
                                         .title = N_ ("Markdown"),
                                         .purpose = N_ ("A report to read or to put into a document"),
                                         .for_step = TRUE,
                                         .for_run = TRUE,
                                         .wants_hash = TRUE,
                                         .make = cpg_export_make_markdown};

static const CpgExportFormat csv = {.id = "csv",
                                    .suffix = "csv",
                                    .mime = "text/csv",
                                    .title = N_ ("CSV"),
                                    .purpose = N_ ("A table for a spreadsheet"),
                                    .for_step = TRUE,
                                    .for_run = TRUE,
                                    .make = cpg_export_make_csv};

static const CpgExportFormat json = {.id = "json",
                                     .suffix = "json",
                                     .mime = "application/json",
                                     .title = N_ ("JSON"),
                                     .purpose = N_ ("Everything, for other programs"),
                                     .for_step = TRUE,
                                     .for_run = TRUE,
                                     .wants_hash = TRUE,
                                     .make = cpg_export_make_json};

static const CpgExportFormat *const formats[] = {&html, &gif, &png, &svg, &pdf, &markdown, &csv, &json};

const CpgExportFormat *const *cpg_export_get_formats (int *n)
{
  *n = G_N_ELEMENTS (formats);
  return formats;
}

const CpgExportFormat *cpg_export_find_format (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (formats[i]->id, id) == 0)
      return formats[i];
  return NULL;
}

const char *cpg_export_format_get_id (const CpgExportFormat *self)
{
  return self->id;
}

const char *cpg_export_format_get_title (const CpgExportFormat *self)
{
  return _ (self->title);
}

const char *cpg_export_format_get_purpose (const CpgExportFormat *self)
{
  return _ (self->purpose);
}

const char *cpg_export_format_get_suffix (const CpgExportFormat *self)
{
  return self->suffix;
}

const char *cpg_export_format_get_mime (const CpgExportFormat *self)
{
  return self->mime;
}

gboolean cpg_export_format_is_for (const CpgExportFormat *self, gboolean whole_run)
{
  return whole_run ? self->for_run : self->for_step;
}

char *cpg_export_suggest_name (CpgRun *run, const CpgExportFormat *format, gboolean whole_run)
{
  CpgSettings *settings = cpg_run_get_settings (run);
  const char *task = cpg_settings_get_task (settings);
  guint64 seed;
  g_object_get (settings, "seed", &seed, NULL);
  g_autofree char *step = whole_run ? g_strdup ("") : g_strdup_printf ("-step-%d", cpg_run_get_current_step (run) + 1);
  char *name = g_strdup_printf ("%s-%" G_GUINT64_FORMAT "%s.%s", *task ? task : "text", seed, step, format->suffix);
  return g_strdelimit (name, G_DIR_SEPARATOR_S, '_'); /* a task's name comes out of a model */
}
