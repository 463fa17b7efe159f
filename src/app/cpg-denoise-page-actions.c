/* What can be done on the page that shows a run. */
#include "app/cpg-candidates-dialog.h"
#include "app/cpg-denoise-page-private.h"
#include "app/export/cpg-export-dialog.h"

#include "core/sample/instruction.h"

#include <glib/gi18n.h>
#include <inttypes.h>

enum { N_CANDIDATES = 10 };

typedef struct {
  const char *name;
  gboolean (*can) (CpgDenoisePage *self);
  void (*perform) (CpgDenoisePage *self);
} Action;

static CpgRun *get_run (CpgDenoisePage *self)
{
  return self->session ? cpg_session_get_run (self->session) : NULL;
}

static int get_current (CpgDenoisePage *self)
{
  CpgRun *run = get_run (self);
  return run ? cpg_run_get_current_step (run) : -1;
}

static int get_n_done (CpgDenoisePage *self)
{
  CpgRun *run = get_run (self);
  return run ? cpg_run_get_n_done (run) : 0;
}

/* ---- runs ---- */

static void renew_seed (CpgDenoisePage *self)
{
  gboolean fresh;
  g_object_get (self->session, "fresh-seed", &fresh, NULL);
  if (fresh)
    cpg_session_draw_seed (self->session);
}

static gboolean can_run (CpgDenoisePage *self)
{
  return self->session && cpg_session_has_model (self->session);
}

static void run (CpgDenoisePage *self)
{
  CpgSettings *settings = cpg_session_get_settings (self->session);
  gboolean takes_source;
  g_object_get (self->session, "takes-source", &takes_source, NULL);
  renew_seed (self);
  cpg_session_start_run (self->session);
  if (takes_source && cosmos_instruction_needs_source (cpg_settings_get_task (settings)) && !*cpg_settings_get_source (settings))
    cpg_page_say (CPG_PAGE (self), _ ("There is no text to read: this is what the model writes out of nothing"));
}

/* Who chooses a seed wants to see it used. */
static void on_candidate_chosen (CpgCandidatesDialog *dialog, guint64 seed, CpgDenoisePage *self)
{
  if (!self->session)
    return; /* the window was closed meanwhile */
  g_object_set (self->session, "fresh-seed", FALSE, NULL);
  g_object_set (cpg_session_get_settings (self->session), "seed", seed, NULL);
  cpg_session_start_run (self->session);
}

static void show_candidates (CpgDenoisePage *self)
{
  g_autoptr (CpgCandidates) candidates = cpg_candidates_new (cpg_session_get_engine (self->session),
                                                             cpg_session_get_settings (self->session), N_CANDIDATES);
  CpgCandidatesDialog *dialog = cpg_candidates_dialog_new (candidates);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_candidate_chosen), self, 0);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

static gboolean can_stop (CpgDenoisePage *self)
{
  return get_run (self) && cpg_run_is_active (get_run (self));
}

static void stop (CpgDenoisePage *self)
{
  cpg_run_cancel (get_run (self));
}

static gboolean can_branch (CpgDenoisePage *self)
{
  return self->session && cpg_session_can_branch (self->session);
}

static void branch (CpgDenoisePage *self)
{
  g_autoptr (GError) error = NULL;
  int step = get_current (self);
  guint64 seed;
  renew_seed (self);
  if (!cpg_session_branch (self->session, &error)) {
    cpg_page_say (CPG_PAGE (self), "%s", error->message);
    return;
  }
  g_object_get (cpg_session_get_settings (self->session), "seed", &seed, NULL);
  cpg_page_say (CPG_PAGE (self), _ ("A new run goes on from step %d, with seed %" PRIu64), step + 1, seed);
}

/* ---- the step ---- */

static gboolean has_step (CpgDenoisePage *self)
{
  return get_current (self) >= 0;
}

static void bookmark (CpgDenoisePage *self)
{
  if (cpg_session_add_bookmark (self->session))
    cpg_page_say (CPG_PAGE (self), _ ("Step %d is bookmarked"), get_current (self) + 1);
  else
    cpg_page_say (CPG_PAGE (self), _ ("Step %d was bookmarked before"), get_current (self) + 1);
}

static void copy_text (CpgDenoisePage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), cpg_step_get_text (cpg_run_get_current (get_run (self))));
  cpg_page_say (CPG_PAGE (self), _ ("The text is copied"));
}

static void copy_picture (CpgDenoisePage *self)
{
  g_autoptr (GdkTexture) texture = cpg_run_pictures_create_texture (self->pictures);
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
  cpg_page_say (CPG_PAGE (self), _ ("The picture is copied"));
}

/* The step that is to be exported stays where it is. */
static void export (CpgDenoisePage *self)
{
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_export_dialog_show (get_run (self), GTK_WIDGET (self));
}

/* ---- from step to step ---- */

static gboolean has_run (CpgDenoisePage *self)
{
  return get_run (self) != NULL;
}

static void play (CpgDenoisePage *self)
{
  CpgPlayer *player = cpg_session_get_player (self->session);
  cpg_player_set_playing (player, !cpg_player_is_playing (player));
}

static gboolean can_go_back (CpgDenoisePage *self)
{
  return get_current (self) > 0;
}

static gboolean can_go_on (CpgDenoisePage *self)
{
  return get_current (self) >= 0 && get_current (self) + 1 < get_n_done (self);
}

/* Who steps by hand wants to look at the step. */
static void go_to (CpgDenoisePage *self, int step)
{
  cpg_player_set_playing (cpg_session_get_player (self->session), FALSE);
  cpg_run_set_current_step (get_run (self), step);
}

static void go_first (CpgDenoisePage *self)
{
  go_to (self, 0);
}

static void go_back (CpgDenoisePage *self)
{
  go_to (self, get_current (self) - 1);
}

static void go_on (CpgDenoisePage *self)
{
  go_to (self, get_current (self) + 1);
}

static void go_last (CpgDenoisePage *self)
{
  go_to (self, get_n_done (self) - 1);
}

/* ---- as a page ---- */

static const Action actions[] = {
  {"run", can_run, run},
  {"candidates", can_run, show_candidates},
  {"stop", can_stop, stop},
  {"branch", can_branch, branch},
  {"bookmark", has_step, bookmark},
  {"copy-text", has_step, copy_text},
  {"copy-picture", has_step, copy_picture},
  {"export", has_step, export},
  {"play", has_run, play},
  {"first-step", can_go_back, go_first},
  {"previous-step", can_go_back, go_back},
  {"next-step", can_go_on, go_on},
  {"last-step", can_go_on, go_last},
};

static const Action *find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      return &actions[i];
  return NULL;
}

static gboolean can (CpgPage *page, const char *name)
{
  const Action *action = find (name);
  return action && action->can (CPG_DENOISE_PAGE (page));
}

static void perform (CpgPage *page, const char *name)
{
  find (name)->perform (CPG_DENOISE_PAGE (page));
}

void cpg_denoise_page_init_actions (CpgPageInterface *interface)
{
  interface->can = can;
  interface->perform = perform;
}
