#include "core/model/convert-bert-names.h"

#include <glib.h>
#include <string.h>

/* The index of a tensor of ours, or -1. */
static int find (const CosmosBertNames *names, int layers, const char *ours, CosmosBertTensor *tensor)
{
  for (size_t i = 0; i < cosmos_bert_names_count (layers); i++) {
    cosmos_bert_names_get (names, i, tensor);
    if (strcmp (tensor->ours, ours) == 0)
      return (int) i;
  }
  return -1;
}

static void parts (void)
{
  const CosmosBertNames names = {"text_encoder.", false};
  CosmosBertTensor tensor;
  g_assert_cmpint (find (&names, 12, "encoder.layers.11.attention.qkv.bias", &tensor), >=, 0);
  g_assert_cmpint (tensor.making, ==, COSMOS_BERT_STACKED);
  g_assert_cmpint (tensor.n_parts, ==, 3);
  g_assert_cmpstr (tensor.parts[0], ==, "text_encoder.encoder.layer.11.attention.self.query.bias");
  g_assert_cmpstr (tensor.parts[1], ==, "text_encoder.encoder.layer.11.attention.self.key.bias");
  g_assert_cmpstr (tensor.parts[2], ==, "text_encoder.encoder.layer.11.attention.self.value.bias");
  g_assert_cmpint (find (&names, 12, "encoder.position_embedding.weight", &tensor), >=, 0);
  g_assert_cmpint (tensor.making, ==, COSMOS_BERT_SUMMED);
  g_assert_cmpstr (tensor.parts[1], ==, "text_encoder.embeddings.token_type_embeddings.weight");
  g_assert_cmpint (find (&names, 12, "encoder.layers.0.ffn.down.weight", &tensor), >=, 0);
  g_assert_cmpint (tensor.making, ==, COSMOS_BERT_COPIED);
  g_assert_cmpstr (tensor.parts[0], ==, "text_encoder.encoder.layer.0.output.dense.weight");
  g_assert_cmpint (find (&names, 12, "encoder.layers.12.ffn.down.weight", &tensor), ==, -1);
}

static void norms (void)
{
  const CosmosBertNames old = {"bert.", true}, new = {"", false};
  CosmosBertTensor tensor;
  g_assert_cmpint (find (&old, 1, "encoder.layers.0.ffn_norm.bias", &tensor), >=, 0);
  g_assert_cmpstr (tensor.parts[0], ==, "bert.encoder.layer.0.output.LayerNorm.beta");
  g_assert_cmpint (find (&old, 1, "encoder.embedding_norm.weight", &tensor), >=, 0);
  g_assert_cmpstr (tensor.parts[0], ==, "bert.embeddings.LayerNorm.gamma");
  g_assert_cmpint (find (&old, 1, "encoder.layers.0.ffn.up.bias", &tensor), >=, 0);
  g_assert_cmpstr (tensor.parts[0], ==, "bert.encoder.layer.0.intermediate.dense.bias");
  g_assert_cmpint (find (&new, 1, "encoder.layers.0.attention_norm.weight", &tensor), >=, 0);
  g_assert_cmpstr (tensor.parts[0], ==, "encoder.layer.0.attention.output.LayerNorm.weight");
}

/* 5 + 16 a layer: what import.md counts in a BERT without pooler. */
static void all (void)
{
  const CosmosBertNames names = {"", false};
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (size_t i = 0; i < cosmos_bert_names_count (12); i++) {
    CosmosBertTensor tensor;
    cosmos_bert_names_get (&names, i, &tensor);
    for (int k = 0; k < tensor.n_parts; k++)
      g_assert_true (g_hash_table_add (seen, g_strdup (tensor.parts[k])));
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 5 + 12 * 16);
  g_hash_table_unref (seen);
}

static void no_use (void)
{
  const CosmosBertNames names = {"bert.", true};
  g_assert_true (cosmos_bert_names_has_no_use (&names, "bert.pooler.dense.weight"));
  g_assert_true (cosmos_bert_names_has_no_use (&names, "bert.embeddings.position_ids"));
  g_assert_true (cosmos_bert_names_has_no_use (&names, "cls.predictions.bias"));
  g_assert_false (cosmos_bert_names_has_no_use (&names, "bert.encoder.layer.0.output.dense.weight"));
  g_assert_false (cosmos_bert_names_has_no_use (&names, "pooler.dense.weight"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/convert-bert-names/parts", parts);
  g_test_add_func ("/convert-bert-names/norms", norms);
  g_test_add_func ("/convert-bert-names/all", all);
  g_test_add_func ("/convert-bert-names/no-use", no_use);
  return g_test_run ();
}
