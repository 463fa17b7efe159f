#include "engine/cpg-difference.h"

/* Texts with "|" between their tokens. -> the tokens that differ from b, in brackets. */
static char *mark (const char *a, const char *b)
{
  g_auto (GStrv) of_a = g_strsplit (a, "|", -1), of_b = g_strsplit (b, "|", -1);
  GStrv pieces[2] = {of_a, of_b};
  CpgToken tokens[2][16] = {0};
  int n[2] = {0};
  gboolean differs[16];
  for (int k = 0; k < 2; k++)
    for (; pieces[k][n[k]]; n[k]++)
      tokens[k][n[k]].text = pieces[k][n[k]];
  cpg_difference_find (tokens[0], n[0], tokens[1], n[1], differs);
  GString *marked = g_string_new (NULL);
  for (int i = 0; i < n[0]; i++)
    g_string_append_printf (marked, differs[i] ? "[%s]" : "%s", tokens[0][i].text);
  return g_string_free_and_steal (marked);
}

static void test_marks (void)
{
  static const struct {
    const char *a, *b, *marked;
  } cases[] = {
    {"Tom| ran| home|.", "Tom| ran| home|.", "Tom ran home."},
    {"Tom| ran| home|.", "Anna| ran| home|.", "[Tom] ran home."},
    {"Tom| play|ed|.", "Tom| play|s|.", "Tom[ play][ed]."}, /* a word as a whole */
    {"Tom| play|ed|.", "Tom| played|.", "Tom played."},     /* cut in another way */
    {"Tom| ran|.", "", "[Tom][ ran][.]"},
    {"", "Tom", ""},
    {"Tom ran| home.", "Tom walked| home.", "[Tom ran] home."}, /* two words in one token */
    {" |Tom| ", "Tom", " Tom "},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *marked = mark (cases[i].a, cases[i].b);
    g_assert_cmpstr (marked, ==, cases[i].marked);
  }
  cpg_difference_find (NULL, 0, NULL, 0, NULL);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/difference/marks", test_marks);
  return g_test_run ();
}
