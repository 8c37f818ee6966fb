// SPDX-License-Identifier: MIT-0
#include "CBareRoutes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

enum { request_room = 128, answer_room = 32768 };

struct bare_routes {
    struct mnl_socket *socket;
    int batch;
    uint32_t sequence;
    char answers[answer_room];
    char requests[];
};

struct bare_routes *bare_routes_open(int batch) {
    struct bare_routes *routes = malloc(sizeof *routes + (size_t)batch * request_room);
    if (routes == NULL)
        return NULL;
    routes->batch = batch;
    routes->sequence = 0;
    routes->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (routes->socket == NULL || mnl_socket_bind(routes->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
        int code = errno;
        bare_routes_close(routes);
        errno = code;
        return NULL;
    }
    return routes;
}

void bare_routes_close(struct bare_routes *routes) {
    if (routes->socket != NULL)
        mnl_socket_close(routes->socket);
    free(routes);
}

static size_t put_replace(char *start, uint32_t sequence, int asks, uint32_t table, uint32_t destination,
                          uint32_t gateway, int link) {
    struct nlmsghdr *header = mnl_nlmsg_put_header(start);
    header->nlmsg_type = RTM_NEWROUTE;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | (asks ? NLM_F_ACK : 0);
    header->nlmsg_seq = sequence;
    struct rtmsg *route = mnl_nlmsg_put_extra_header(header, sizeof *route);
    route->rtm_family = AF_INET;
    route->rtm_dst_len = 32;
    route->rtm_protocol = RTPROT_BGP;
    route->rtm_scope = RT_SCOPE_UNIVERSE;
    route->rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(header, RTA_TABLE, table);
    mnl_attr_put_u32(header, RTA_DST, htonl(destination));
    mnl_attr_put_u32(header, RTA_GATEWAY, htonl(gateway));
    mnl_attr_put_u32(header, RTA_OIF, (uint32_t)link);
    return header->nlmsg_len;
}

/// Reads until the request with this number is answered.
static int wait_for(struct bare_routes *routes, uint32_t sequence) {
    int result = 0;
    for (;;) {
        ssize_t received = mnl_socket_recvfrom(routes->socket, routes->answers, sizeof routes->answers);
        if (received < 0)
            return -errno;
        int left = (int)received;
        struct nlmsghdr *header = (struct nlmsghdr *)routes->answers;
        for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
            if (header->nlmsg_type != NLMSG_ERROR)
                continue;
            struct nlmsgerr *answer = mnl_nlmsg_get_payload(header);
            if (answer->error != 0 && result == 0)
                result = answer->error;
            if (header->nlmsg_seq == sequence)
                return result;
        }
    }
}

int bare_routes_replace(struct bare_routes *routes, uint32_t table, uint32_t first, int count, uint32_t gateway, int link) {
    int done = 0;
    while (done < count) {
        int batch = count - done < routes->batch ? count - done : routes->batch;
        size_t length = 0;
        for (int index = 0; index < batch; index++) {
            routes->sequence += 1;
            length += put_replace(routes->requests + length, routes->sequence, index == batch - 1, table,
                                  first + (uint32_t)(done + index), gateway, link);
        }
        if (mnl_socket_sendto(routes->socket, routes->requests, length) < 0)
            return -errno;
        int result = wait_for(routes, routes->sequence);
        if (result < 0)
            return result;
        done += batch;
    }
    return 0;
}
