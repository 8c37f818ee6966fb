// SPDX-License-Identifier: MIT-0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int rslab_read_transmission(int socket, struct rslab_transmission *transmission) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return -errno;
    transmission->timeout_microseconds = info.tcpi_rto;
    transmission->consecutive_timeouts = info.tcpi_retransmits;
    transmission->retransmissions = info.tcpi_total_retrans;
    transmission->last_sent_milliseconds = info.tcpi_last_data_sent;
    return 0;
}

int rslab_keep_closing_segments(int socket, int octet_count, uint16_t port) {
    enum { FIN_OR_RST = 0x01 | 0x04, FLAGS = 13 };
    struct sock_filter code[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),   // X: the IP header's length
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),    // the source port
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, FLAGS),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FIN_OR_RST, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xFFFF),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    // An IPv6 socket sees only the segment, without the IP header.
    if (octet_count == 16) code[0] = (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0);
    struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ? -errno : 0;
}
