#include "app/cpg-about.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

static char *describe_system (CpgSession *session)
{
  GString *text = g_string_new (NULL);
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  CpgEngine *engine = cpg_session_get_engine (session);
  g_string_append_printf (text, "Cosmos Playground %s\n", CPG_VERSION);
  g_string_append_printf (text, "System: %s\n", system ? system : "?");
  g_string_append_printf (text, "GTK %d.%d.%d, libadwaita %d.%d.%d, GLib %d.%d.%d\n", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version (), adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version (), glib_major_version, glib_minor_version, glib_micro_version);
  g_string_append_printf (text, "Display: %s, renderer: %s\n", G_OBJECT_TYPE_NAME (gdk_display_get_default ()),
                          g_getenv ("GSK_RENDERER") ? g_getenv ("GSK_RENDERER") : "default");
  g_string_append_printf (text, "Processors: %u\n", g_get_num_processors ());
  if (cpg_session_has_model (session))
    g_string_append_printf (text, "Model: %s\nProducts: %s\n", cpg_engine_get_model_name (engine),
                            cpg_engine_get_compute_name (engine));
  return g_string_free (text, FALSE);
}

AdwDialog *cpg_about_create (CpgSession *session)
{
  AdwDialog *dialog = adw_about_dialog_new ();
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (dialog);
  g_autofree char *system = describe_system (session);
  adw_about_dialog_set_application_name (about, _ ("Cosmos Playground"));
  adw_about_dialog_set_application_icon (about, CPG_APPLICATION_ID);
  adw_about_dialog_set_version (about, CPG_VERSION);
  adw_about_dialog_set_developer_name (about, _ ("The Cosmos Playground contributors"));
  adw_about_dialog_set_license_type (about, GTK_LICENSE_GPL_3_0);
  adw_about_dialog_set_comments (
      about, _ ("Watch a text condense out of noise: latent text diffusion, step by step, on your own computer."));
  adw_about_dialog_set_debug_info (about, system);
  adw_about_dialog_set_debug_info_filename (about, "cosmos-playground.txt");
  /* Translators: your names, one a line */
  adw_about_dialog_set_translator_credits (about, _ ("translator-credits"));
  adw_about_dialog_add_link (about, _ ("The Paper: COSMOS"), "https://arxiv.org/abs/2506.21170");
  return dialog;
}
