/* What a training writes down of its own: the recipe's text and the checksums of all files that it reads. */
#pragma once

#include "train/provenance.h"

typedef struct CliProvenance CliProvenance;

/* text: the recipe's, copied; data: the folder of the texts. Reads every file once, with progress. */
CliProvenance *cli_provenance_new (const char *text, const CosmosRecipe *recipe, const char *data, CosmosError *err);
void cli_provenance_free (CliProvenance *self);
/* Lives as long as self. */
const CosmosProvenance *cli_provenance_get (const CliProvenance *self);
