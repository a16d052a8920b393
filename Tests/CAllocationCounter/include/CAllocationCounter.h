#ifndef TESSERA_ALLOCATION_COUNTER_H
#define TESSERA_ALLOCATION_COUNTER_H

/// Calls of malloc and its relatives in this process so far, from all threads. The functions are
/// replaced by counting ones in every program that this target is linked into.
long tessera_allocation_count(void);

#endif
