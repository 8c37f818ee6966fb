// SPDX-License-Identifier: MIT-0
internal import LabHost
internal import LabModel
internal import LinuxSystem
internal import Measurement
internal import NodeProtocol
internal import VPC
internal import WireFormat

/// The responders of a run: one on each instance that may answer for a floating IP, for as long as this object lives.
///
/// An instance's init starts its responder, so that it dies with the instance; booting the instance again restarts it.
/// Each holds the near end of a pipe whose far end is here: when rslab ends, in whatever way, they end.
package final class ApplicationResponders {
    private static let endTimeout = Duration.seconds(5)

    private final class Responder {
        let program: InitClient.Program
        private var owner: OwnerBox?

        private final class OwnerBox {
            let descriptor: OwnedDescriptor
            init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
        }

        init(program: InitClient.Program, owner: consuming OwnedDescriptor) {
            self.program = program
            self.owner = OwnerBox(owner)
        }

        func letGo() { owner = nil }
    }

    private unowned let lab: Lab
    private let settings: ApplicationSettings
    private let executable: String
    private var responders: [String: Responder] = [:]

    /// Starts them.
    init(in lab: Lab, settings: ApplicationSettings) throws {
        self.lab = lab
        self.settings = settings
        executable = try NodePrograms.Executables.find().node
        for instance in lab.layout.respondingInstances.values.sorted() { try start(on: instance) }
    }

    /// Starts the one of an instance that has just booted, or is booting again.
    func start(on instance: String) throws {
        guard let number = lab.layout.respondingInstances.first(where: { $0.value == instance })?.key else { return }
        let owner = try DescriptorPair.pipe()
        let file = lab.directory.configurationFile("\(instance).\(ResponderProgramSettings.programName)")
        try replaceFile(
            file,
            with: JSON.encode(
                ResponderProgramSettings(
                    addresses: lab.layout.floatingAddresses(of: instance), port: settings.port, number: number)))
        let program = try InitClient(connectingTo: lab.directory.instanceInitSocket(instance)).start(
            ProcessOrder(
                name: ResponderProgramSettings.programName, purpose: .measurement, executable: executable,
                arguments: [ResponderProgramSettings.programName, file],
                environment: NodePrograms.environment, logPath: lab.directory.logFile(instance)),
            descriptors: [owner.near.rawValue])
        responders[instance] = Responder(program: program, owner: try owner.far.duplicate())
    }

    /// Ends them, and waits until none is left.
    func end() {
        for responder in responders.values { responder.letGo() }
        let deadline = Instant.now + Self.endTimeout
        for responder in responders.values {
            // It was let go and is ending: whether that is observed changes nothing.
            _ = try? responder.program.handle.waitForEnd(until: deadline)
        }
        responders = [:]
    }
}

extension InitClient {
    /// The instance's own programs under its init: its speaker, but nothing that only measures.
    func runningSpeaker() throws -> [Program] {
        try running().filter {
            $0.name != ResponderProgramSettings.programName && $0.name != ProberProgramSettings.programName
        }
    }
}
