/* Heads of answers, line by line, and what follows from them. */
#include "store/cpg-fetch-error.h"
#include "store/cpg-response.h"

#include <string.h>

static void read_head (CpgResponse *self, const char *head)
{
  g_auto (GStrv) lines = g_strsplit (head, "\n", -1);
  cpg_response_init (self);
  for (char **line = lines; *line; line++) {
    g_autofree char *with_end = g_strconcat (*line, "\r\n", NULL);
    cpg_response_add_line (self, with_end, strlen (with_end), 1000000000);
  }
}

static void test_read (void)
{
  CpgResponse response;
  read_head (
      &response,
      "HTTP/1.1 103 Early Hints\nETag: \"old\"\nHTTP/1.1 206 Partial\neTaG:  \"new\" \nLast-Modified: now\nContent-Length: 10\n"
      "content-range: bytes 5-14/15\nTransfer-Encoding: chunked\nContent-Encoding: gzip\nno colon\n: empty\nRetry-After: 7");
  g_assert_cmpint (response.status, ==, 206);
  g_assert_cmpstr (response.etag, ==, "\"new\"");
  g_assert_cmpstr (response.modified, ==, "now");
  g_assert_cmpuint (response.length, ==, 10);
  g_assert_true (response.first == 5 && response.last == 14 && response.total == 15);
  g_assert_true (response.framed && response.encoded);
  g_assert_cmpint (response.retry_after, ==, 7);
  cpg_response_clear (&response);
  read_head (&response, "HTTP/2 200\nRetry-After: Sun, 09 Sep 2001 01:47:40 GMT");
  g_assert_true (response.framed);
  g_assert_cmpint (response.retry_after, ==, 60);
  cpg_response_clear (&response);
  read_head (&response, "HTTP/1.1 200 OK\nRetry-After: Sun, 09 Sep 2000 01:46:40 GMT\nContent-Length: 99999999999999999999");
  g_assert_cmpint (response.retry_after, ==, 0);
  g_assert_cmpuint (response.length, ==, G_MAXUINT64);
  cpg_response_clear (&response);
}

static void test_ranges (void)
{
  static const char *const bad[] = {"bytes 5-14/*",  "bytes 5-4/15",
                                    "bytes 5-15/15", "bytes -14/15",
                                    "bytes 5-/15",   "bytes */15",
                                    "5-14/15",       "bytes 5-14",
                                    "bytes a-b/c",   "bytes 5-14/99999999999999999999",
                                    "bytes /-",      ""};
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    CpgResponse response;
    g_autofree char *head = g_strdup_printf ("HTTP/1.1 206 Partial\nContent-Range: %s", bad[i]);
    read_head (&response, head);
    g_assert_cmpuint (response.total, ==, 0);
    cpg_response_clear (&response);
  }
}

static void test_judge (void)
{
  static const struct {
    const char *head;
    CpgRequest request;
    CpgAnswer answer;
  } cases[] = {
    {"HTTP/1.1 200 OK\nContent-Length: 15", {0}, CPG_ANSWER_WHOLE},
    {"HTTP/1.1 200 OK\nContent-Length: 15", {.offset = 5, .size = 15, .total = 15}, CPG_ANSWER_WHOLE},
    {"HTTP/1.1 200 OK\nContent-Length: 14", {.size = 15}, CPG_ANSWER_NO},
    {"HTTP/1.1 200 OK", {.size = 15}, CPG_ANSWER_WHOLE},
    {"HTTP/1.1 200 OK", {0}, CPG_ANSWER_NO},
    {"HTTP/2 200", {0}, CPG_ANSWER_WHOLE},
    {"HTTP/1.1 200 OK\nContent-Length: 0", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 200 OK\nContent-Length: 15\nContent-Encoding: br", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 200 OK\nContent-Length: 15\nContent-Encoding: identity", {0}, CPG_ANSWER_WHOLE},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-14/15", {.offset = 5, .total = 15}, CPG_ANSWER_REST},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-14/15\nContent-Length: 9", {.offset = 5}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 4-14/15", {.offset = 5, .total = 15}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-13/15", {.offset = 5, .total = 15}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-14/15", {.offset = 5, .total = 16}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-14/15\nETag: \"b\"", {.offset = 5, .etag = "\"a\""}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-14/15\nETag: \"a\"", {.offset = 5, .etag = "\"a\""}, CPG_ANSWER_REST},
    {"HTTP/1.1 206 Part\nContent-Type: multipart/byteranges", {.offset = 5}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 5-14/15", {.offset = 5, .size = 16}, CPG_ANSWER_NO},
    {"HTTP/1.1 206 Part\nContent-Range: bytes 0-14/15", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 416 No", {.offset = 5}, CPG_ANSWER_ANEW},
    {"HTTP/1.1 416 No", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 302 There\nLocation: /x", {0}, CPG_ANSWER_REDIRECT},
    {"HTTP/1.1 302 There", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 304 Same\nLocation: /x", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 429 Slow", {0}, CPG_ANSWER_LATER},
    {"HTTP/1.1 599 Odd", {0}, CPG_ANSWER_LATER},
    {"HTTP/1.1 404 No", {0}, CPG_ANSWER_NO},
    {"HTTP/1.1 999999999999 No", {0}, CPG_ANSWER_LATER},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CpgResponse response;
    g_autoptr (GError) error = NULL;
    read_head (&response, cases[i].head);
    g_test_message ("%s", cases[i].head);
    CpgAnswer answer = cpg_response_judge (&response, &cases[i].request, "https://a.org/", &error);
    g_assert_cmpint (answer, ==, cases[i].answer);
    g_assert_true ((error != NULL) == (answer >= CPG_ANSWER_LATER));
    cpg_response_clear (&response);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/response/read", test_read);
  g_test_add_func ("/response/ranges", test_ranges);
  g_test_add_func ("/response/judge", test_judge);
  return g_test_run ();
}
