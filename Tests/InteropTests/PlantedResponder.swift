// SPDX-License-Identifier: MIT-0
import CLinux
import Foundation
import LabHost
import LinuxSystem
import WireFormat

/// Answers pings to an address instead of an instance's kernel: as promptly, except for planted errors.
///
/// It records what it did with every request, in order of arrival: the truth that a report is compared with.
final class PlantedResponder: @unchecked Sendable {
    /// How to treat one request.
    enum Treatment: Hashable {
        case answer
        case ignore
        /// Answered after a delay.
        case delay(Duration)
        case answerTwice
        /// Answered after the next one.
        case answerAfterNext
    }

    private struct Reply {
        var destination: [UInt8]
        var message: [UInt8]
    }

    private let socket: OwnedDescriptor
    private let namespace: HeldNamespace
    private let hasEnded = DispatchSemaphore(value: 0)
    private let lock = NSLock()
    // Protected by the lock, since the test also reads and writes them.
    private var planted: [Int: Treatment]?
    private var log: [Treatment] = []
    private var isOver = false
    // Used only by the thread.
    private var delayed: [(due: Instant, reply: Reply)] = []
    private var held: Reply?
    private var buffer = [UInt8](repeating: 0, count: 2048)

    /// Starts answering in `namespace`, whose kernel answers pings no longer.
    init(in namespace: HeldNamespace, address: IPAddress) throws {
        self.namespace = namespace
        socket = OwnedDescriptor(
            adopting: try namespace.namespace.perform { () throws(SystemError) in
                let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
                let raw = try systemCall("open", "raw socket") { Glibc.socket(AF_INET, type, Int32(IPPROTO_ICMP)) }
                try checked("bind to", "\(address)", rslab_bind_inet(raw, address.octets, 4, 0))
                return raw
            })
        try setKernelAnswers(false)
        let thread = Thread { [self] in
            run()
            hasEnded.signal()
        }
        thread.start()
    }

    /// Lets the kernel answer again.
    func end() throws {
        lock.withLock { isOver = true }
        hasEnded.wait()
        try setKernelAnswers(true)
    }

    /// Treats the requests at these positions, counted from the next one, as given; answers all others.
    func plant(_ treatments: [Int: Treatment]) {
        lock.withLock {
            planted = treatments
            log = []
        }
    }

    /// How each request since `plant` was treated.
    var truth: [Treatment] { lock.withLock { log } }

    private func setKernelAnswers(_ answers: Bool) throws {
        try namespace.namespace.perform { () throws(SystemError) in
            // The namespace of the thread that opens the file decides whose setting it is.
            let file = try OwnedDescriptor(opening: "/proc/sys/net/ipv4/icmp_echo_ignore_all", flags: O_WRONLY)
            try writeAll(Array(answers ? "0".utf8 : "1".utf8), to: file.rawValue, subject: "icmp_echo_ignore_all")
        }
    }

    private func run() {
        while !lock.withLock({ isOver }) {
            let deadline = min(delayed.map(\.due).min() ?? .now + .milliseconds(20), .now + .milliseconds(20))
            _ = rslab_wait_readable_until(socket.rawValue, deadline.nanoseconds)
            while true {
                let count = recv(socket.rawValue, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                handle(Array(buffer.prefix(count)))
            }
            let now = Instant.now
            let due = delayed.filter { $0.due <= now }
            delayed.removeAll { $0.due <= now }
            due.forEach { send($0.reply) }
        }
    }

    /// An IPv4 packet as received from a raw socket.
    private func handle(_ packet: [UInt8]) {
        let headerByteCount = Int(packet[0] & 15) * 4
        var message = Array(packet.dropFirst(headerByteCount))
        guard message.count >= 8, message[0] == 8 else { return }
        message[0] = 0
        message[2] = 0
        message[3] = 0
        let checksum = InternetChecksum.of(message.span.bytes)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(checksum & 255)
        let reply = Reply(destination: Array(packet[12..<16]), message: message)
        let treatment = lock.withLock { () -> Treatment in
            let treatment = planted?[log.count] ?? .answer
            if planted != nil { log.append(treatment) }
            return treatment
        }
        let former = held
        held = nil
        switch treatment {
        case .answer: send(reply)
        case .ignore: break
        case .delay(let time): delayed.append((.now + time, reply))
        case .answerTwice:
            send(reply)
            send(reply)
        case .answerAfterNext: held = reply
        }
        if let former { send(former) }
    }

    private func send(_ reply: Reply) {
        // One that the kernel does not accept shows as a loss that was not planted.
        _ = rslab_send_to_inet(socket.rawValue, reply.message, reply.message.count, reply.destination, 4)
    }
}
