/* What is known of a model, as a dialog: groups of facts that can be selected and copied. */
#pragma once

#include "app/cpg-models-facts.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_MODELS_CARD (cpg_models_card_get_type ())
G_DECLARE_FINAL_TYPE (CpgModelsCard, cpg_models_card, CPG, MODELS_CARD, AdwDialog)

AdwDialog *cpg_models_card_new (const CpgModelsFacts *facts);
/* A group of them alone, for a question about a model. */
GtkWidget *cpg_models_card_create_group (const CpgFactGroup *facts);

G_END_DECLS
