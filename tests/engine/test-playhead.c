#include "engine/cpg-playhead.h"

#include "fixture.h"

#include <math.h>

typedef struct {
  CpgEngine *engine;
  CpgComparison *comparison;
  CpgPlayhead *playhead;
  CpgContender *long_one, *short_one;
} Fixture;

/* 20 steps against 5. */
static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgSettings) settings = fixture_settings (20, 7);
  g_autoptr (CpgContender) a = cpg_contender_new (CPG_VARIATION_NONE, 0, NULL),
                           b = cpg_contender_new (CPG_VARIATION_STEPS, 5, NULL);
  self->engine = fixture_engine (NULL);
  self->comparison = cpg_comparison_new ();
  self->long_one = a;
  self->short_one = b;
  cpg_comparison_add (self->comparison, a);
  cpg_comparison_add (self->comparison, b);
  self->playhead = cpg_playhead_new (self->comparison);
  g_autofree char *words = cpg_playhead_describe (self->playhead);
  g_assert_cmpstr (words, ==, "Nothing to show yet");
  cpg_comparison_start (self->comparison, self->engine, settings);
  fixture_wait_until (!cpg_comparison_is_active (self->comparison));
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_object_unref (self->playhead);
  g_object_unref (self->comparison);
  g_object_unref (self->engine);
}

static void assert_shown (Fixture *self, int of_long, int of_short)
{
  g_assert_cmpint (cpg_contender_get_shown (self->long_one), ==, of_long);
  g_assert_cmpint (cpg_contender_get_shown (self->short_one), ==, of_short);
}

static void test_steps (Fixture *self, gconstpointer data)
{
  (void) data;
  assert_shown (self, 19, 4); /* the end was followed */
  g_assert_cmpint (cpg_playhead_get_n_moments (self->playhead), ==, 20);
  cpg_playhead_set_position (self->playhead, 3. / 19);
  assert_shown (self, 3, 3);
  cpg_playhead_move (self->playhead, 1);
  cpg_playhead_move (self->playhead, 1);
  assert_shown (self, 5, 4);
  cpg_playhead_move (self->playhead, -1);
  g_assert_cmpint (cpg_playhead_get_moment (self->playhead), ==, 4);
  g_autofree char *words = cpg_playhead_describe (self->playhead);
  g_assert_cmpstr (words, ==, "Step 5 of 20");
  cpg_playhead_set_position (self->playhead, -3);
  assert_shown (self, 0, 0);
  cpg_playhead_move (self->playhead, -1);
  assert_shown (self, 0, 0);
  cpg_playhead_set_position (self->playhead, NAN);
  assert_shown (self, 0, 0);
}

static void test_fraction (Fixture *self, gconstpointer data)
{
  (void) data;
  g_object_set (self->playhead, "mode", CPG_PLAYHEAD_FRACTION, NULL);
  cpg_playhead_set_position (self->playhead, .5);
  assert_shown (self, 9, 2);
  cpg_playhead_set_position (self->playhead, 1);
  assert_shown (self, 19, 4);
  cpg_playhead_set_position (self->playhead, .5);
  g_autofree char *words = cpg_playhead_describe (self->playhead);
  g_assert_cmpstr (words, ==, "50 % of each");
}

static void test_race (Fixture *self, gconstpointer data)
{
  (void) data;
  double whole = cpg_playhead_get_seconds (self->playhead);
  g_assert_cmpfloat (whole, >, 0);
  g_object_set (self->playhead, "mode", CPG_PLAYHEAD_RACE, NULL);
  cpg_playhead_set_position (self->playhead, 0);
  assert_shown (self, -1, -1); /* nothing is there at once */
  g_autofree char *sentence = cpg_contender_describe (self->long_one);
  g_assert_cmpstr (sentence, ==, "Nothing is written yet");
  /* From event to event through all of them, and back. */
  int events = 0, before = -2;
  while (cpg_playhead_get_position (self->playhead) < 1 && events++ < 30) {
    cpg_playhead_move (self->playhead, 1);
    int both = cpg_contender_get_shown (self->long_one) + cpg_contender_get_shown (self->short_one);
    g_assert_cmpint (both, >, before);
    before = both;
  }
  g_assert_cmpint (events, <=, 25);
  assert_shown (self, 19, 4);
  for (int back = 0; back < 30; back++)
    cpg_playhead_move (self->playhead, -1);
  assert_shown (self, -1, -1);
  /* When the short one has ended the long one has not. */
  cpg_playhead_set_position (self->playhead, cpg_contender_get_seconds (self->short_one) / whole);
  g_assert_cmpint (cpg_contender_get_shown (self->short_one), ==, 4);
  g_assert_cmpint (cpg_contender_get_shown (self->long_one), <, 19);
}

static void test_playing (Fixture *self, gconstpointer data)
{
  (void) data;
  g_object_set (self->playhead, "mode", CPG_PLAYHEAD_RACE, NULL);
  g_assert_cmpint (cpg_playhead_get_slowness (self->playhead), >=, 1);
  g_object_set (self->playhead, "slowness", 10, NULL);
  double expected = 10 * cpg_playhead_get_seconds (self->playhead);
  gint64 start = g_get_monotonic_time ();
  cpg_playhead_set_playing (self->playhead, TRUE); /* from the end: anew */
  g_assert_cmpfloat (cpg_playhead_get_position (self->playhead), ==, 0);
  fixture_wait_until (!cpg_playhead_is_playing (self->playhead));
  g_assert_cmpfloat ((double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, >, .9 * expected);
  g_assert_cmpfloat (cpg_playhead_get_position (self->playhead), ==, 1);
  assert_shown (self, 19, 4);
  /* in steps, again and again */
  g_object_set (self->playhead, "mode", CPG_PLAYHEAD_STEP, "loop", TRUE, "speed", 16., NULL);
  cpg_playhead_set_playing (self->playhead, TRUE);
  fixture_wait_until (cpg_playhead_get_position (self->playhead) == 1);
  fixture_wait_until (cpg_playhead_get_position (self->playhead) < 1);
  g_assert_true (cpg_playhead_is_playing (self->playhead));
  cpg_playhead_set_playing (self->playhead, FALSE);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/playhead/steps", Fixture, NULL, set_up, test_steps, tear_down);
  g_test_add ("/playhead/fraction", Fixture, NULL, set_up, test_fraction, tear_down);
  g_test_add ("/playhead/race", Fixture, NULL, set_up, test_race, tear_down);
  g_test_add ("/playhead/playing", Fixture, NULL, set_up, test_playing, tear_down);
  return g_test_run ();
}
