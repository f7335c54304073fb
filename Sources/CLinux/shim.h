#include <malloc.h>
#include <sys/prctl.h>

/* prctl(2) takes variable arguments, which Swift does not call. */
static inline int creditd_set_dumpable(int is_dumpable) {
    return prctl(PR_SET_DUMPABLE, is_dumpable);
}

/* mallopt(3), which Swift's module of the C library does not have: allocations short of so many bytes come from the
   heaps, each heap keeps so many free bytes, and there are so many heaps. */
static inline void creditd_keep_freed_memory(int mapped_from_bytes, int kept_bytes, int heaps) {
    mallopt(M_ARENA_MAX, heaps);
    mallopt(M_MMAP_THRESHOLD, mapped_from_bytes);
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
}
