/* The curves of a training as a picture, made of its log. */
#pragma once

#include "core/base/status.h"

/* Reads log.jsonl in the folder and writes curves.svg there, whole or not at all; nothing where there is nothing to draw yet. */
bool cli_training_curves_draw (const char *folder, CosmosError *err);
