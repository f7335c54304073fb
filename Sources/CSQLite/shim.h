#include <sqlite3.h>

/* sqlite3_config(SQLITE_CONFIG_MEMSTATUS), which takes variable arguments, which Swift does not call. */
static inline int creditd_sqlite_count_memory(int is_counted) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, is_counted);
}
