#include "store/cpg-address.h"
#include "store/cpg-fetch-error.h"

static void test_check (void)
{
  static const char *const good[] = {"https://example.org/a", "https://example.org:8443/a?b=c&d=%20",
                                     "http://127.0.0.1:80/",  "http://127.9.9.9/x",
                                     "http://localhost/x",    "http://[::1]:9/x",
                                     "HTTPS://EXAMPLE.org/"};
  static const char *const bad[] = {"",
                                    "example.org/a",
                                    "//example.org/a",
                                    "http://example.org/a",
                                    "http://127.example.org/",
                                    "http://localhost.example.org/",
                                    "http://10.0.0.1/",
                                    "http://[::2]/",
                                    "http://localhost@example.org/",
                                    "http://127.0.0.1#@example.org/",
                                    "http://127.0.0.1\\@example.org/",
                                    "https://",
                                    "https://user@example.org/",
                                    "https://example.org/#top",
                                    "https://exa mple.org/",
                                    "https://example.org/\n",
                                    "https://\xc3\xa9.org/",
                                    "file:///etc/passwd",
                                    "ftp://127.0.0.1/",
                                    "javascript:alert(1)",
                                    "gopher://localhost/"};
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    cpg_address_check (good[i], &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", bad[i]);
    g_assert_false (cpg_address_check (bad[i], &error));
    g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_ADDRESS);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void test_redirect (void)
{
  static const struct {
    const char *from, *location, *to; /* NULL: refused */
  } cases[] = {
    {"https://a.org/b/c", "d", "https://a.org/b/d"},
    {"https://a.org/b/c", "/d", "https://a.org/d"},
    {"https://a.org/b/c", "../../../d#part", "https://a.org/d"},
    {"https://a.org/b", "//c.org/d", "https://c.org/d"},
    {"http://localhost/b", "https://c.org/d", "https://c.org/d"},
    {"http://localhost/b", "http://127.0.0.1/d", "http://127.0.0.1/d"},
    {"http://localhost/b", "//c.org/d", NULL},
    {"https://a.org/b", "http://a.org/b", NULL},
    {"https://a.org/b", "http://localhost/b", NULL},
    {"https://a.org/b", "file:///etc/passwd", NULL},
    {"https://a.org/b", "https://u:p@a.org/", NULL},
    {"https://a.org/b", "https:", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *to = cpg_address_redirect (cases[i].from, cases[i].location, &error);
    g_assert_cmpstr (to, ==, cases[i].to);
    g_assert_true ((to == NULL) == (error != NULL));
  }
}

static void test_file_name (void)
{
  static const char *const good[] = {"a", "a.gguf", "Märchen 2.gguf", "a..b", "模型.gguf"};
  static const char *const bad[] = {"",
                                    ".",
                                    "..",
                                    ".a",
                                    "a/b",
                                    "/a",
                                    "a\\b",
                                    " a",
                                    "a ",
                                    "a\tb",
                                    "a\x7f",
                                    "a.part",
                                    "a.part-info",
                                    "a\xff",
                                    ("a\xe2\x80\xae"
                                     "b")};
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (cpg_address_check_file_name (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (cpg_address_check_file_name (bad[i], NULL));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/check", test_check);
  g_test_add_func ("/address/redirect", test_redirect);
  g_test_add_func ("/address/file-name", test_file_name);
  return g_test_run ();
}
