#include "engine/cpg-token-private.h"

static CpgToken new_token (const CpgModelInfo *info, const CosmosDecoding *decoding, int position, CosmosMark mark)
{
  CpgToken token = {.position = position, .guess = decoding->tokens[position], .mark = mark};
  token.text = cpg_model_info_get_token (info, token.guess.id);
  for (int i = 0; i < COSMOS_TOP_K; i++)
    token.top_text[i] = token.guess.top[i] >= 0 ? cpg_model_info_get_token (info, token.guess.top[i]) : NULL;
  return token;
}

CpgToken *cpg_tokens_new (const CpgModelInfo *info, const CosmosDecoding *decoding, const CosmosMark *marks)
{
  CpgToken *tokens = g_new (CpgToken, (gsize) decoding->n_tokens);
  for (int i = 0; i < decoding->n_tokens; i++) {
    int position = decoding->first + i;
    tokens[i] = new_token (info, decoding, position, marks ? marks[position] : COSMOS_MARK_SAME);
  }
  return tokens;
}
