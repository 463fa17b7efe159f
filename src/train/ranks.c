#include "train/ranks.h"

#include "train/ranks-private.h"

#include <dlfcn.h>
#include <stdlib.h>

/* Set for what mpirun starts: by Open MPI, and by others. */
static const char *const launcher_variables[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};

static const CosmosRanksLibrary *library; /* NULL: there is one rank */
static int rank, count = 1;

static bool is_launched (void)
{
  for (size_t i = 0; i < sizeof launcher_variables / sizeof *launcher_variables; i++)
    if (getenv (launcher_variables[i]))
      return true;
  return false;
}

bool cosmos_ranks_begin (CosmosError *err)
{
  if (!is_launched ())
    return true;
  /* What MPI loads later looks for its symbols among all. */
  void *module = dlopen (COSMOS_RANKS_MODULE, RTLD_NOW | RTLD_GLOBAL);
  const CosmosRanksLibrary *found = module ? dlsym (module, COSMOS_RANKS_SYMBOL) : NULL;
  if (!found)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "Training by several processes is not possible: %s. Start cosmos without mpirun, or build it with "
                             "-Dmpi=enabled",
                             dlerror ());
  if (!found->begin (&rank, &count))
    return cosmos_error_set (err, COSMOS_STATUS_IO, "MPI cannot be started");
  library = found;
  return true;
}

void cosmos_ranks_end (bool ok)
{
  if (library && ok)
    library->end ();
  library = NULL;
}

int cosmos_ranks_get_rank (void)
{
  return rank;
}

int cosmos_ranks_get_count (void)
{
  return count;
}

bool cosmos_ranks_is_first (void)
{
  return rank == 0;
}

void cosmos_ranks_wait (void)
{
  if (library)
    library->wait ();
}

double cosmos_ranks_get_first (double value)
{
  if (library)
    library->get_first (&value);
  return value;
}

void cosmos_ranks_sum (float *values, size_t n)
{
  if (library)
    library->sum (values, n);
}
