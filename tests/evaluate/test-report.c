#include "evaluate/report.h"

#include <yyjson.h>

#include <math.h>
#include <string.h>

#include <glib.h>

static const CosmosColumn columns[] = {{"steps", "steps", 0}, {"score", "score <%>", 2}};

static CosmosReport *make (void)
{
  CosmosReport *report = cosmos_report_new ("evaluate", "story");
  int table = cosmos_report_add_table (report, "writing", "Texts & times", "writer", columns, 2);
  int empty = cosmos_report_add_table (report, "nothing", "No rows", "writer", columns, 2);
  cosmos_report_add_text (report, "model", "tiny \"first\" \xff");
  cosmos_report_add_number (report, "seed", 7);
  cosmos_report_add_row (report, table, "people", (double[]) {NAN, 0.5});
  cosmos_report_add_row (report, table, "euler", (double[]) {8, 1.0 / 3});
  cosmos_report_add_row (report, table, "euler", (double[]) {200, NAN});
  cosmos_report_add_chart (report, table, 0, 1, true);
  cosmos_report_add_chart (report, empty, 0, 1, false);
  cosmos_report_add_note (report, "Of %d texts.", 3);
  g_assert_true (cosmos_report_check (report, NULL));
  return report;
}

static void test_lines (void)
{
  CosmosReport *report = make ();
  char *text;
  size_t size;
  FILE *stream = open_memstream (&text, &size);
  cosmos_report_print (report, stream);
  fclose (stream);
  g_assert_nonnull (strstr (text, "evaluate story"));
  g_assert_nonnull (strstr (text, "seed 7"));
  g_assert_nonnull (strstr (text, "writer  steps  score <%>\n"
                                  "people      -       0.50\n"
                                  "euler       8       0.33\n"
                                  "euler     200          -\n"));
  g_assert_nonnull (strstr (text, "Of 3 texts."));
  g_assert_null (strstr (text, "No rows"));
  free (text);
  cosmos_report_free (report);
}

static void test_json (void)
{
  CosmosReport *report = make ();
  char *text = cosmos_report_to_json (report);
  yyjson_doc *document = yyjson_read (text, strlen (text), 0);
  g_assert_nonnull (document);
  g_assert_cmpstr (yyjson_get_str (yyjson_doc_ptr_get (document, "/verb")), ==, "evaluate");
  g_assert_nonnull (strstr (yyjson_get_str (yyjson_doc_ptr_get (document, "/facts/model")), "tiny \"first\""));
  g_assert_cmpfloat (yyjson_get_num (yyjson_doc_ptr_get (document, "/facts/seed")), ==, 7);
  g_assert_true (yyjson_is_null (yyjson_doc_ptr_get (document, "/tables/0/rows/0/steps")));
  g_assert_cmpfloat_with_epsilon (yyjson_get_num (yyjson_doc_ptr_get (document, "/tables/0/rows/1/score")), 1.0 / 3, 1e-7);
  g_assert_cmpuint (yyjson_arr_size (yyjson_doc_ptr_get (document, "/tables/1/rows")), ==, 0);
  g_assert_cmpstr (yyjson_get_str (yyjson_doc_ptr_get (document, "/charts/0/y")), ==, "score");
  g_assert_true (yyjson_get_bool (yyjson_doc_ptr_get (document, "/charts/0/log_x")));
  g_assert_cmpstr (yyjson_get_str (yyjson_doc_ptr_get (document, "/tables/0/row_label")), ==, "writer");
  g_assert_cmpint (yyjson_get_int (yyjson_doc_ptr_get (document, "/tables/0/columns/1/digits")), ==, 2);
  yyjson_doc_free (document);
  free (text);
  cosmos_report_free (report);
}

/* Well-formed, with the points where they belong. */
static void test_svg (void)
{
  CosmosReport *report = make ();
  char *text = cosmos_report_to_svg (report);
  GMarkupParser parser = {0};
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  GError *error = NULL;
  g_markup_parse_context_parse (context, text, -1, &error);
  g_assert_no_error (error);
  g_assert_true (g_markup_parse_context_end_parse (context, NULL));
  g_markup_parse_context_free (context);
  g_assert_nonnull (strstr (text, "score &lt;%&gt;"));
  g_assert_nonnull (strstr (text, "Texts &amp; times"));
  g_assert_null (strstr (text, "nan"));
  g_assert_null (strstr (text, "inf"));
  int circles = 0;
  for (const char *at = text; (at = strstr (at, "<circle")); at++)
    circles++;
  g_assert_cmpint (circles, ==, 2 + 1); /* the level line's ends, and the one point that has a number */
  free (text);
  cosmos_report_free (report);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/lines", test_lines);
  g_test_add_func ("/report/json", test_json);
  g_test_add_func ("/report/svg", test_svg);
  return g_test_run ();
}
