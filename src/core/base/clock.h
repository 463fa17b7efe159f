/* Time for measuring how long something took. */
#pragma once

#include <time.h>

/* Seconds since some moment in the past; never goes back. */
static inline double cosmos_clock_now (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}
