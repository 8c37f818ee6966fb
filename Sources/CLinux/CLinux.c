// SPDX-License-Identifier: MIT-0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int result(long value) { return value < 0 ? -errno : (int)value; }

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t rslab_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }
int64_t rslab_realtime_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

int64_t rslab_clock_distance(int64_t *half_width) {
    // Two readings without a system call take about this long; a bracket as narrow was not interrupted.
    enum { NARROW_NANOSECONDS = 150, ATTEMPTS = 8 };
    int64_t distance = 0, narrowest = INT64_MAX;
    for (int i = 0; i < ATTEMPTS && narrowest > NARROW_NANOSECONDS; i++) {
        int64_t before = nanoseconds(CLOCK_MONOTONIC);
        int64_t real = nanoseconds(CLOCK_REALTIME);
        int64_t width = nanoseconds(CLOCK_MONOTONIC) - before;
        if (width >= narrowest) continue;
        narrowest = width;
        distance = real - before - width / 2;
    }
    *half_width = (narrowest + 1) / 2;
    return distance;
}

const char *rslab_error_text(int code) {
    const char *text = strerrordesc_np(code);
    return text ? text : "unknown error";
}

int rslab_unshare_network(void) { return result(unshare(CLONE_NEWNET)); }
int rslab_unshare_mounts(void) { return result(unshare(CLONE_NEWNS)); }
int rslab_enter_network_namespace(int descriptor) { return result(setns(descriptor, CLONE_NEWNET)); }
int rslab_enter_pid_namespace_for_children(int descriptor) { return result(setns(descriptor, CLONE_NEWPID)); }

int rslab_pidfd_open(pid_t pid) { return result(pidfd_open(pid, 0)); }
int rslab_pidfd_send_signal(int pidfd, int signal) { return result(pidfd_send_signal(pidfd, signal, NULL, 0)); }

static int exit_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int rslab_reap(int *status) {
    int raw = 0;
    pid_t pid = waitpid(-1, &raw, WNOHANG);
    if (pid < 0) return -errno;
    if (pid > 0) *status = exit_status(raw);
    return pid;
}

int rslab_wait(pid_t pid) {
    int raw = 0;
    while (waitpid(pid, &raw, 0) < 0) {
        if (errno != EINTR) return -errno;
    }
    return exit_status(raw);
}

int rslab_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

static int epoll_change(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return result(epoll_ctl(epoll, operation, descriptor, &event));
}

int rslab_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token) {
    return epoll_change(epoll, EPOLL_CTL_ADD, descriptor, events, token);
}
int rslab_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token) {
    return epoll_change(epoll, EPOLL_CTL_MOD, descriptor, events, token);
}
int rslab_epoll_remove(int epoll, int descriptor) { return epoll_change(epoll, EPOLL_CTL_DEL, descriptor, 0, 0); }

int rslab_epoll_wait(int epoll, struct rslab_ready *ready, int capacity, bool blocks) {
    struct epoll_event events[64];
    if (capacity > 64) capacity = 64;
    int count = epoll_wait(epoll, events, capacity, blocks ? -1 : 0);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        ready[i].token = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}

int rslab_timer_create(void) { return result(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)); }

int rslab_timer_arm(int timer, int64_t deadline_nanoseconds) {
    struct itimerspec when = {
        .it_value = {.tv_sec = deadline_nanoseconds / 1000000000, .tv_nsec = deadline_nanoseconds % 1000000000},
    };
    return result(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL));
}

int rslab_set_pipe_size(int descriptor, int byte_count) {
    return result(fcntl(descriptor, F_SETPIPE_SZ, byte_count));
}

int rslab_pipe(int ends[2]) { return result(pipe2(ends, O_CLOEXEC)); }

int rslab_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int code = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (code != 0) return -code;
    return result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int rslab_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    return count == sizeof info ? (int)info.ssi_signo : 0;
}

int rslab_wait_readable_until(int descriptor, int64_t deadline_nanoseconds) {
    for (;;) {
        int64_t left = deadline_nanoseconds - rslab_monotonic_nanoseconds();
        if (left < 0) left = 0;
        struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        struct pollfd entry = {.fd = descriptor, .events = POLLIN};
        int count = ppoll(&entry, 1, &timeout, NULL);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int rslab_wait_two_readable_until(int first, int second, int64_t deadline_nanoseconds) {
    for (;;) {
        int64_t left = deadline_nanoseconds - rslab_monotonic_nanoseconds();
        if (left < 0) left = 0;
        struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        struct pollfd entries[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
        int count = ppoll(entries, 2, &timeout, NULL);
        if (count >= 0) return (entries[0].revents ? 1 : 0) | (entries[1].revents ? 2 : 0);
        if (errno != EINTR) return -errno;
    }
}

int rslab_set_real_time_priority(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    return result(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters));
}

int rslab_clear_real_time_priority(void) {
    struct sched_param parameters = {.sched_priority = 0};
    return result(sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &parameters));
}

static int release_segments(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
        uintptr_t start = (info->dlpi_addr + segment->p_vaddr + page) & ~page;
        uintptr_t end = (info->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~page;
        // Only a hint: if the kernel refuses it, nothing is lost.
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void rslab_release_program_pages(void) { dl_iterate_phdr(release_segments, NULL); }

int rslab_lock_memory(void) { return result(mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)); }
