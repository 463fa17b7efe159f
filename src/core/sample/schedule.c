#include "core/sample/schedule.h"

#include <math.h>

/* d tan (pi t / 2), the ratio sigma / alpha. Both come from it without 1 - alpha^2, which would lose the small sigma near t = 0. */
static double noise_to_signal (CosmosSchedule self, double t)
{
  return self.d * tan (M_PI_2 * t);
}

double cosmos_schedule_get_alpha (CosmosSchedule self, double t)
{
  return 1.0 / hypot (1.0, noise_to_signal (self, t));
}

double cosmos_schedule_get_sigma (CosmosSchedule self, double t)
{
  double ratio = noise_to_signal (self, t);
  return ratio / hypot (1.0, ratio);
}

double cosmos_schedule_get_beta (CosmosSchedule self, double t)
{
  double tangent = tan (M_PI_2 * fmin (t, 0.95)), square = tangent * tangent, d2 = self.d * self.d;
  return M_PI * d2 * tangent * (1.0 + square) / (1.0 + d2 * square);
}

double cosmos_schedule_get_log_snr (CosmosSchedule self, double t)
{
  return -log (noise_to_signal (self, t));
}

void cosmos_schedule_fill_times (double t_start, double t_end, int steps, double *times)
{
  for (int k = 0; k < steps; k++)
    times[k] = t_start + (t_end - t_start) * k / steps;
  times[steps] = t_end; /* exactly: samplers ask whether it is 0 */
}
