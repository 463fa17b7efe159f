/* A pickle of any bytes: run, and, where it is one, searched for tensors, every storage being there in just the size that is asked for or in another. */
#include "core/file/torch-state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* By the key's first digit: 4 bytes a number, 2, 24 bytes in all, or none. */
static bool find (const void *data, const char *key, size_t length, size_t *storage, uint64_t *bytes)
{
  (void) data;
  static const uint64_t sizes[] = {24, 12, 48, 0, 4};
  assert (length > 0 && key[0] >= '0' && key[0] <= '9');
  *storage = (size_t) (key[0] - '0');
  if (*storage >= sizeof sizes / sizeof *sizes)
    return false;
  *bytes = sizes[*storage];
  return true;
}

static void walk (const CosmosTorchState *state)
{
  for (size_t i = 0; i < state->n; i++) {
    const CosmosTensorInfo *info = &state->infos[i];
    const CosmosTorchPlace *place = &state->places[i];
    assert (info->rank >= 0 && info->rank <= COSMOS_FILE_MAX_RANK && strlen (info->name) <= 4096);
    assert (info->count <= place->numbers);
    uint64_t last = place->offset;
    for (int k = 0; k < info->rank; k++)
      last += info->count ? ((uint64_t) info->shape[k] - 1) * place->strides[k] : 0;
    assert (info->count == 0 || last < place->numbers);
  }
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CosmosError err;
  char *copy = malloc (size ? size : 1);
  assert (copy);
  if (size)
    memcpy (copy, data, size);
  CosmosPickle *pickle = cosmos_pickle_new (copy, size, "fuzz", &err);
  if (pickle) {
    const CosmosTorchStorages storages = {find, NULL};
    CosmosArena *arena = cosmos_arena_new (1 << 12);
    CosmosTorchState state;
    assert (arena);
    cosmos_pickle_find (cosmos_pickle_get_root (pickle), "step");
    if (cosmos_torch_state_read (&state, cosmos_pickle_get_root (pickle), &storages, arena, "fuzz", &err))
      walk (&state);
    cosmos_arena_free (arena);
  }
  cosmos_pickle_free (pickle);
  free (copy);
  return 0;
}
