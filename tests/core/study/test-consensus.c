#include "core/study/consensus.h"
#include "core/study/metrics.h"

#include <glib.h>

static void test_choice (void)
{
  static const struct {
    const char *texts[4];
    size_t n, best;
  } cases[] = {
    {{"Tom ran home."}, 1, 0},
    {{"Tom ran home.", "Anna sat down."}, 2, 0}, /* equals: the first */
    {{"A dog barked at us.", "Tom ran home.", "Tom ran home fast today.", "Tom ran home fast."}, 4, 3},
    {{"", "Tom ran home.", "Tom ran home.", "Tom ran away."}, 4, 1},
    {{"go away", "please go away now", "please go away", "please go"}, 4, 2},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    double agreement[4];
    size_t best;
    g_assert_true (cosmos_consensus_find (cases[i].texts, cases[i].n, agreement, &best));
    g_assert_cmpuint (best, ==, cases[i].best);
    for (size_t k = 0; k < cases[i].n; k++)
      g_assert_true (agreement[k] >= 0 && agreement[k] <= agreement[best]);
  }
}

static void test_agreement (void)
{
  const char *const texts[] = {"the red cat sat on a mat", "the cat sat on a mat", "the cat sat on a red mat"};
  double agreement[3], first, second;
  size_t best;
  g_assert_true (cosmos_consensus_find (texts, 3, agreement, &best));
  g_assert_true (cosmos_bleu_texts (texts[1], texts[0], true, &first));
  g_assert_true (cosmos_bleu_texts (texts[1], texts[2], true, &second));
  g_assert_cmpfloat_with_epsilon (agreement[1], (first + second) / 2, 1e-12);
  g_assert_true (cosmos_consensus_find (texts, 1, agreement, &best));
  g_assert_cmpfloat (agreement[0], ==, 1);
  const char *const same[] = {"the cat sat on a mat", "the cat sat on a mat"};
  g_assert_true (cosmos_consensus_find (same, 2, agreement, &best));
  g_assert_cmpfloat_with_epsilon (agreement[1], 1, 1e-12);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consensus/choice", test_choice);
  g_test_add_func ("/consensus/agreement", test_agreement);
  return g_test_run ();
}
