// SPDX-License-Identifier: MIT-0

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
