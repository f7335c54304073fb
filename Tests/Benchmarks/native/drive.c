// drive COMMAND...: starts a daemon and measures it through its pipes, without being what is measured.
//
// Waits until the daemon answers a ping, then takes orders, a line each: REQUESTS WINDOW [PROBES]. Requests are lines
// with the ids 0, 1, 2...; WINDOW is how many are in flight at most, 0 for as many as the pipe takes. Probes are sent
// one at a time into the same pipe, with ids from 1000000000 on, and the requests are repeated until all probes are
// answered. For each order it prints a JSON object; latencies are in microseconds.
#define _GNU_SOURCE
#include "samples.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char answer_start[] = "{\"jsonrpc\":\"2.0\",\"id\":";
static const char ping[] = "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"system.ping\"}\n";
enum { first_probe = 1000000000, read_bytes = 256 << 10 };

// Lines of requests: those up to `allowed` may be sent, those up to `sent` have been.
struct lines {
    char *text;
    size_t size, sent, allowed;
    size_t in_flight;
    int64_t *sent_at;
    size_t started, count;
};

struct order {
    struct lines requests, probes;
    size_t window, answers, errors;
    bool repeats;
    struct samples latencies, probe_latencies;
};

static pid_t daemon_pid;
static int to_daemon, from_daemon;
static char answers[read_bytes];
static size_t answers_held;

extern char **environ;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void start_daemon(char **command) {
    int input[2], output[2];
    if (pipe2(input, O_CLOEXEC) || pipe2(output, O_CLOEXEC)) die("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    if (posix_spawnp(&daemon_pid, command[0], &actions, NULL, command, environ)) die(command[0]);
    close(input[0]);
    close(output[1]);
    to_daemon = input[1];
    from_daemon = output[0];
}

static struct lines map_lines(const char *path) {
    struct lines lines = {0};
    int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status)) die(path);
    lines.size = (size_t)status.st_size;
    lines.text = mmap(NULL, lines.size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (lines.text == MAP_FAILED) die(path);
    close(file);
    for (char *at = lines.text; (at = memchr(at, '\n', lines.size - (size_t)(at - lines.text))); at++) lines.count++;
    lines.sent_at = calloc(lines.count, sizeof *lines.sent_at);
    return lines;
}

static void unmap_lines(struct lines *lines) {
    if (!lines->text) return;
    munmap(lines->text, lines->size);
    free(lines->sent_at);
}

static size_t line_end(const struct lines *lines, size_t from) {
    char *end = memchr(lines->text + from, '\n', lines->size - from);
    return (size_t)(end - lines->text) + 1;
}

// Lets lines be sent while fewer than `window` are in flight.
static void allow(struct lines *lines, size_t window, bool repeats) {
    if (window == 0 && !repeats) {
        lines->in_flight += lines->count - lines->started;
        lines->started = lines->count;
        lines->allowed = lines->size;
        return;
    }
    int64_t time = 0;
    while (window == 0 ? lines->allowed - lines->sent < read_bytes : lines->in_flight < window) {
        if (lines->started == lines->count) {
            if (!repeats || lines->sent < lines->size) return;
            lines->started = lines->sent = lines->allowed = 0;
        }
        if (!time) time = now();
        lines->sent_at[lines->started++] = time;
        lines->allowed = line_end(lines, lines->allowed);
        lines->in_flight++;
    }
}

// Sends what the pipe takes; false when it takes no more.
static bool send_up_to(struct lines *lines, size_t end) {
    while (lines->sent < end) {
        ssize_t count = write(to_daemon, lines->text + lines->sent, end - lines->sent);
        if (count < 0) return false;
        lines->sent += (size_t)count;
    }
    return true;
}

// A line that was begun goes out before the other kind.
static bool is_amid_line(const struct lines *lines) {
    return lines->sent > 0 && lines->sent < lines->size && lines->text[lines->sent - 1] != '\n';
}

static bool send_some(struct order *order) {
    if (is_amid_line(&order->requests) && order->probes.sent < order->probes.allowed
        && !send_up_to(&order->requests, line_end(&order->requests, order->requests.sent)))
        return false;
    return send_up_to(&order->probes, order->probes.allowed)
        && send_up_to(&order->requests, order->requests.allowed);
}

static void take_answer(struct order *order, const char *line, size_t length, int64_t time) {
    const char *at = line + sizeof answer_start - 1;
    bool is_known = length > sizeof answer_start && !memcmp(line, answer_start, sizeof answer_start - 1);
    size_t id = is_known ? strtoul(at, (char **)&at, 10) : 0;
    if (!is_known || memcmp(at, ",\"result\"", 9)) {
        if (order->errors++ == 0) fprintf(stderr, "drive: %.*s\n", (int)length, line);
    }
    bool is_probe = id >= first_probe;
    struct lines *lines = is_probe ? &order->probes : &order->requests;
    size_t index = is_probe ? id - first_probe : id;
    if (index < lines->count && lines->sent_at[index])
        add_sample(is_probe ? &order->probe_latencies : &order->latencies, time - lines->sent_at[index]);
    lines->in_flight--;
    order->answers++;
}

static void receive(struct order *order) {
    ssize_t count = read(from_daemon, answers + answers_held, sizeof answers - answers_held);
    if (count <= 0) die("the daemon has gone");
    int64_t time = now();
    answers_held += (size_t)count;
    char *line = answers, *end;
    while ((end = memchr(line, '\n', answers_held - (size_t)(line - answers)))) {
        take_answer(order, line, (size_t)(end - line), time);
        line = end + 1;
    }
    answers_held -= (size_t)(line - answers);
    memmove(answers, line, answers_held);
}

static bool is_over(const struct order *order) {
    if (order->requests.in_flight || order->probes.in_flight) return false;
    return order->repeats ? order->probes.started == order->probes.count
                          : order->requests.started == order->requests.count;
}

static void carry_out(struct order *order) {
    while (true) {
        if (order->repeats) allow(&order->probes, 1, false);
        if (!order->repeats || order->probes.in_flight) allow(&order->requests, order->window, order->repeats);
        if (is_over(order)) return;
        bool is_blocked = !send_some(order);
        struct pollfd polls[] = {{from_daemon, POLLIN, 0}, {to_daemon, is_blocked ? POLLOUT : 0, 0}};
        if (poll(polls, 2, -1) < 0) die("poll");
        if (polls[0].revents) receive(order);
    }
}

static double cpu_seconds(void) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(daemon_pid, &clock) || clock_gettime(clock, &time)) return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long peak_kibibytes(void) {
    char path[64], line[256];
    long peak = 0;
    snprintf(path, sizeof path, "/proc/%d/status", daemon_pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &peak);
    if (status) fclose(status);
    return peak;
}

static void serve(const char *requests, size_t window, const char *probes) {
    struct order order = {.requests = map_lines(requests), .window = window, .repeats = probes != NULL};
    if (probes) order.probes = map_lines(probes);
    double cpu = cpu_seconds();
    int64_t start = now();
    carry_out(&order);
    double seconds = (double)(now() - start) / 1e9;
    printf("{\"answers\":%zu,\"errors\":%zu,\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"peak_kib\":%ld,\"latency\":",
           order.answers, order.errors, seconds, cpu_seconds() - cpu, peak_kibibytes());
    print_samples(&order.latencies);
    printf(",\"probes\":");
    print_samples(&order.probe_latencies);
    puts("}");
    free(order.latencies.nanoseconds);
    free(order.probe_latencies.nanoseconds);
    unmap_lines(&order.requests);
    unmap_lines(&order.probes);
}

int main(int count, char **arguments) {
    if (count < 2) return 64;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    int64_t start = now();
    start_daemon(arguments + 1);
    if (write(to_daemon, ping, sizeof ping - 1) < 0 || read(from_daemon, answers, sizeof answers) <= 0) return 1;
    printf("{\"pid\":%d,\"start_seconds\":%.6f}\n", daemon_pid, (double)(now() - start) / 1e9);
    fcntl(to_daemon, F_SETFL, O_NONBLOCK);
    char line[8192], requests[4096], probes[4096];
    size_t window;
    while (fgets(line, sizeof line, stdin)) {
        int fields = sscanf(line, "%4095s %zu %4095s", requests, &window, probes);
        if (fields >= 2) serve(requests, window, fields == 3 ? probes : NULL);
    }
    close(to_daemon);
    int status;
    waitpid(daemon_pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
