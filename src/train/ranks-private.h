/* What ranks.c needs of a message passing library. ranks-mpi.c is a module with that of MPI, loaded only where mpirun started the program: the libraries
 * below MPI take four times as long to load as all of cosmos. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define COSMOS_RANKS_MODULE "cosmos-mpi.so"
#define COSMOS_RANKS_SYMBOL "cosmos_ranks_mpi"

typedef struct {
  bool (*begin) (int *rank, int *count);
  void (*end) (void);
  void (*wait) (void);
  void (*get_first) (double *value);
  void (*sum) (float *values, size_t n);
} CosmosRanksLibrary;

extern const CosmosRanksLibrary cosmos_ranks_mpi;
