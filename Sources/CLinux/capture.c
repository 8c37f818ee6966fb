// SPDX-License-Identifier: MIT-0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int rslab_open_capture_socket(int interface_index) {
    // Until it is bound to a protocol, it receives nothing: no frame comes before the stamps are on.
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = interface_index};
    int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    int octets = 16 << 20;
    // A smaller buffer only drops more, which is counted.
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
    if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps) != 0 ||
        bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    return descriptor;
}

int rslab_receive_frames(int socket, void *bytes, size_t capacity_of_each, struct rslab_frame *frames, int count) {
    if (count > RSLAB_PACKETS_AT_ONCE) count = RSLAB_PACKETS_AT_ONCE;
    struct sockaddr_ll sources[RSLAB_PACKETS_AT_ONCE];
    struct mmsghdr messages[RSLAB_PACKETS_AT_ONCE];
    struct iovec vectors[RSLAB_PACKETS_AT_ONCE];
    _Alignas(struct cmsghdr) char controls[RSLAB_PACKETS_AT_ONCE][128];
    for (int i = 0; i < count; i++) {
        vectors[i] = (struct iovec){.iov_base = (char *)bytes + i * capacity_of_each, .iov_len = capacity_of_each};
        messages[i] = (struct mmsghdr){.msg_hdr = {
                                           .msg_name = &sources[i],
                                           .msg_namelen = sizeof sources[i],
                                           .msg_iov = &vectors[i],
                                           .msg_iovlen = 1,
                                           .msg_control = controls[i],
                                           .msg_controllen = sizeof controls[i],
                                       }};
    }
    int received;
    do received = recvmmsg(socket, messages, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (int i = 0; i < received; i++) {
        size_t length = messages[i].msg_len;
        frames[i] = (struct rslab_frame){
            .count = length < capacity_of_each ? length : capacity_of_each,
            .original_count = length,
            .interface_index = sources[i].sll_ifindex,
            .protocol = ntohs(sources[i].sll_protocol),
            .link_type = sources[i].sll_hatype,
            .packet_type = sources[i].sll_pkttype,
            .address_octet_count = sources[i].sll_halen,
        };
        memcpy(frames[i].address, sources[i].sll_addr, sizeof frames[i].address);
        struct msghdr *message = &messages[i].msg_hdr;
        for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
            if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SO_TIMESTAMPING) continue;
            struct timespec stamps[3];
            memcpy(stamps, CMSG_DATA(header), sizeof stamps);
            frames[i].kernel_realtime_nanoseconds = (int64_t)stamps[0].tv_sec * 1000000000 + stamps[0].tv_nsec;
        }
    }
    return received;
}

int rslab_dropped_frames(int socket) {
    struct tpacket_stats statistics = {0};
    socklen_t length = sizeof statistics;
    return getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) < 0 ? 0 : (int)statistics.tp_drops;
}
