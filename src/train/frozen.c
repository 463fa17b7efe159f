#include "train/frozen.h"

#include "train/origin.h"

#include <stdlib.h>

typedef struct {
  CosmosGguf *file;
  CosmosParameters *store;
} Part;

struct CosmosFrozen {
  Part encoder_part, autoencoder_part;
  CosmosEncoder *encoder;
  CosmosCompressor *compressor;
  const CosmosWeight *tokens;
};

static bool open_part (const CosmosTraining *training, const char *stage, Part *part, CosmosError *err)
{
  part->file = cosmos_origin_open (training, stage, err);
  if (part->file && !(part->store = cosmos_parameters_new_from_gguf (part->file, training->compute)))
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", cosmos_gguf_get_path (part->file));
  return part->store;
}

static void part_clear (Part *self)
{
  cosmos_parameters_free (self->store);
  cosmos_gguf_free (self->file);
}

CosmosFrozen *cosmos_frozen_open (const CosmosTraining *training, bool with_autoencoder, CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  CosmosFrozen *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
    return NULL;
  }
  bool ok = open_part (training, "encoder", &self->encoder_part, err)
            && (self->encoder = cosmos_encoder_new (config, self->encoder_part.store, err));
  if (ok)
    self->tokens = cosmos_parameters_matrix (self->encoder_part.store, config->vocabulary, config->encoder.width,
                                             "encoder.token_embedding.weight");
  if (ok && with_autoencoder)
    ok = open_part (training, "autoencoder", &self->autoencoder_part, err)
         && (self->compressor = cosmos_compressor_new (config, self->autoencoder_part.store, err));
  if (ok)
    return self;
  cosmos_frozen_free (self);
  return NULL;
}

void cosmos_frozen_free (CosmosFrozen *self)
{
  if (!self)
    return;
  cosmos_encoder_free (self->encoder);
  cosmos_compressor_free (self->compressor);
  part_clear (&self->encoder_part);
  part_clear (&self->autoencoder_part);
  free (self);
}

CosmosParameters *cosmos_frozen_get_encoder (const CosmosFrozen *self)
{
  return self->encoder_part.store;
}

CosmosParameters *cosmos_frozen_get_autoencoder (const CosmosFrozen *self)
{
  return self->autoencoder_part.store;
}

static uint64_t hash_part (const Part *part, CosmosHashKey key)
{
  uint64_t hash = 0;
  for (size_t i = 0; part->store && i < cosmos_parameters_get_n (part->store); i++) {
    const CosmosTensorInfo *info = cosmos_gguf_find_tensor (part->file, cosmos_parameters_get (part->store, i).name);
    const uint64_t both[] = {hash, info ? cosmos_hash_bytes (key, info->data, info->size) : 0};
    hash = cosmos_hash_bytes (key, (const char *) both, sizeof both);
  }
  return hash;
}

uint64_t cosmos_frozen_get_hash (const CosmosFrozen *self, CosmosHashKey key)
{
  const uint64_t both[] = {hash_part (&self->encoder_part, key), hash_part (&self->autoencoder_part, key)};
  return cosmos_hash_bytes (key, (const char *) both, sizeof both);
}

const CosmosWeight *cosmos_frozen_get_tokens (const CosmosFrozen *self)
{
  return self->tokens;
}

CosmosTensor *cosmos_frozen_read (const CosmosFrozen *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                  int64_t batch, int64_t length)
{
  return cosmos_encoder_normalise (self->encoder, graph, cosmos_encoder_run (self->encoder, graph, ids, keep, batch, length));
}

CosmosTensor *cosmos_frozen_encode (const CosmosFrozen *self, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                                    int64_t batch, int64_t length)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *h = cosmos_frozen_read (self, graph, ids, keep, batch, length);
  return cosmos_graph_end (graph, scope, cosmos_compressor_run (self->compressor, graph, h, keep));
}
