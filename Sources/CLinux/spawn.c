// SPDX-License-Identifier: MIT-0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_SIZE = 64 * 1024, LOWEST_PARKED_DESCRIPTOR = 256, MOST_EXTRA_DESCRIPTORS = 16 };

struct launch {
    const struct rslab_child *child;
    sigset_t mask;
    const char *step;
    int code;
};

static _Noreturn void give_up(struct launch *launch, const char *step) {
    launch->step = step;
    launch->code = errno;
    _exit(127);
}

// Moves a descriptor out of the range of numbers that the child will use.
static int park(struct launch *launch, int descriptor) {
    if (descriptor < 0) {
        descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (descriptor < 0) give_up(launch, "open /dev/null");
    }
    int parked = fcntl(descriptor, F_DUPFD_CLOEXEC, LOWEST_PARKED_DESCRIPTOR);
    if (parked < 0) give_up(launch, "duplicate a descriptor");
    return parked;
}

// Runs in the child, in the parent's memory, while the parent's thread stands still: nothing here may allocate,
// lock or return before the exec.
static int run(void *context) {
    struct launch *launch = context;
    const struct rslab_child *child = launch->child;

    // The parent's handlers would run in its memory; the child starts with the default ones.
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < 65; number++) sigaction(number, &standard, NULL);

    if (child->new_session && setsid() < 0) give_up(launch, "begin a session");
    if (child->network_namespace >= 0 && setns(child->network_namespace, CLONE_NEWNET) < 0)
        give_up(launch, "enter the network namespace");
    if (child->uts_namespace >= 0 && setns(child->uts_namespace, CLONE_NEWUTS) < 0)
        give_up(launch, "enter the UTS namespace");

    // Move all of them out of the way first: one that is already below 3 + count could be overwritten before its
    // turn.
    int parked[3 + MOST_EXTRA_DESCRIPTORS];
    int count = 3 + child->extra_descriptor_count;
    for (int i = 0; i < count; i++)
        parked[i] = park(launch, i < 3 ? child->standard_descriptors[i] : child->extra_descriptors[i - 3]);
    for (int i = 0; i < count; i++) {
        if (dup2(parked[i], i) < 0) give_up(launch, "place a descriptor");
    }

    // The mount namespace comes last: earlier paths (/dev/null) may not exist there. The executable's path is one
    // inside it.
    if (child->mount_namespace >= 0 && setns(child->mount_namespace, CLONE_NEWNS) < 0)
        give_up(launch, "enter the mount namespace");
    if (child->host_name && sethostname(child->host_name, strlen(child->host_name)) < 0)
        give_up(launch, "set the host name");
    if (child->directory && chdir(child->directory) < 0) give_up(launch, "change the directory");

    // Close what this process itself inherited: otherwise a caller that waits for the end of a pipe would wait
    // until the lab ends, not until the command that made it ends.
    if (close_range(count, ~0U, 0) < 0) give_up(launch, "close descriptors");

    sigprocmask(SIG_SETMASK, &launch->mask, NULL);
    execve(child->path, child->arguments, child->environment);
    give_up(launch, "execute");
}

int rslab_spawn(const struct rslab_child *child, int *pidfd, const char **failed_step) {
    if (child->extra_descriptor_count > MOST_EXTRA_DESCRIPTORS) return -E2BIG;
    void *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -errno;

    struct launch launch = {.child = child};
    // No signal may reach the child while it runs in this process's memory.
    sigset_t all;
    sigfillset(&all);
    sigset_t previous;
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    sigemptyset(&launch.mask);

    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    if (child->new_pid_namespace) flags |= CLONE_NEWPID;
    if (child->new_mount_namespace) flags |= CLONE_NEWNS;
    if (child->new_uts_namespace) flags |= CLONE_NEWUTS;
    *pidfd = -1;
    int pid = clone(run, (char *)stack + STACK_SIZE, flags, &launch, pidfd);
    int code = pid < 0 ? errno : launch.code;
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    munmap(stack, STACK_SIZE);

    if (pid < 0) {
        *failed_step = "start a process";
        return -code;
    }
    if (launch.step) {
        *failed_step = launch.step;
        rslab_wait(pid);
        close(*pidfd);
        return -code;
    }
    return pid;
}
