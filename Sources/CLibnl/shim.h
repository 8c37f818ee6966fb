// SPDX-License-Identifier: MIT-0
// libnl-3 and libnl-route-3, and macros of theirs and the kernel's that Swift cannot import.
#pragma once
// Must come first: the kernel's headers then leave out what the C library also defines (linux/libc-compat.h).
#include <netinet/in.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/object.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/netem.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <netlink/route/tc.h>
#include <stddef.h>
#include <sys/socket.h>

/// Asks the kernel to add text to an errno, and not to send requests back. Returns 0, or -1 with errno.
static inline int rslab_nl_enable_extended_ack(struct nl_sock *socket) {
    int one = 1;
    if (setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof one) < 0)
        return -1;
    return setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
}

/// The kernel's text in an acknowledgement, or NULL: NLMSGERR_ATTR_MSG, which libnl 3.7 does not read.
///
/// libnl passes only the payload to its error callback; the header with its length is directly in front of it.
static inline const char *rslab_nl_extended_ack_text(const struct nlmsgerr *error) {
    const struct nlmsghdr *header = (const struct nlmsghdr *)((const char *)error - NLMSG_HDRLEN);
    if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
        return NULL;
    int skipped = sizeof *error;
    if (!(header->nlmsg_flags & NLM_F_CAPPED))
        skipped += (int)NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
    int left = (int)header->nlmsg_len - NLMSG_HDRLEN - skipped;
    if (left <= 0)
        return NULL;
    const struct nlattr *text = nla_find((const struct nlattr *)((const char *)error + skipped), left, NLMSGERR_ATTR_MSG);
    if (!text || nla_len(text) < 1 || ((const char *)nla_data(text))[nla_len(text) - 1] != '\0')
        return NULL;
    return (const char *)nla_data(text);
}
