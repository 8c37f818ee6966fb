// SPDX-License-Identifier: MIT-0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>

int64_t rslab_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int rslab_unshare_network(void) {
    return unshare(CLONE_NEWNET) == 0 ? 0 : -errno;
}

int rslab_enter_network_namespace(int descriptor) {
    return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : -errno;
}

const char *rslab_error_text(int code) {
    const char *text = strerrordesc_np(code);
    return text ? text : "unknown error";
}
