// SPDX-License-Identifier: MIT-0

/// What an init (of the lab or of an instance) is asked for.
package enum InitRequest: Codable, Sendable {
    /// Keep the network namespaces whose descriptors come along, in this order, under these names.
    case hold(names: [String])
    /// Start a program; its extra descriptors come along.
    case start(ProcessOrder)
    /// Which of the started programs run. Their pidfds come with the answer.
    case list
}

/// A program that an init is to start.
package struct ProcessOrder: Codable, Sendable, Hashable {
    /// A directory that a program is to find where it looks for it.
    package struct Bind: Codable, Sendable, Hashable {
        package var source: String
        /// Exists already.
        package var path: String

        package init(_ source: String, at path: String) {
            self.source = source
            self.path = path
        }
    }

    /// What it is called in lists and messages: the node's name under a lab's init, "speaker" under an instance's.
    package var name: String
    /// Absolute.
    package var executable: String
    package var arguments: [String]
    package var environment: [String]
    /// A held namespace; nil is the init's own.
    package var networkNamespace: String?
    /// Gets PID, mount and UTS namespaces of its own: it becomes an instance's init.
    package var isInstance: Bool
    package var hostName: String?
    /// Directories that are shown elsewhere too, in the init's own mount namespace alone.
    package var binds: [Bind]
    /// Where standard output and error go, appended.
    package var logPath: String
    /// How many descriptors come along; they become 3, 4 and so on.
    package var descriptorCount: Int

    package init(
        name: String, executable: String, arguments: [String], environment: [String] = [],
        networkNamespace: String? = nil, isInstance: Bool = false, hostName: String? = nil,
        binds: [Bind] = [], logPath: String, descriptorCount: Int = 0
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.networkNamespace = networkNamespace
        self.isInstance = isInstance
        self.hostName = hostName
        self.binds = binds
        self.logPath = logPath
        self.descriptorCount = descriptorCount
    }
}

/// What an init says.
package enum InitReply: Codable, Sendable {
    case done
    /// The program runs; its pidfd comes along.
    case started(name: String)
    /// The running programs in the order they were started; their pidfds come along.
    ///
    /// Another such answer follows while there are remaining ones: a message takes only so many descriptors.
    case running(names: [String], remaining: Int)
    /// A program ended, without being asked: the exit status, or 128 + the signal, and where it logged.
    case ended(name: String, status: Int32, logPath: String)
    case failed(reason: String)
}
