#include "train/ranks-private.h"

#include <mpi.h>

/* Errors of MPI itself end all ranks with its own words. */

enum { MOST_AT_ONCE = 1 << 30 }; /* counts of MPI are ints */

/* Other threads compute; the one that begins alone speaks with the other ranks. */
static bool begin (int *rank, int *count)
{
  int provided;
  return MPI_Init_thread (NULL, NULL, MPI_THREAD_FUNNELED, &provided) == MPI_SUCCESS
         && MPI_Comm_rank (MPI_COMM_WORLD, rank) == MPI_SUCCESS && MPI_Comm_size (MPI_COMM_WORLD, count) == MPI_SUCCESS;
}

static void end (void)
{
  MPI_Finalize ();
}

static void wait (void)
{
  MPI_Barrier (MPI_COMM_WORLD);
}

static void get_first (double *value)
{
  MPI_Bcast (value, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
}

static void sum (float *values, size_t n)
{
  for (size_t some; n > 0; values += some, n -= some) {
    some = n < MOST_AT_ONCE ? n : MOST_AT_ONCE;
    MPI_Allreduce (MPI_IN_PLACE, values, (int) some, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
  }
}

const CosmosRanksLibrary cosmos_ranks_mpi = {begin, end, wait, get_first, sum};
