#include <mpi.h>

// MPI's constants are casts, which Swift does not import.
static inline MPI_Comm tessera_mpi_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype tessera_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Status *tessera_mpi_no_status(void) { return MPI_STATUS_IGNORE; }
