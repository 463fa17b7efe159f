/* A text encoder that a recipe takes ready ([encoder] file) and that comes without the statistics of its states, as a converted BERT does.
 *
 * When the autoencoder's training begins they are measured on this training's texts (encoder-statistics.h), and the encoder is kept with them as encoder.gguf in the
 * folder of the checkpoints, where all later stages and the bundle find it (origin.h).
 */
#pragma once

#include "train/stage.h"

/* Whether a file's encoder has no statistics; false of what holds no encoder at all. */
bool cosmos_ready_encoder_is_bare (const CosmosGguf *file);
/* All ranks. anew: the autoencoder begins from the start, so an encoder.gguf that is there is made anew; else it stays, and is refused where it is of
 * another encoder. Does nothing where the recipe trains its encoder, or takes one that is complete. */
bool cosmos_ready_encoder_complete (const CosmosTraining *training, bool anew, CosmosError *err);
