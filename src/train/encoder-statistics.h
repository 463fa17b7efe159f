/* Mean and deviation of a text encoder's states over real tokens, in whose units the autoencoder reads and writes them (spec 1.1). */
#pragma once

#include "core/model/encoder.h"
#include "train/stage.h"

/* Of the first validation texts of every task (of those that train, where there are none to validate on): 500 a task. mean, std: (D). Some seconds, a minute
 * with BERT-base; the training's progress hears of it and may cancel it. */
bool cosmos_encoder_statistics_measure (const CosmosTraining *training, const CosmosEncoder *encoder, float *mean, float *std,
                                        CosmosError *err);
