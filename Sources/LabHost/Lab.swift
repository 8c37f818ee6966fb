// SPDX-License-Identifier: MIT-0
internal import BGP
internal import Glibc
package import LabModel
internal import LinuxSystem
internal import Measurement
internal import SourceText
internal import VPC
internal import WireFormat

/// A running lab.
package final class Lab {
    package let directory: RunDirectory
    package var state: LabState
    package internal(set) var plan: LabPlan
    package let initClient: InitClient
    /// While it is held, the lab ends with this process.
    private var lifeline: LifelineBox?
    /// Held while this process may change the lab.
    package var lock: LabLock?
    /// Called with the name of an instance that has booted again, before its speaker starts.
    ///
    /// A measurement's programs on that instance are restarted there.
    package var onBoot: (_ instance: String) throws -> Void = { _ in }

    private final class LifelineBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    init(
        directory: RunDirectory, state: LabState, plan: LabPlan, initClient: InitClient,
        lifeline: consuming OwnedDescriptor
    ) {
        self.directory = directory
        self.state = state
        self.plan = plan
        self.initClient = initClient
        self.lifeline = LifelineBox(lifeline)
    }

    /// Opens a lab that another rslab built.
    ///
    /// - Throws: `LabError` if there is none, or it no longer runs.
    package init(opening directory: RunDirectory) throws {
        try directory.requireTrust()
        guard directory.exists else {
            throw LabError("there is no lab '\(directory.labName)'", advice: "run 'rslab up' first")
        }
        // Whoever makes the directory takes the lock next.
        if directory.isUnsettled, LabLock.holder(of: directory) == nil { usleep(100_000) }
        if directory.isUnsettled, let holder = LabLock.holder(of: directory) {
            throw Lab.unsettled(directory, holder)
        }
        state = try LabState.load(directory)
        guard state.isReady, try Lab.initProcess(of: directory) != nil else {
            throw LabError(
                "the lab '\(directory.labName)' no longer runs",
                advice: "run 'rslab down --name \(directory.labName)' to remove it, then 'rslab up'")
        }
        self.directory = directory
        plan = LabPlan(model: state.model)
        initClient = try InitClient(connectingTo: directory.initSocket)
        lifeline = nil
    }

    /// Takes the right to change the lab, for the lifetime of this object.
    ///
    /// - Throws: `LabError` if another rslab has it, or the lab is gone.
    package func takeLock() throws {
        guard lock == nil else { return }
        guard let lock = try LabLock.take(directory) else {
            throw LabError("the lab '\(name)' was taken down meanwhile")
        }
        self.lock = lock
        // Another rslab may have changed the lab between opening it and taking the lock.
        state = try LabState.load(directory)
    }

    /// Whether the lab was made only for this process.
    package var endsWithThisProcess: Bool { lifeline != nil }

    package var name: String { directory.labName }

    /// Lets the lab outlive this process.
    func commit() throws(SystemError) {
        guard let lifeline else { return }
        try writeAll([1], to: lifeline.descriptor.rawValue, subject: "lifeline")
        self.lifeline = nil
    }

    /// A node's network namespace.
    package func namespace(_ node: String) throws -> HeldNamespace {
        guard plan.namespaces.contains(where: { $0.name == node }) else {
            let names = plan.namespaces.map(\.name)
            throw LabError(
                "the lab has no node '\(node)'\(suggestion(for: node, among: names))",
                advice: "its nodes are \(names.joined(separator: ", "))")
        }
        return try HeldNamespace.open(node, of: state.initProcess.processID, in: directory)
    }

    /// The lab as a value, at present.
    package var layout: LabLayout { LabLayout(LabBlueprint(state), plan: plan) }
}
