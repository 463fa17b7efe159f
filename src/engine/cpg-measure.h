/* Measures of finished texts, taken on the worker: how likely a judge finds each, how varied it is, how near it comes to a reference. */
#pragma once

#include "engine/cpg-engine.h"

G_BEGIN_DECLS

/* NAN: cannot be told; problem says why there is no perplexity. */
typedef struct {
  double perplexity;
  char *problem;    /* or NULL */
  double diversity; /* Div-4 of this one text */
  double rouge_1, rouge_2, rouge_l, bleu;
  gboolean own_judge; /* the judge has written it itself; for the caller to set */
} CpgMeasures;

typedef struct {
  char *judge; /* its name; NULL: it could not be opened */
  CpgMeasures *items;
  gsize n;
} CpgReport;

/* Of nothing measured. */
CpgReport *cpg_report_new (gsize n);
void cpg_report_free (CpgReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgReport, cpg_report_free)

/* Does not keep the engine; the callback's source is NULL. texts: ended by NULL, of one task (or NULL); a measure of an empty one is NAN. judge: path of an autoregressive model, or NULL. reference: NULL or "" for none. */
void cpg_measure_async (CpgEngine *engine, const char *task, const char *const *texts, const char *judge, const char *reference,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) */
CpgReport *cpg_measure_finish (GAsyncResult *result, GError **error);

G_END_DECLS
