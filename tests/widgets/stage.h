/* A window for one widget, and photographs of it. */
#pragma once

#include "app/pictures/cpg-picture.h"

/* GTest and libadwaita; a font that is there in every build. */
void stage_init (int *argc, char ***argv);
/* Shows the widget (taken over) in a window of its own and waits until it is drawn. */
GtkWindow *stage_show (GtkWidget *widget, int width, int height);
/* Ends the window; the caller's own references to the widget stay. */
void stage_close (GtkWindow *window);
/* Lets all that waits happen, until the widget has been drawn. */
void stage_settle (GtkWidget *widget);
/* Does what a key of the widget is bound to. FALSE: the widget has no such action. */
gboolean stage_press (GtkWidget *widget, const char *action, const char *format, ...);
/* What assistive tools are told of the widget, as value and as description. */
void stage_assert_value (GtkWidget *widget, const char *words);
/* The widget in light, dark and right to left: SCREENSHOTS/widget-NAME-{light,dark,rtl}.png. */
void stage_photograph (GtkWidget *widget, const char *name);
/* The picture drawn without a widget's look at any size; it must be without error. */
void stage_draw (CpgPicture *picture, int width, int height);

/* The same once more with the keyboard's focus, as it is seen. */
void stage_photograph_focus (GtkWidget *widget, const char *name);
/* For pictures over steps: keys ask for steps, and a press or drag for the one below, from left to right or mirrored. None moves the picture
 * itself. Needs a picture in a window with n_steps > 10 and data; flat: the step follows from the column alone. */
void stage_check_scrubbing (GtkWidget *widget, int n_steps, gboolean flat);
