// Latencies in nanoseconds, and what is told of them.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct samples {
    int64_t *nanoseconds;
    size_t count, capacity;
};

static inline int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static inline void add_sample(struct samples *samples, int64_t nanoseconds) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? 2 * samples->capacity : 4096;
        samples->nanoseconds = realloc(samples->nanoseconds, samples->capacity * sizeof *samples->nanoseconds);
    }
    samples->nanoseconds[samples->count++] = nanoseconds;
}

static inline int compare_samples(const void *left, const void *right) {
    int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;
    return (one > other) - (one < other);
}

static inline double microseconds_at(const struct samples *samples, double share) {
    if (!samples->count) return 0;
    size_t place = (size_t)(share * (double)samples->count);
    return (double)samples->nanoseconds[place < samples->count ? place : samples->count - 1] / 1000;
}

// Prints a JSON object and forgets the samples.
static inline void print_samples(struct samples *samples) {
    qsort(samples->nanoseconds, samples->count, sizeof *samples->nanoseconds, compare_samples);
    printf("{\"count\":%zu,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f}", samples->count,
           microseconds_at(samples, 0.5), microseconds_at(samples, 0.99), microseconds_at(samples, 0.999));
    samples->count = 0;
}
