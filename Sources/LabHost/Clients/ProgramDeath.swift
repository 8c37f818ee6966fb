// SPDX-License-Identifier: MIT-0
package import LabModel
package import NodeProtocol

/// A service of a lab that ended, although nothing meant it to.
package struct ProgramDeath: Hashable, Sendable {
    /// The node that it served.
    package var node: String
    package var program: EndedProgram

    init(_ program: EndedProgram, under owner: String) {
        // The lab's own init starts the programs of several nodes, and names each after its node.
        node = owner == EventFeed.labNode ? program.name : owner
        self.program = program
    }

    /// "rs", or "speaker on instance-rs-az2".
    package var name: String { node == program.name ? node : "\(program.name) on \(node)" }

    /// "on instance-rs-az2, speaker ended with status 137: …", with the last line that it logged.
    package var text: String {
        node == program.name ? program.text : "on \(node), \(program.text)"
    }

    /// For a command on a running lab that cannot do its work without the program.
    package var error: LabError {
        LabError(text, advice: "'rslab restore' starts it again; 'rslab logs \(node)' shows what it wrote")
    }

    /// For a lab that ends with the command, and of which nothing is left.
    var errorOfEndingLab: LabError {
        // Route servers, the watcher and inits have no configuration of the user's.
        LabError(text, advice: node == program.name ? nil : "look at the speaker's configuration")
    }
}
