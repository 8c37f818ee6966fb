// SPDX-License-Identifier: MIT-0
#define _GNU_SOURCE
#include "CLinux.h"

#include <endian.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#ifndef ICMP_FILTER
#define ICMP_FILTER 1
#endif

enum { MOST_DESCRIPTORS = 64 };

ssize_t rslab_send_with_descriptors(int socket, const void *bytes, size_t count, const int *descriptors,
                                    int descriptor_count) {
    if (descriptor_count > MOST_DESCRIPTORS) return -E2BIG;
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
    if (descriptor_count > 0) {
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(descriptor_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptor_count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, descriptor_count * sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t rslab_receive_with_descriptors(int socket, void *bytes, size_t capacity, int *descriptors,
                                       int *descriptor_count) {
    int most = *descriptor_count < MOST_DESCRIPTORS ? *descriptor_count : MOST_DESCRIPTORS;
    *descriptor_count = 0;
    struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
    struct msghdr message = {
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = CMSG_SPACE(most * sizeof(int)),
    };
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(descriptors + *descriptor_count, CMSG_DATA(header), count * sizeof(int));
        *descriptor_count += count;
    }
    return received;
}

static socklen_t inet_address(struct sockaddr_storage *storage, const uint8_t *octets, int octet_count,
                              uint16_t port) {
    memset(storage, 0, sizeof *storage);
    if (octet_count == 4) {
        struct sockaddr_in *address = (struct sockaddr_in *)storage;
        address->sin_family = AF_INET;
        address->sin_port = htons(port);
        memcpy(&address->sin_addr, octets, 4);
        return sizeof *address;
    }
    struct sockaddr_in6 *address = (struct sockaddr_in6 *)storage;
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    memcpy(&address->sin6_addr, octets, 16);
    return sizeof *address;
}

int rslab_connect_inet(int socket, const uint8_t *octets, int octet_count, uint16_t port) {
    struct sockaddr_storage storage;
    socklen_t length = inet_address(&storage, octets, octet_count, port);
    return connect(socket, (struct sockaddr *)&storage, length) < 0 ? -errno : 0;
}

int rslab_bind_inet(int socket, const uint8_t *octets, int octet_count, uint16_t port) {
    struct sockaddr_storage storage;
    socklen_t length = inet_address(&storage, octets, octet_count, port);
    return bind(socket, (struct sockaddr *)&storage, length) < 0 ? -errno : 0;
}

int rslab_socket_address(int socket, int remote, uint8_t octets[16], int *octet_count, uint16_t *port) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    int code = remote ? getpeername(socket, (struct sockaddr *)&storage, &length)
                      : getsockname(socket, (struct sockaddr *)&storage, &length);
    if (code < 0) return -errno;
    if (storage.ss_family == AF_INET) {
        struct sockaddr_in *address = (struct sockaddr_in *)&storage;
        memcpy(octets, &address->sin_addr, 4);
        *octet_count = 4;
        *port = ntohs(address->sin_port);
        return 0;
    }
    if (storage.ss_family != AF_INET6) return -EAFNOSUPPORT;
    struct sockaddr_in6 *address = (struct sockaddr_in6 *)&storage;
    memcpy(octets, &address->sin6_addr, 16);
    *octet_count = 16;
    *port = ntohs(address->sin6_port);
    return 0;
}

int rslab_accept(int listener, int non_blocking) {
    int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0));
    return socket < 0 ? -errno : socket;
}

static int unix_address(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return 0;
}

int rslab_bind_unix(int socket, const char *path) {
    struct sockaddr_un address;
    int code = unix_address(&address, path);
    if (code < 0) return code;
    return bind(socket, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

int rslab_connect_unix(int socket, const char *path) {
    struct sockaddr_un address;
    int code = unix_address(&address, path);
    if (code < 0) return code;
    return connect(socket, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

int rslab_enable_stamps(int socket) {
    int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
    return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) < 0 ? -errno : 0;
}

static void read_ancillary(struct msghdr *message, struct rslab_packet *packet) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SO_TIMESTAMPING) {
            struct timespec stamps[3];
            memcpy(stamps, CMSG_DATA(header), sizeof stamps);
            packet->kernel_realtime_nanoseconds = (int64_t)stamps[0].tv_sec * 1000000000 + stamps[0].tv_nsec;
        } else if (header->cmsg_level == SOL_IPV6 && header->cmsg_type == IPV6_HOPLIMIT) {
            memcpy(&packet->hop_limit, CMSG_DATA(header), sizeof packet->hop_limit);
        } else if ((header->cmsg_level == SOL_IP && header->cmsg_type == IP_RECVERR) ||
                   (header->cmsg_level == SOL_IPV6 && header->cmsg_type == IPV6_RECVERR)) {
            struct sock_extended_err error;
            memcpy(&error, CMSG_DATA(header), sizeof error);
            if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
                packet->is_transmit_stamp = 1;
                packet->transmit_identifier = error.ee_data;
            } else {
                packet->error_code = (int)error.ee_errno;
            }
        }
    }
}

int rslab_receive_packet(int socket, int octet_count, void *bytes, size_t capacity, int from_error_queue,
                         struct rslab_packet *packet) {
    *packet = (struct rslab_packet){.hop_limit = -1};
    struct sockaddr_in6 source;
    struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
    _Alignas(struct cmsghdr) char control[512];
    struct msghdr message = {
        .msg_name = octet_count == 16 ? &source : NULL,
        .msg_namelen = octet_count == 16 ? sizeof source : 0,
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_DONTWAIT | (from_error_queue ? MSG_ERRQUEUE : 0));
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    packet->count = received;
    if (!from_error_queue && message.msg_namelen == sizeof source)
        memcpy(packet->source, &source.sin6_addr, sizeof packet->source);
    read_ancillary(&message, packet);
    return 0;
}

int rslab_receive_packets(int socket, int octet_count, void *bytes, size_t capacity_of_each, int from_error_queue,
                          struct rslab_packet *packets, int count) {
    if (count > RSLAB_PACKETS_AT_ONCE) count = RSLAB_PACKETS_AT_ONCE;
    struct sockaddr_in6 sources[RSLAB_PACKETS_AT_ONCE];
    struct mmsghdr messages[RSLAB_PACKETS_AT_ONCE];
    struct iovec vectors[RSLAB_PACKETS_AT_ONCE];
    _Alignas(struct cmsghdr) char controls[RSLAB_PACKETS_AT_ONCE][256];
    for (int i = 0; i < count; i++) {
        vectors[i] = (struct iovec){.iov_base = (char *)bytes + i * capacity_of_each, .iov_len = capacity_of_each};
        messages[i] = (struct mmsghdr){.msg_hdr = {
                                           .msg_name = octet_count == 16 ? &sources[i] : NULL,
                                           .msg_namelen = octet_count == 16 ? sizeof sources[i] : 0,
                                           .msg_iov = &vectors[i],
                                           .msg_iovlen = 1,
                                           .msg_control = controls[i],
                                           .msg_controllen = sizeof controls[i],
                                       }};
    }
    int received;
    do received = recvmmsg(socket, messages, count, MSG_DONTWAIT | (from_error_queue ? MSG_ERRQUEUE : 0), NULL);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (int i = 0; i < received; i++) {
        packets[i] = (struct rslab_packet){.count = messages[i].msg_len, .hop_limit = -1};
        if (!from_error_queue && messages[i].msg_hdr.msg_namelen == sizeof sources[i])
            memcpy(packets[i].source, &sources[i].sin6_addr, sizeof packets[i].source);
        read_ancillary(&messages[i].msg_hdr, &packets[i]);
    }
    return received;
}

ssize_t rslab_send_to_inet4(int socket, const void *bytes, size_t count, uint32_t address) {
    struct sockaddr_in destination = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    ssize_t sent;
    do sent = sendto(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&destination,
                     sizeof destination);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t rslab_send_to_inet6(int socket, const void *bytes, size_t count, uint64_t high, uint64_t low) {
    struct sockaddr_in6 destination = {.sin6_family = AF_INET6};
    uint64_t halves[2] = {htobe64(high), htobe64(low)};
    memcpy(&destination.sin6_addr, halves, sizeof halves);
    ssize_t sent;
    do sent = sendto(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&destination,
                     sizeof destination);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t rslab_send_to_inet(int socket, const void *bytes, size_t count, const uint8_t *octets, int octet_count) {
    struct sockaddr_storage storage;
    socklen_t length = inet_address(&storage, octets, octet_count, 0);
    ssize_t sent;
    do sent = sendto(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&storage, length);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int rslab_accept_icmp_types(int socket, uint32_t types) {
    struct icmp_filter filter = {.data = ~types};
    return setsockopt(socket, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) < 0 ? -errno : 0;
}

int rslab_accept_icmp6_types(int socket, const uint8_t *types, int count) {
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    for (int i = 0; i < count; i++) ICMP6_FILTER_SETPASS(types[i], &filter);
    return setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) < 0 ? -errno : 0;
}

int rslab_enable_received_hop_limit(int socket, int octet_count) {
    int on = 1;
    int code = octet_count == 4 ? setsockopt(socket, IPPROTO_IP, IP_RECVTTL, &on, sizeof on)
                                : setsockopt(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on);
    return code < 0 ? -errno : 0;
}

int rslab_set_hop_limit(int socket, int octet_count, int hop_limit, int traffic_class) {
    int code = octet_count == 4 ? setsockopt(socket, IPPROTO_IP, IP_TTL, &hop_limit, sizeof hop_limit)
                                : setsockopt(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hop_limit, sizeof hop_limit);
    if (code < 0) return -errno;
    code = octet_count == 4 ? setsockopt(socket, IPPROTO_IP, IP_TOS, &traffic_class, sizeof traffic_class)
                            : setsockopt(socket, IPPROTO_IPV6, IPV6_TCLASS, &traffic_class, sizeof traffic_class);
    return code < 0 ? -errno : 0;
}

int rslab_receive_datagram(int socket, void *bytes, size_t capacity, struct rslab_datagram *datagram) {
    struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
    struct sockaddr_storage source;
    _Alignas(struct cmsghdr) char control[128];
    struct msghdr message = {
        .msg_name = &source,
        .msg_namelen = sizeof source,
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_DONTWAIT);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    datagram->count = received;
    datagram->hop_limit = -1;
    datagram->source_octet_count = 0;
    if (source.ss_family == AF_INET) {
        memcpy(datagram->source, &((struct sockaddr_in *)&source)->sin_addr, 4);
        datagram->source_octet_count = 4;
    } else if (source.ss_family == AF_INET6) {
        memcpy(datagram->source, &((struct sockaddr_in6 *)&source)->sin6_addr, 16);
        datagram->source_octet_count = 16;
    }
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if ((header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TTL) ||
            (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_HOPLIMIT))
            memcpy(&datagram->hop_limit, CMSG_DATA(header), sizeof datagram->hop_limit);
    }
    return 0;
}

ssize_t rslab_send_datagram(int socket, const void *bytes, size_t count, const uint8_t *octets, int octet_count,
                            uint16_t port) {
    struct sockaddr_storage storage;
    socklen_t length = inet_address(&storage, octets, octet_count, port);
    ssize_t sent;
    do sent = sendto(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&storage, length);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int rslab_event_descriptor(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}
