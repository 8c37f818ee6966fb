// SPDX-License-Identifier: MIT-0
// libmnl, and macros of its own and the kernel's that Swift cannot import.
#pragma once
// Must come first: the kernel's headers then leave out what the C library also defines (linux/libc-compat.h).
#include <netinet/in.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/socket.h>

/// Asks the kernel to add text to an errno, not to send requests back, and to filter dumps by what the request names.
/// Returns 0, or -1 with errno.
static inline int rslab_mnl_set_up(struct mnl_socket *socket, int bus) {
    int one = 1;
    if (mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &one, sizeof one) < 0)
        return -1;
    if (mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &one, sizeof one) < 0)
        return -1;
    // Only rtnetlink has filters to check.
    if (bus != NETLINK_ROUTE)
        return 0;
    return mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &one, sizeof one);
}

/// Joins a multicast group (RTNLGRP_...). Returns 0, or -1 with errno.
static inline int rslab_mnl_join(struct mnl_socket *socket, int group) {
    return mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof group);
}

/// Enlarges the receive queue to `octets`, beyond the system's limit if permitted.
/// Returns its size as the kernel counts it, or -1 with errno.
static inline int rslab_mnl_set_receive_room(struct mnl_socket *socket, int octets) {
    int descriptor = mnl_socket_get_fd(socket);
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets) < 0 &&
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) < 0)
        return -1;
    socklen_t length = sizeof octets;
    return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, &length) < 0 ? -1 : octets;
}

/// Allows datagrams of `octets` to be sent, beyond the system's limit if permitted. Returns 0, or -1 with errno.
static inline int rslab_mnl_set_send_room(struct mnl_socket *socket, int octets) {
    int descriptor = mnl_socket_get_fd(socket);
    if (setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &octets, sizeof octets) == 0)
        return 0;
    return setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets);
}

/// The kernel's text in an NLMSG_ERROR whose payload is at least a `struct nlmsgerr`, or NULL.
static inline const char *rslab_mnl_extended_ack_text(const struct nlmsghdr *header) {
    const struct nlmsgerr *error = (const struct nlmsgerr *)mnl_nlmsg_get_payload(header);
    if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
        return NULL;
    size_t skipped = sizeof *error;
    if (!(header->nlmsg_flags & NLM_F_CAPPED))
        skipped += MNL_ALIGN(error->msg.nlmsg_len) - MNL_NLMSG_HDRLEN;
    if (skipped >= mnl_nlmsg_get_payload_len(header))
        return NULL;
    const struct nlattr *attribute;
    mnl_attr_for_each(attribute, header, skipped) {
        if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG &&
            mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
            return mnl_attr_get_str(attribute);
    }
    return NULL;
}
