#include <sys/prctl.h>

/* prctl(2) takes variable arguments, which Swift does not call. */
static inline int creditd_set_dumpable(int is_dumpable) {
    return prctl(PR_SET_DUMPABLE, is_dumpable);
}
