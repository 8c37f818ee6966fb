// SPDX-License-Identifier: MIT-0

/// How an init starts a program.
package struct ProcessOrder: Codable, Sendable, Hashable {
    /// A directory that the program finds where it expects it.
    package struct Bind: Codable, Sendable, Hashable {
        package var source: String
        /// Must already exist.
        package var path: String

        package init(_ source: String, at path: String) {
            self.source = source
            self.path = path
        }
    }

    /// Its name in lists and messages: the node's name under a lab's init, "speaker" under an instance's.
    package var name: String
    package var purpose: ProgramPurpose
    /// An absolute path.
    package var executable: String
    package var arguments: [String]
    package var environment: [String]
    /// A held namespace; nil means the init's own.
    package var networkNamespace: String?
    /// Gets its own PID, mount and UTS namespaces: it becomes an instance's init.
    package var isInstance: Bool
    package var hostName: String?
    /// Directories bind-mounted elsewhere, only in the init's own mount namespace.
    package var binds: [Bind]
    /// The file to which standard output and error are appended.
    package var logPath: String
    /// How many descriptors are attached; they become 3, 4 and so on.
    package var descriptorCount: Int

    package init(
        name: String, purpose: ProgramPurpose = .service, executable: String, arguments: [String],
        environment: [String] = [], networkNamespace: String? = nil, isInstance: Bool = false,
        hostName: String? = nil, binds: [Bind] = [], logPath: String, descriptorCount: Int = 0
    ) {
        self.name = name
        self.purpose = purpose
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
