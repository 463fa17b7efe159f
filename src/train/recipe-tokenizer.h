/* The tokenizer of a recipe: of a file, or made of the recipe's own texts. */
#pragma once

#include "core/text/tokenizer.h"
#include "train/recipe.h"

/* named: a tokenizer.json or a bundle that goes before those which the recipe names ([tokenizer] file, [encoder] file, [model] from); NULL or "": none. Where
 * there is none at all, tokenizer.json in the folder `out`, which the first rank makes of the texts below `folder` where it is missing (all ranks call). The
 * recipe's vocabulary is then the tokenizer's. */
CosmosTokenizer *cosmos_recipe_open_tokenizer (CosmosRecipe *recipe, const char *named, const char *folder, const char *out,
                                               CosmosProgress *progress, CosmosError *err);
