// SPDX-License-Identifier: MIT-0
// The least that a C program must do with libmnl to replace routes: the baseline for measuring the route writer.
#pragma once
#include <stdint.h>

struct bare_routes;

/// Opens a NETLINK_ROUTE socket in the calling thread's namespace, with memory for batches of up to `batch` requests.
/// Returns NULL with errno on failure.
struct bare_routes *bare_routes_open(int batch);
void bare_routes_close(struct bare_routes *routes);

/// Replaces `count` host routes of a table, starting at `first`, by routes via `gateway` over the link `link`;
/// addresses are in host byte order. A batch is one system call, and only its last request is acknowledged. Returns 0,
/// or the first -errno.
int bare_routes_replace(struct bare_routes *routes, uint32_t table, uint32_t first, int count, uint32_t gateway, int link);
