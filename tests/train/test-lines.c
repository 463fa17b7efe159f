#include "fixture.h"

#include "train/lines.h"

/* Each line in brackets. */
static char *read_all (const char *path, CosmosError *err)
{
  CosmosLines *lines = cosmos_lines_open (path, err);
  GString *all = g_string_new (NULL);
  char *line;
  size_t length, n = 0;
  bool ok = lines;
  while (ok && (ok = cosmos_lines_next (lines, &line, &length, err)) && line) {
    g_assert_cmpuint (strlen (line), ==, length);
    g_assert_cmpuint (cosmos_lines_get_number (lines), ==, ++n);
    g_string_append_printf (all, "<%s>", line);
  }
  cosmos_lines_close (lines);
  return g_string_free (all, !ok);
}

static void check (Fixture *self, const char *text, const char *want)
{
  CosmosError err;
  g_autofree char *path = fixture_path (self, "plain"), *packed = fixture_path (self, "packed.xz");
  fixture_write (self, "plain", text);
  g_autofree char *command = g_strdup_printf ("sh -c 'xz -c %s > %s'", path, packed);
  g_autofree char *found = read_all (path, &err);
  g_assert_cmpstr (found, ==, want);
  g_autofree char *packer = g_find_program_in_path ("xz");
  if (!packer)
    return;
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_autofree char *unpacked = read_all (packed, &err);
  g_assert_cmpstr (unpacked, ==, want);
}

static void test_lines (Fixture *self, gconstpointer unused)
{
  check (self, "", "");
  check (self, "one", "<one>");
  check (self, "one\n", "<one>");
  check (self, "one\n\ntwo\n", "<one><><two>");
}

/* Longer than any buffer at first. */
static void test_long (Fixture *self, gconstpointer unused)
{
  g_autofree char *text = g_strnfill (300000, 'x');
  g_autofree char *lines = g_strdup_printf ("%s\n%s\nend", text, text);
  g_autofree char *want = g_strdup_printf ("<%s><%s><end>", text, text);
  check (self, lines, want);
}

static void test_faults (Fixture *self, gconstpointer unused)
{
  CosmosError err;
  g_autofree char *missing = fixture_path (self, "missing"), *broken = fixture_path (self, "broken.xz"),
                  *cut = fixture_path (self, "cut.xz");
  g_assert_null (read_all (missing, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_IO);
  fixture_write (self, "broken.xz", "this is no archive at all");
  g_assert_null (read_all (broken, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
  g_autofree char *packer = g_find_program_in_path ("xz");
  if (!packer)
    return;
  g_autofree char *command = g_strdup_printf ("sh -c 'seq 1 1000 | xz -c | head -c 200 > %s'", cut);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_assert_null (read_all (cut, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CORRUPT);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/lines/lines", Fixture, NULL, fixture_set_up, test_lines, fixture_tear_down);
  g_test_add ("/lines/long", Fixture, NULL, fixture_set_up, test_long, fixture_tear_down);
  g_test_add ("/lines/faults", Fixture, NULL, fixture_set_up, test_faults, fixture_tear_down);
  return g_test_run ();
}
