// SPDX-License-Identifier: MIT-0
// System calls that the Glibc module hides from Swift. Each returns 0 or a value >= 0, or -errno.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// CLOCK_MONOTONIC and CLOCK_REALTIME in nanoseconds.
int64_t rslab_monotonic_nanoseconds(void);
int64_t rslab_realtime_nanoseconds(void);
/// How far CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, and by how much that may be wrong: half the time between two
/// readings of the monotonic clock with one of the other between them, the shortest of at most eight.
int64_t rslab_clock_distance(int64_t *half_width);

/// The C library's text for an errno: static, in English whatever the locale, never NULL.
const char *rslab_error_text(int code);

// ---- Namespaces ----

/// Moves the calling thread into a new network namespace.
int rslab_unshare_network(void);

/// Moves the calling thread into the network namespace behind a descriptor.
int rslab_enter_network_namespace(int descriptor);

/// Gives the calling process, which must have only one thread, its own mount namespace.
int rslab_unshare_mounts(void);

/// Makes future children of the calling thread start in the PID namespace behind a descriptor.
int rslab_enter_pid_namespace_for_children(int descriptor);

// ---- Processes ----

/// How to start a child. Descriptors are close-on-exec in this process; those named here stay open in the child.
struct rslab_child {
    const char *path;
    char *const *arguments;   // NULL-terminated
    char *const *environment; // NULL-terminated
    const char *directory;    // NULL: inherited
    const char *host_name;    // NULL: inherited; set in the new UTS namespace
    int network_namespace;    // -1: inherited
    int mount_namespace;      // -1: inherited; entered before the exec
    int uts_namespace;        // -1: inherited
    int new_pid_namespace;    // flags
    int new_mount_namespace;
    int new_uts_namespace;
    int new_session;
    int standard_descriptors[3]; // -1: /dev/null
    const int *extra_descriptors; // become 3, 4, ... in the child
    int extra_descriptor_count;
};

/// Starts a child without copying this process's memory. Returns its process id, and its pidfd in `*pidfd`.
/// If the child fails before it executes, that error is returned and `*failed_step` names the step.
int rslab_spawn(const struct rslab_child *child, int *pidfd, const char **failed_step);

int rslab_pidfd_open(pid_t pid);
int rslab_pidfd_send_signal(int pidfd, int signal);

/// Reaps one child that has ended. Returns its process id, 0 if none has ended, -ECHILD if there are no children.
/// `*status`: the exit status, or 128 + the signal that ended it.
int rslab_reap(int *status);

/// Waits for the child `pid`. Returns its exit status, or 128 + the signal.
int rslab_wait(pid_t pid);

// ---- Event loop ----

struct rslab_ready {
    uint64_t token;
    uint32_t events;
};

enum { RSLAB_READABLE = 0x001, RSLAB_WRITABLE = 0x004, RSLAB_ERROR = 0x008, RSLAB_HANG_UP = 0x010 };

int rslab_epoll_create(void);
int rslab_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token);
int rslab_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token);
int rslab_epoll_remove(int epoll, int descriptor);
/// Waits without a time limit, or not at all. Returns how many entries of `ready` were filled.
int rslab_epoll_wait(int epoll, struct rslab_ready *ready, int capacity, bool blocks);

/// A CLOCK_MONOTONIC timer descriptor, and its absolute deadline (0 disarms it).
int rslab_timer_create(void);
int rslab_timer_arm(int timer, int64_t deadline_nanoseconds);

/// The read end and the write end of a pipe, close-on-exec.
int rslab_pipe(int ends[2]);
int rslab_set_pipe_size(int descriptor, int byte_count);

/// A descriptor that becomes readable when one of the signals arrives. They are blocked for the calling thread and
/// for threads it starts.
int rslab_signal_descriptor(const int *signals, int count);
/// The next signal of such a descriptor, or 0.
int rslab_next_signal(int descriptor);

/// Blocks until the descriptor is readable (returns 1) or until `deadline_nanoseconds` of CLOCK_MONOTONIC (returns
/// 0).
int rslab_wait_readable_until(int descriptor, int64_t deadline_nanoseconds);

// ---- Sockets ----

/// Sends octets, with descriptors attached if `count` of them is not 0.
ssize_t rslab_send_with_descriptors(int socket, const void *bytes, size_t count, const int *descriptors,
                                    int descriptor_count);
/// Receives octets and up to `*descriptor_count` descriptors, close-on-exec; sets how many arrived.
ssize_t rslab_receive_with_descriptors(int socket, void *bytes, size_t capacity, int *descriptors,
                                       int *descriptor_count);

/// Connects to or binds an IPv4 or IPv6 address given as 4 or 16 octets.
int rslab_connect_inet(int socket, const uint8_t *octets, int octet_count, uint16_t port);
int rslab_bind_inet(int socket, const uint8_t *octets, int octet_count, uint16_t port);
/// The address and port of the local (`remote` 0) or remote end; sets the number of octets.
int rslab_socket_address(int socket, int remote, uint8_t octets[16], int *octet_count, uint16_t *port);
/// The next connection of a listener, close-on-exec; -EAGAIN if there is none.
int rslab_accept(int listener, int non_blocking);
int rslab_bind_unix(int socket, const char *path);
int rslab_connect_unix(int socket, const char *path);

/// What was received with a packet on a socket with timestamps enabled.
struct rslab_packet {
    ssize_t count;
    int64_t kernel_realtime_nanoseconds; // 0: the kernel gave no stamp
    uint32_t transmit_identifier;        // error queue: which packet was sent, counted from 0
    int is_transmit_stamp;               // error queue: a transmit stamp
    int error_code;                      // error queue: an errno that the network reported, 0 if none
    int hop_limit;                       // IPv6, if asked for: as received; -1: unknown
    uint8_t source[16];                  // IPv6: the sender
};

/// Switches on kernel receive timestamps, and software transmit timestamps (counted per packet).
int rslab_enable_stamps(int socket);
/// Receives one packet without waiting; -EAGAIN if there is none.
int rslab_receive_packet(int socket, int octet_count, void *bytes, size_t capacity, int from_error_queue,
                         struct rslab_packet *packet);
enum { RSLAB_PACKETS_AT_ONCE = 8 };
/// Receives the packets that have arrived, without waiting: up to `count` (at most RSLAB_PACKETS_AT_ONCE) in one
/// system call, each into its own part of `bytes`. Returns how many; -EAGAIN if there are none. Sources are filled
/// in only with `octet_count` 16: an IPv4 packet carries its own header.
int rslab_receive_packets(int socket, int octet_count, void *bytes, size_t capacity_of_each, int from_error_queue,
                          struct rslab_packet *packets, int count);
ssize_t rslab_send_to_inet(int socket, const void *bytes, size_t count, const uint8_t *octets, int octet_count);
/// The same to an IPv4 address in host byte order.
ssize_t rslab_send_to_inet4(int socket, const void *bytes, size_t count, uint32_t address);
/// The same to an IPv6 address, both halves in host byte order.
ssize_t rslab_send_to_inet6(int socket, const void *bytes, size_t count, uint64_t high, uint64_t low);
/// A datagram as it came.
struct rslab_datagram {
    ssize_t count;
    uint8_t source[16];
    int source_octet_count;
    int hop_limit; // TTL or Hop Limit as received; -1: unknown
};

/// Makes the kernel report the TTL or Hop Limit of each datagram received.
int rslab_enable_received_hop_limit(int socket, int octet_count);
/// Sets the TTL or Hop Limit, and the Traffic Class, of what is sent.
int rslab_set_hop_limit(int socket, int octet_count, int hop_limit, int traffic_class);
/// Receives one datagram without waiting; -EAGAIN when there is none.
int rslab_receive_datagram(int socket, void *bytes, size_t capacity, struct rslab_datagram *datagram);
ssize_t rslab_send_datagram(int socket, const void *bytes, size_t count, const uint8_t *octets, int octet_count,
                            uint16_t port);
/// An eventfd that never blocks.
int rslab_event_descriptor(void);
/// Lets only the ICMP types whose bits are set (1 << type) through a raw socket.
int rslab_accept_icmp_types(int socket, uint32_t types);
/// Lets only these ICMPv6 types through.
int rslab_accept_icmp6_types(int socket, const uint8_t *types, int count);
/// Blocks until one of two descriptors is readable (bits 1 and 2 of the result) or until the deadline (0).
int rslab_wait_two_readable_until(int first, int second, int64_t deadline_nanoseconds);

/// What the kernel reports about a TCP connection's retransmissions (TCP_INFO).
struct rslab_transmission {
    uint32_t timeout_microseconds;    // tcpi_rto
    uint32_t consecutive_timeouts;    // tcpi_retransmits
    uint32_t retransmissions;         // tcpi_total_retrans
    uint32_t last_sent_milliseconds;  // tcpi_last_data_sent: ago
};

int rslab_read_transmission(int socket, struct rslab_transmission *transmission);

/// A frame that a capture socket saw.
struct rslab_frame {
    size_t count;                        // octets in the buffer
    size_t original_count;               // octets on the link
    int64_t kernel_realtime_nanoseconds; // 0: the kernel gave no stamp
    int interface_index;
    uint16_t protocol;   // EtherType
    uint16_t link_type;  // ARPHRD_...
    uint8_t packet_type; // PACKET_HOST, ..., PACKET_OUTGOING
    uint8_t address[8];  // the sender's, on the link
    uint8_t address_octet_count;
};

/// A packet socket for all that one link of the calling thread's namespace receives and sends, or all links (0), with
/// timestamps; it never blocks.
int rslab_open_capture_socket(int interface_index);
/// Receives up to RSLAB_PACKETS_AT_ONCE frames, each cut to `capacity_of_each`; returns how many, or -EAGAIN.
int rslab_receive_frames(int socket, void *bytes, size_t capacity_of_each, struct rslab_frame *frames, int count);
/// How many frames were dropped for lack of room since the last call.
int rslab_dropped_frames(int socket);

/// Lets only TCP segments with FIN or RST from one source port through a raw IPv4 or IPv6 socket.
int rslab_keep_closing_segments(int socket, int octet_count, uint16_t port);

// ---- Scheduling ----

/// SCHED_FIFO for the calling thread.
int rslab_set_real_time_priority(int priority);
/// SCHED_OTHER for the calling thread.
int rslab_clear_real_time_priority(void);
/// Locks the process's pages in memory, present and future ones, as they are touched; unused pages are not loaded.
int rslab_lock_memory(void);
/// Unmaps read-only pages of the program and its libraries. They come back, from memory, when they are used.
void rslab_release_program_pages(void);
