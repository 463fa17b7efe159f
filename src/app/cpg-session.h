/* What the window is about: the engine and its model, the settings of the next run, the run that is shown, the player, bookmarks. Widgets bind
 * to it and do not call each other. No widgets here. It keeps the last runs that were shown before, up to eight and a thousand steps, whose ways are
 * then seen behind that of the shown one.
 *
 * Properties: settings (CpgSettings), task (that of the settings, by its id; writable: what a person who chooses it expects, see below), player (CpgPlayer),
 * run (CpgRun or NULL, the shown one, writable), has-model, loading, model-name, takes-source (booleans and a string about the model; the last also where
 * another one would take its place that reads a source), takes-strength (boolean: the model can begin at its source's latents), problem (string or NULL: why there is no model), noisy (boolean, writable: show x_t and not the guess x0), fresh-seed (boolean, writable: every own run takes a new seed), bookmarks (GListModel of CpgBookmark), recorder (CpgRecorder or NULL).
 *
 * Who sets the task finds the source that was there when the task was left, at first an example where the task needs one, and the installed model that is
 * best for the task (cpg_engine_find_model (), for a source cpg_engine_find_reader ()) is loaded, unless the present one was chosen by a person and has the
 * task. So is one that reads, where a source is given that the present one does not read. Where a model takes another's
 * place, settings that are the old one's own become the new one's.
 * Main thread only.
 */
#pragma once

#include "app/cpg-library.h"
#include "app/cpg-player.h"
#include "app/cpg-recorder.h"
#include "engine/cpg-engine.h"

G_BEGIN_DECLS

#define CPG_TYPE_SESSION (cpg_session_get_type ())
G_DECLARE_FINAL_TYPE (CpgSession, cpg_session, CPG, SESSION, GObject)

CpgSession *cpg_session_new (void);
/* Takes an engine with these values (see cpg_engine_new) from now on, and loads its model anew. */
void cpg_session_set_engine (CpgSession *self, int threads, const char *compute);
CpgEngine *cpg_session_get_engine (CpgSession *self);

/* Which writes the runs into the session log; set once, at first. NULL at first: nothing is written. */
void cpg_session_set_recorder (CpgSession *self, CpgRecorder *recorder);
CpgRecorder *cpg_session_get_recorder (CpgSession *self);

/* Whether a first model starts a run with a fixed seed at once, as it does unless told otherwise. TRUE where one is there already: starts that run now,
 * where none is shown. */
void cpg_session_set_begins (CpgSession *self, gboolean begins);
/* path NULL: a model for the task of the settings, else for stories, else any. */
void cpg_session_load (CpgSession *self, const char *path);
/* The installed model that is best for task and source, if it is another one. */
void cpg_session_load_best (CpgSession *self);
/* Of the model, or of the one that is being loaded; NULL: none. */
const char *cpg_session_get_model_path (CpgSession *self);
/* Whether a person chose the model, and not its task. */
gboolean cpg_session_has_chosen_model (CpgSession *self);
gboolean cpg_session_has_model (CpgSession *self);
/* Whether the model, or another one that is installed, has a task, by its id. */
gboolean cpg_session_has_task (CpgSession *self, const char *task);

/* What is installed and what can be had; made at the first call, which is not before the first frame. */
CpgLibrary *cpg_session_get_library (CpgSession *self);

CpgSettings *cpg_session_get_settings (CpgSession *self);
void cpg_session_reset_settings (CpgSession *self);
/* The source that the task begins with: none, or an example where it needs one. */
void cpg_session_reset_source (CpgSession *self);
/* That of a task which is not chosen now: it is there when the task is. */
void cpg_session_keep_source (CpgSession *self, const char *task, const char *source);
/* Another seed, by chance. */
void cpg_session_draw_seed (CpgSession *self);

CpgPlayer *cpg_session_get_player (CpgSession *self);
CpgRun *cpg_session_get_run (CpgSession *self);
void cpg_session_set_run (CpgSession *self, CpgRun *run);
/* Shows a run that was just started, from its beginning; the one before is stopped. */
void cpg_session_replace_run (CpgSession *self, CpgRun *run);
/* Starts a run with the settings and shows it from its beginning. */
void cpg_session_start_run (CpgSession *self);
/* A run that shares the steps before the current one and makes that and the rest anew, from the same latents, with the settings; number of steps,
 * schedule and pinned latents stay the run's. Not at the first step, which is all noise, nor at the last, after which nothing comes. */
gboolean cpg_session_can_branch (CpgSession *self);
gboolean cpg_session_branch (CpgSession *self, GError **error);

GListModel *cpg_session_get_bookmarks (CpgSession *self);
/* The current step; one that is there already is not added again (FALSE). */
gboolean cpg_session_add_bookmark (CpgSession *self);
/* One that the log has already. */
void cpg_session_restore_bookmark (CpgSession *self, CpgRun *run, int step);

G_END_DECLS
