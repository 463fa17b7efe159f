#include "train/linear-denoiser.h"

#include <cblas.h>

#include <math.h>
#include <stdlib.h>

enum { ROWS = 256 }; /* that go into the covariance at once */

/* LAPACK's, which OpenBLAS contains: eigenvalues of a symmetric matrix. */
extern void dsyevd_ (const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w, double *work,
                     const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info);

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the covariance of the latents");
}

/* (n, n), the lower triangle in row order. */
static bool add_covariance (CosmosLatentsRow get_row, void *data, size_t n_rows, int n, double *covariance, CosmosError *err)
{
  double *block = malloc (ROWS * (size_t) n * sizeof *block);
  float *row = malloc ((size_t) n * sizeof *row);
  bool ok = (block && row) || no_memory (err);
  for (size_t first = 0; ok && first < n_rows; first += ROWS) {
    size_t count = n_rows - first < ROWS ? n_rows - first : ROWS;
    for (size_t i = 0; i < count; i++) {
      get_row (first + i, row, data);
      for (int k = 0; k < n; k++)
        block[i * (size_t) n + (size_t) k] = (double) row[k];
    }
    cblas_dsyrk (CblasRowMajor, CblasLower, CblasTrans, n, (blasint) count, 1 / (double) n_rows, block, n, 1, covariance, n);
  }
  free (block);
  free (row);
  return ok;
}

bool cosmos_linear_denoiser_measure (CosmosLatentsRow get_row, void *data, size_t n_rows, int n, double *eigenvalues,
                                     CosmosError *err)
{
  const blasint size = n, n_work = 2 * n + 1, n_integers = 1;
  double *covariance = calloc ((size_t) n * (size_t) n, sizeof *covariance), *work = malloc ((size_t) n_work * sizeof *work);
  blasint integers[1], info = 0;
  openblas_set_num_threads (1);
  bool ok = ((covariance && work) || no_memory (err)) && add_covariance (get_row, data, n_rows, n, covariance, err);
  if (ok) { /* the lower triangle in row order is the upper one in Fortran's */
    dsyevd_ ("N", "U", &size, covariance, &size, eigenvalues, work, &n_work, integers, &n_integers, &info);
    ok = info == 0 || cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "The covariance of the latents has no eigenvalues");
  }
  free (covariance);
  free (work);
  return ok;
}

double cosmos_linear_denoiser_get_loss (const double *eigenvalues, int n, CosmosSchedule schedule, double t)
{
  const double alpha = cosmos_schedule_get_alpha (schedule, t), sigma = cosmos_schedule_get_sigma (schedule, t);
  double loss = 0;
  for (int i = 0; i < n; i++) {
    double c = fmax (eigenvalues[i], 0);
    loss += c * sigma * sigma / (alpha * alpha * c + sigma * sigma) / n;
  }
  return loss;
}
