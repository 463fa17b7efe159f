/* One experiment of the Explore page: asks the engine one question after the other, as long as there is something to know and somebody looks.
 *
 * A subclass says what is to be asked next and keeps the answers. At most one question is under way, so that a slider that moves faster than the
 * engine answers skips what lies between, and what was asked last is answered next. Nothing is asked before the widget is shown.
 * Properties: session (CpgSession), working (boolean: a question, or something else that the subclass does, has taken over half a second). Its actions
 * as a page: run, stop, copy-text. Main thread only.
 */
#pragma once

#include "app/cpg-session.h"
#include "engine/cpg-probes.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_EXPERIMENT (cpg_experiment_get_type ())
G_DECLARE_DERIVABLE_TYPE (CpgExperiment, cpg_experiment, CPG, EXPERIMENT, AdwBin)

struct _CpgExperimentClass {
  AdwBinClass parent_class;

  /* Asks the engine what is to be known next, with g_object_ref (self) as the callback's data; FALSE: nothing. */
  gboolean (*ask) (CpgExperiment *self, CpgEngine *engine, GCancellable *cancellable);
  /* All that was found is void: the model is another, or it is to be found anew. */
  void (*forget) (CpgExperiment *self);
  /* What there is to copy; NULL or "": nothing. */
  const char *(*get_text) (CpgExperiment *self);
  /* Whether something else than a question is under way, and its end; may be NULL. */
  gboolean (*is_busy) (CpgExperiment *self);
  void (*stop) (CpgExperiment *self);
  /* What Run does; NULL: forget and ask again. */
  void (*run) (CpgExperiment *self);
  /* The session is there, or gone (NULL); may be NULL. */
  void (*session_changed) (CpgExperiment *self, CpgSession *session);
};

CpgSession *cpg_experiment_get_session (CpgExperiment *self);

/* After an answer: there may be more to ask. */
void cpg_experiment_continue (CpgExperiment *self);
/* After something that somebody did, of which what is under way need not know: asks again also where the asking was stopped. */
void cpg_experiment_wake (CpgExperiment *self);
/* The same, but nobody wants the answer any more to what is under way. */
void cpg_experiment_restart (CpgExperiment *self);
/* For callbacks, before anything else; FALSE: the answer is to be left alone. An error is told to the user and, as a stop does, ends the
 * asking until somebody does something. */
gboolean cpg_experiment_take_answer (CpgExperiment *self, GAsyncResult *result, const GError *error);
/* What the subclass is busy with, or what can be copied, is another. */
void cpg_experiment_changed (CpgExperiment *self);

G_END_DECLS
