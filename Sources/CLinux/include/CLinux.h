// SPDX-License-Identifier: MIT-0
// System calls that the Glibc module hides from Swift. Each returns 0 or a value >= 0, or -errno.
#pragma once
#include <stdint.h>

/// CLOCK_MONOTONIC in nanoseconds.
int64_t rslab_monotonic_nanoseconds(void);

/// Puts the calling thread into a new network namespace.
int rslab_unshare_network(void);

/// Puts the calling thread into the network namespace behind a descriptor.
int rslab_enter_network_namespace(int descriptor);

/// The C library's text for an errno: static, in English whatever the locale, never NULL.
const char *rslab_error_text(int code);
