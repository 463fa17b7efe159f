#include "app/cpg-help-dialog.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>

struct _CpgHelpDialog {
  AdwDialog parent_instance;
  AdwNavigationView *view;
  AdwPreferencesGroup *topics;
};

G_DEFINE_FINAL_TYPE (CpgHelpDialog, cpg_help_dialog, ADW_TYPE_DIALOG)

typedef struct {
  const char *name, *title, *about;
} Topic;

static const Topic topics[] = {
  {"denoise", N_ ("Denoise"), N_ ("Watch a text come out of noise")},
  {"compare", N_ ("Compare"), N_ ("Look at several runs side by side")},
  {"explore", N_ ("Explore"), N_ ("Try what the latents can do")},
  {"learn", N_ ("Learn"), N_ ("Be shown around, and teach")},
  {"words", N_ ("Words"), N_ ("Noise, step, latent and the others")},
  {"keys", N_ ("Keys"), N_ ("What the keyboard does")},
};

typedef struct {
  const char *topic, *group; /* NULL: as the one before */
  const char *title, *text;
} Entry;

static const Entry entries[] = {
  {"denoise", N_ ("The Text"), N_ ("Guess so far"),
   N_ ("At each step the model guesses the whole text at once. Underlined words are other ones than at the step before; pale words with dots "
       "are unsure. Press a word to see what else it could be.")},
  {NULL, NULL, N_ ("Guess or Noisy"),
   N_ ("Guess is what the finished text looks like from this step. Noisy is the state that the step starts from, read as it is.")},
  {NULL, NULL, N_ ("The bar below"),
   N_ ("Goes to any step, even while the run goes on. Under it stands how much each step changed. Branch makes this step and the rest again, "
       "with the settings at the side; a bookmark keeps the step.")},
  {NULL, N_ ("The Pictures"), N_ ("Latents"),
   N_ ("What the text is made of. A row is one latent, a cell is one of its numbers. Noise looks like sand; later, rows take shape.")},
  {NULL, NULL, N_ ("Path"),
   N_ ("All latents together are one point, and the line is its way from step to step. It starts at the ring. Long pieces are large changes. "
       "Faint lines are your runs before this one: another text goes another way, and little of that is seen from here.")},
  {NULL, NULL, N_ ("Change"),
   N_ ("How far the guess moves at each step, how many tokens flip, how sure the model is, and between how many tokens it wavers (entropy).")},
  {NULL, NULL, N_ ("Schedule"), N_ ("How much signal and how much noise each step has, by plan. It is the same for every text.")},
  {"compare", N_ ("Side by Side"), N_ ("Columns"),
   N_ ("Two to four runs on the same input: diffusion beside a model that writes word by word, one seed, sampler or model beside another.")},
  {NULL, NULL, N_ ("One bar for all"),
   N_ ("Moves all columns together: by step, by part of the way, or as a race, each in the time that it really took.")},
  {NULL, N_ ("The Table"), N_ ("Perplexity"),
   N_ ("How surprised another language model is by the text. Less is better, but a text that repeats itself has little, too.")},
  {NULL, NULL, N_ ("Diversity"), N_ ("How much of the text is not said twice. 1 is all of it.")},
  {NULL, NULL, N_ ("BLEU and ROUGE"), N_ ("How much of the words is the same as in a text to compare with, where you give one.")},
  {"explore", N_ ("Four Ways"), N_ ("Reconstruct"),
   N_ ("A text becomes latents, and these become a text again. What got lost on the way is marked.")},
  {NULL, NULL, N_ ("Perturb"),
   N_ ("Add noise to the latents of a text and read it at once. It shows how much noise a text stands.")},
  {NULL, NULL, N_ ("Interpolate"), N_ ("Walk from one text to another and read what lies between them.")},
  {NULL, NULL, N_ ("Edit"), N_ ("Hold some latents as they are and make the others anew.")},
  {NULL, N_ ("Studies"), N_ ("Study"),
   N_ ("An experiment on many texts at once: how much noise latents bear, whether they are as the diffusion wants them, how smooth the space between "
       "texts is, what self-conditioning and less noise do. Run asks for a folder with texts once; you can go on with other things meanwhile.")},
  {NULL, NULL, N_ ("Result"),
   N_ ("What was found beside what was expected, as words, curves and tables. Lay another one over it (Ctrl+K), for example of another model. "
       "Ctrl+Shift+O opens a result that was kept.")},
  {"learn", N_ ("Lessons"), N_ ("A lesson"),
   N_ ("Stands at the side, sets up what it speaks of, hides what it does not need, and asks. Go on with Next (Alt+Right), back with Alt+Left; "
       "Again sets the step up once more when you have tried something of your own. At the end your own settings are there again.")},
  {NULL, NULL, N_ ("Lessons of your own"),
   N_ ("A lesson is a text file (JSON): docs/lessons.md beside the program says how it is written. Open it here, drop it on the window, or put it into the folder "
       "“cosmos-playground/lessons” in your data folder to have it in the list.")},
  {"words", N_ ("How It Works"), N_ ("Noise"),
   N_ ("Random numbers. A run starts with nothing else. The number by the step says how much is left: 1 is all noise, 0 is none.")},
  {NULL, NULL, N_ ("Step"), N_ ("The model guesses the text, and a little of the noise is taken away in that direction.")},
  {NULL, NULL, N_ ("Guess so far (x0)"), N_ ("What the model would write if it had to stop at this step.")},
  {NULL, NULL, N_ ("Noisy state (x_t)"), N_ ("The latents at this step, with the noise that is still in them.")},
  {NULL, NULL, N_ ("Latent"), N_ ("A row of numbers. A few of them together hold a whole text; no single one is a word.")},
  {NULL, NULL, N_ ("Token"), N_ ("A word or a piece of one: the model knows a fixed list of them.")},
  {NULL, N_ ("Settings"), N_ ("Seed"),
   N_ ("The number that the noise is made from. The same seed and settings write the same text.")},
  {NULL, NULL, N_ ("Sampler"),
   N_ ("How a step takes noise away. DPM++ looks back one step and needs few; SDE adds a little new noise each time, ODE does not. Euler is the "
       "paper's and wants many steps. DDPM adds new noise, too; DDIM does not.")},
  {NULL, NULL, N_ ("Self-conditioning"),
   N_ ("Each guess is made knowing the one before. It costs nothing, and texts hold together better.")},
  {NULL, NULL, N_ ("Guidance"),
   N_ ("How much the source counts, for models that read one. At 1 it is off; above, the text keeps closer to the source, and a step takes twice "
       "as long.")},
  {NULL, NULL, N_ ("Strength"),
   N_ ("For models that read the latents of their source. At 1 a run begins as noise alone; below, later on its way, as the source under the noise "
       "of that time. Less keeps more of the source.")},
  {NULL, NULL, N_ ("Noise shape and last time"),
   N_ ("How long the noise stays high, and how near to no noise the run goes. Each model has values that suit it.")},
  {"keys", N_ ("Most Used"), N_ ("Space"), N_ ("Plays and pauses.")},
  {NULL, NULL, N_ ("Left and Right"), N_ ("Go one step back or on. Home and End go to the first and the last.")},
  {NULL, NULL, N_ ("Ctrl+R and Ctrl+."), N_ ("Run, and stop. What was made so far stays.")},
  {NULL, NULL, N_ ("Alt+1 to Alt+5"), N_ ("Go from page to page.")},
};

static GtkWidget *create_row (const char *title, const char *text)
{
  GtkWidget *row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (text));
  return row;
}

static void cpg_help_dialog_add_group (AdwPreferencesPage *page, AdwPreferencesGroup **group, const char *title)
{
  *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (*group, _ (title));
  adw_preferences_page_add (page, *group);
}

static void cpg_help_dialog_fill (AdwPreferencesPage *page, const char *topic)
{
  AdwPreferencesGroup *group = NULL;
  const char *current = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++) {
    current = entries[i].topic ? entries[i].topic : current;
    if (!g_str_equal (current, topic))
      continue;
    if (entries[i].group)
      cpg_help_dialog_add_group (page, &group, entries[i].group);
    adw_preferences_group_add (group, create_row (entries[i].title, entries[i].text));
  }
  if (!g_str_equal (topic, "keys"))
    return;
  GtkWidget *all = adw_button_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (all), _ ("All Keys"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (all), "app.shortcuts");
  adw_preferences_group_add (group, all);
}

static void cpg_help_dialog_add_topic (CpgHelpDialog *self, const Topic *topic)
{
  GtkWidget *body = adw_preferences_page_new (), *frame = adw_toolbar_view_new ();
  cpg_help_dialog_fill (ADW_PREFERENCES_PAGE (body), topic->name);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (frame), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (frame), body);
  adw_navigation_view_add (self->view, adw_navigation_page_new_with_tag (frame, _ (topic->title), topic->name));

  GtkWidget *row = create_row (topic->title, topic->about), *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "navigation.push");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", topic->name);
  adw_preferences_group_add (self->topics, row);
}

static void cpg_help_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_HELP_DIALOG);
  G_OBJECT_CLASS (cpg_help_dialog_parent_class)->dispose (object);
}

static void cpg_help_dialog_class_init (CpgHelpDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_help_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-help-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgHelpDialog, view);
  gtk_widget_class_bind_template_child (widget_class, CpgHelpDialog, topics);
}

static void cpg_help_dialog_init (CpgHelpDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (size_t i = 0; i < G_N_ELEMENTS (topics); i++)
    cpg_help_dialog_add_topic (self, &topics[i]);
}

AdwDialog *cpg_help_dialog_new (const char *topic)
{
  CpgHelpDialog *self = g_object_new (CPG_TYPE_HELP_DIALOG, NULL);
  if (topic && adw_navigation_view_find_page (self->view, topic))
    adw_navigation_view_replace_with_tags (self->view, (const char *const[]) {"topics", topic}, 2);
  return ADW_DIALOG (self);
}
