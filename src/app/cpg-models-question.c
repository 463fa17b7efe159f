#include "app/cpg-models-question.h"

#include "app/cpg-models-card.h"
#include "app/cpg-models-convert.h"

#include <glib/gi18n.h>

enum { LOWEST = 120, HIGHEST = 420 /* pixels of the facts */ };

typedef enum { NOTHING, IMPORT, CONVERT } Plan;

static Plan get_plan (const CosmosFinding *found)
{
  if (!found->uses || found->missing)
    return NOTHING;
  return found->needs_conversion ? CONVERT : IMPORT;
}

static char *describe_plan (const CosmosFinding *found, const char *path, const char *target)
{
  Plan plan = get_plan (found);
  g_autofree char *made = cpg_models_convert_get_path (path, target), *name = g_path_get_basename (made),
                  *size = g_format_size (plan == CONVERT ? found->converted_size : found->size);
  if (plan == CONVERT)
    /* Translators: the name of the file, and its size */
    return g_strdup_printf (
        _ ("A GGUF named “%s” of about %s is made of these weights, with matrices in BF16; your files stay as they are."), name,
        size);
  if (plan == IMPORT)
    return g_strdup_printf (_ ("%s are copied into the models folder; your file stays as it is."), size);
  if (found->uses)
    return g_strdup (_ ("It can be used once what is missing is there, too."));
  return g_strdup (_ ("It is sound, but nothing in this program can use it."));
}

AdwAlertDialog *cpg_models_question_new (const CpgModelsFacts *facts, const char *path, const char *target)
{
  static const char *const headings[] = {N_ ("Cannot Be Imported"), N_ ("Import This?"), N_ ("Convert This?")};
  Plan plan = get_plan (&facts->finding);
  g_autofree char *words = describe_plan (&facts->finding, path, target),
                  *body = g_strdup_printf ("“%s”\n%s", facts->title, words);
  AdwAlertDialog *self = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ (headings[plan]), body));
  GtkWidget *list = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", cpg_models_card_create_group (facts->groups->pdata[0]),
                                  "hscrollbar-policy", GTK_POLICY_NEVER, "propagate-natural-height", TRUE, "min-content-height",
                                  LOWEST, "max-content-height", HIGHEST, NULL);
  adw_alert_dialog_set_extra_child (self, list);
  if (plan == NOTHING) {
    adw_alert_dialog_add_response (self, "close", _ ("_Close"));
    adw_alert_dialog_set_close_response (self, "close");
    return self;
  }
  const char *yes = plan == CONVERT ? "convert" : "import";
  adw_alert_dialog_add_responses (self, "cancel", _ ("_Cancel"), yes, plan == CONVERT ? _ ("C_onvert") : _ ("_Import"), NULL);
  adw_alert_dialog_set_response_appearance (self, yes, ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (self, yes);
  adw_alert_dialog_set_close_response (self, "cancel");
  return self;
}

gboolean cpg_models_question_is_conversion (const char *response)
{
  return g_str_equal (response, "convert");
}

gboolean cpg_models_question_is_yes (const char *response)
{
  return g_str_equal (response, "import") || cpg_models_question_is_conversion (response);
}
