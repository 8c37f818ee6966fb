// SPDX-License-Identifier: MIT-0
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Measurement
internal import NetlinkFilter
internal import NetlinkTopology
internal import WireFormat

/// Builds one of each part of a lab, in two namespaces that end with it, and pings through it.
///
/// Only trying is reliable: configuration files are not available everywhere, and a container may forbid what its
/// kernel can do.
struct KernelTrial {
    private static let bridgeIndex: Int32 = 10
    private static let portIndex: Int32 = 11
    private static let farIndex: Int32 = 12
    private static let tableNumber: UInt32 = 1000
    /// TEST-NET-1 and TEST-NET-2 (RFC 5737).
    private static let near = IPAddress.v4(IPv4Address(bits: 0xC000_0201))
    private static let far = IPAddress.v4(IPv4Address(bits: 0xC000_0202))
    private static let remote = IPPrefix(masking: .v4(IPv4Address(bits: 0xC633_6400)), length: 24)

    private var checks: [HostCheck] = []

    static func run() -> [HostCheck] {
        var trial = KernelTrial()
        do throws(SystemError) {
            try trial.tryEverything()
        } catch {
            trial.checks.append(
                HostCheck("namespaces", .failed, "\(error)", advice: advice(for: error, option: "CONFIG_NET_NS")))
        }
        return trial.checks
    }

    /// Runs one step; if the kernel refuses it, adds a failed check, or a note if a lab can do `without` it.
    private mutating func step(
        _ name: String, _ finding: String, option: String, without loss: String? = nil,
        _ body: () throws(SystemError) -> Void
    ) -> Bool {
        do throws(SystemError) {
            try body()
            checks.append(HostCheck(name, .ok, finding))
            return true
        } catch {
            checks.append(
                HostCheck(
                    name, loss == nil ? .failed : .note, loss.map { "\(error): \($0)" } ?? "\(error)",
                    advice: loss == nil ? Self.advice(for: error, option: option) : nil))
            return false
        }
    }

    private static func advice(for error: SystemError, option: String) -> String {
        switch error.code {
        case EPERM, EACCES: "run rslab as root; in a container, run that privileged"
        case EROFS: "/proc/sys is read-only: run the container privileged"
        case ENOSPC: "raise the limits in /proc/sys/user/max_*_namespaces"
        default: "use a kernel with \(option), and load the module if it is one"
        }
    }

    /// Throws if no namespaces can be created for the trial.
    private mutating func tryEverything() throws(SystemError) {
        let left = try NetworkNamespace.create(name: "left")
        let right = try NetworkNamespace.create(name: "right")
        let leftSocket = try TopologySocket(in: left)
        let rightSocket = try TopologySocket(in: right)
        tryInstance(in: left)
        _ = step("kernel parameters", "can be set in a namespace", option: "CONFIG_SYSCTL") {
            () throws(SystemError) in
            try left.perform { () throws(SystemError) in try setKernelParameter("net/ipv4/ip_forward", 1) }
        }
        let hasBridge = step("bridge", "can be made", option: "CONFIG_BRIDGE") { () throws(SystemError) in
            try leftSocket.addBridge(
                BridgeSpecification(name: InterfaceName(literal: "bridge"), index: Self.bridgeIndex))
        }
        let hasVeth = step("veth", "can be made between namespaces", option: "CONFIG_VETH") {
            () throws(SystemError) in
            try leftSocket.addVeth(
                VethEnd(name: InterfaceName(literal: "port"), index: Self.portIndex), in: left,
                master: hasBridge ? Self.bridgeIndex : nil,
                to: VethEnd(name: InterfaceName(literal: "eth0"), index: Self.farIndex), in: right)
            try rightSocket.setUp(index: Self.farIndex)
        }
        guard hasBridge, hasVeth else { return }
        tryRouting(leftSocket, rightSocket)
        tryInterfaceRules(in: left)
        tryPing(leftSocket, from: right)
        checks.append(Self.bridgeFilter(in: left))
    }

    /// Tries an instance's namespaces with the program that boots in them: it prints its usage, and ends.
    private mutating func tryInstance(in network: borrowing NetworkNamespace) {
        // A missing program is reported by another check.
        guard let node = try? NodePrograms.Executables.find().node else { return }
        var status: Int32 = 0
        var child = ChildProcess(executable: node, arguments: [], environment: NodePrograms.environment)
        child.networkNamespace = network.descriptor.rawValue
        child.newPIDNamespace = true
        child.newMountNamespace = true
        child.newUTSNamespace = true
        child.newSession = true
        child.hostName = "doctor"
        let isStarted = step(
            "namespaces", "network, PID, mount and UTS", option: "CONFIG_NET_NS, CONFIG_PID_NS and CONFIG_UTS_NS"
        ) { () throws(SystemError) in
            let started = try child.start()
            status = try waitForChild(started.processID)
        }
        // 2 means wrong usage; the loader's status for a missing library is 127.
        if isStarted, status != 2 {
            checks.append(
                HostCheck(
                    "rslab-node", .failed, "\(node) ended with status \(status)",
                    advice: "build or install rslab again"))
        }
    }

    private mutating func tryRouting(_ left: borrowing TopologySocket, _ right: borrowing TopologySocket) {
        _ = step("addresses", "can be set", option: "CONFIG_INET") { () throws(SystemError) in
            try left.addAddress(Self.near, prefixLength: 24, index: Self.bridgeIndex)
            try right.addAddress(Self.far, prefixLength: 24, index: Self.farIndex)
        }
        _ = step("policy rules", "one table per VPC route table", option: "CONFIG_IP_MULTIPLE_TABLES") {
            () throws(SystemError) in
            try left.addRule(
                RoutingRule(
                    family: .ipv4, inputInterface: InterfaceName(literal: "bridge"), table: Self.tableNumber,
                    priority: 100))
            try left.addRoute(
                TopologyRoute(
                    destination: Self.remote, gateway: Self.far, index: Self.bridgeIndex, table: Self.tableNumber))
        }
        _ = step(
            "netem", "present, for the faults delay and jitter", option: "CONFIG_NET_SCH_NETEM",
            without: "--fault delay and jitter are not available here"
        ) { () throws(SystemError) in
            try right.setDelay(.zero, index: Self.farIndex)
        }
    }

    /// Tries what enforces security groups and source/destination checks.
    private mutating func tryInterfaceRules(in left: borrowing NetworkNamespace) {
        let everything = PortFilter.Rule(.all, .block(IPPrefix(masking: .v4(.any), length: 0)))
        let filter = PortFilter(
            port: UInt32(Self.portIndex), addresses: [Self.far], checksAddresses: true, hasRules: true,
            ingress: [PortFilter.Rule(.transport(6, ports: 179...179), .addresses([Self.near]))],
            egress: [everything], exempt: [])
        do throws(SystemError) {
            var socket = try PortFilterSocket(in: left)
            try socket.enforce([filter])
            try socket.enforce([])
            checks.append(HostCheck("nf_tables for bridges", .ok, "security groups can be enforced"))
        } catch {
            checks.append(
                HostCheck(
                    "nf_tables for bridges", .note,
                    "\(error): labs need --no-security-groups and --no-source-dest-check here"))
        }
    }

    private static func bridgeFilter(in namespace: borrowing NetworkNamespace) -> HostCheck {
        let value: String?
        do throws(SystemError) {
            value = try namespace.perform { () throws(SystemError) in
                try kernelParameter("net/bridge/bridge-nf-call-iptables")
            }
        } catch {
            value = nil
        }
        guard let value else { return HostCheck("br_netfilter", .ok, "not loaded") }
        return HostCheck(
            "br_netfilter", .note,
            "loaded, and \(value == "1" ? "on" : "off") in new namespaces; a lab switches it off in its own")
    }
}

// MARK: A ping with stamps

extension KernelTrial {
    /// The result of one ping.
    private struct Stamps {
        var isAnswered = false
        var isReceiveStamped = false
        var isTransmitStamped = false
    }

    private static let attempts = 5
    private static let attemptTime = Duration.milliseconds(200)

    private mutating func tryPing(_ left: borrowing TopologySocket, from right: borrowing NetworkNamespace) {
        var stamps = Stamps()
        let isSent = step("raw sockets", "can be opened, and ping across the bridge", option: "CONFIG_INET") {
            () throws(SystemError) in
            _ = try left.settledLink(index: Self.portIndex)
            _ = try left.settledLink(index: Self.bridgeIndex)
            let raw = try right.perform { () throws(SystemError) -> Int32 in
                try RawICMPSocket(destination: Self.near).release()
            }
            let socket = RawICMPSocket(adopting: raw, destination: Self.near)
            for attempt in 0..<Self.attempts where !stamps.isAnswered {
                try Self.ping(socket, sequence: UInt64(attempt), into: &stamps)
            }
            guard stamps.isAnswered else {
                throw SystemError(
                    operation: "ping", subject: "across a bridge and a veth", code: ETIMEDOUT,
                    detail: "something filters packets in new namespaces")
            }
        }
        guard isSent else { return }
        checks.append(
            stamps.isReceiveStamped && stamps.isTransmitStamped
                ? HostCheck("packet stamps", .ok, "the kernel stamps what it sends and receives")
                : HostCheck(
                    "packet stamps", .warning,
                    "the kernel does not stamp every packet: round trips include rslab's own delay",
                    advice:
                        "use a kernel with CONFIG_NETWORK_PHY_TIMESTAMPING or software stamps for veth (Linux 3.17 and newer)"
                ))
    }

    private static func ping(
        _ socket: borrowing RawICMPSocket, sequence: UInt64, into stamps: inout Stamps
    ) throws(SystemError) {
        var message = [UInt8](repeating: 0, count: EchoMessage.minimumByteCount)
        let echo = EchoMessage(identifier: 1, cookie: 1, sequence: sequence, sentAt: .now)
        var span = message.mutableSpan
        do throws(ProbeCodecError) {
            try echo.encodeRequest(into: &span)
        } catch {
            preconditionFailure("the shortest message is too short: \(error)")
        }
        let code = socket.send(message)
        guard code == 0 else { throw SystemError(operation: "send", subject: "echo request", code: code) }
        let deadline = Instant.now + attemptTime
        var buffer = [UInt8](repeating: 0, count: 2048)
        while !(stamps.isAnswered && stamps.isTransmitStamped) {
            let ready = rslab_wait_readable_until(socket.descriptor.rawValue, deadline.nanoseconds)
            guard try checked("wait for", "echo reply", ready) > 0 else { return }
            while let arrival = socket.receive(into: &buffer, fromErrorQueue: true) {
                stamps.isTransmitStamped = stamps.isTransmitStamped || arrival.kernelStamp != nil
            }
            while let arrival = socket.receive(into: &buffer, fromErrorQueue: false) {
                // After an IP header without options: type 0 is an echo reply (RFC 792).
                guard arrival.byteCount > 20, buffer[20] == 0 else { continue }
                stamps.isAnswered = true
                stamps.isReceiveStamped = arrival.kernelStamp != nil
            }
        }
    }
}
