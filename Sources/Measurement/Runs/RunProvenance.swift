// SPDX-License-Identifier: MIT-0

/// What a run was made from: enough to repeat it, and to doubt it.
package struct RunProvenance: Hashable, Sendable, Codable {
    /// A template as it was read.
    package struct Template: Hashable, Sendable, Codable {
        /// A path, or "built-in template".
        package var source: String
        /// The SHA-256 of the text, in hexadecimal.
        package var digest: String
        package var text: String
        /// Values in place of the defaults of its parameters, by name.
        package var parameters: [String: String]

        package init(source: String, digest: String, text: String, parameters: [String: String]) {
            self.source = source
            self.digest = digest
            self.text = text
            self.parameters = parameters
        }

        private enum CodingKeys: String, CodingKey {
            case source, text, parameters
            case digest = "sha256"
        }
    }

    /// A configuration of a BGP speaker, as it ran.
    package struct Configuration: Hashable, Sendable, Codable {
        package var instance: String
        /// Its usual name, such as "gobgpd.conf".
        package var file: String
        package var text: String

        package init(instance: String, file: String, text: String) {
            self.instance = instance
            self.file = file
            self.text = text
        }
    }

    /// The commit that was checked out when rslab was compiled; nil if it is not known.
    package var commit: String?
    /// The command line, beginning with the program.
    package var command: [String]
    /// The file of the run that this one repeats; nil for an original.
    package var repeats: String?
    /// Whether the lab ran before, and stayed; false for one that was built for the run.
    package var isOfRunningLab = false
    /// Nil if no lab was measured.
    package var template: Template?
    /// Nil if no lab was measured.
    package var configurations: [Configuration]?

    package init(commit: String? = nil, command: [String]) {
        self.commit = commit
        self.command = command
    }

    private enum CodingKeys: String, CodingKey {
        case commit, command, repeats, template, configurations
        case isOfRunningLab = "running_lab"
    }
}

/// What figures may depend on, of the machine.
package struct MachineDescription: Hashable, Sendable, Codable {
    /// Nil if the kernel does not say.
    package var cpuModel: String?
    /// The frequency governors of its CPUs, each once; nil without frequency scaling.
    package var governors: [String]?
    package var memoryByteCount: Int64?
    /// Name -> value, as sysctl names them, and a few of sysfs.
    package var kernelParameters: [String: String]

    package init(kernelParameters: [String: String]) {
        self.kernelParameters = kernelParameters
    }

    private enum CodingKeys: String, CodingKey {
        case governors
        case cpuModel = "cpu_model"
        case memoryByteCount = "memory_octets"
        case kernelParameters = "kernel_parameters"
    }
}
