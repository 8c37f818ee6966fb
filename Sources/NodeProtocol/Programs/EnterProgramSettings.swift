// SPDX-License-Identifier: MIT-0

/// What `rslab-node enter` is started with: a user's command, and the files that it finds.
package struct EnterProgramSettings: Hashable, Sendable, Codable {
    /// Put before the PATH.
    package var commandDirectory: String
    /// The PATH to search after that.
    package var searchPath: String
    /// What the sample's instances have in /home/ec2-user, and where it really is.
    package var homeFiles: [String: String]
    /// The command and its arguments.
    package var words: [String]
    /// The lab's name, for `gobgp`.
    package var lab: String
    /// Where the command begins; nil where that has no name any more.
    package var workingDirectory: String?

    package init(
        commandDirectory: String, searchPath: String, homeFiles: [String: String], words: [String], lab: String,
        workingDirectory: String?
    ) {
        self.commandDirectory = commandDirectory
        self.searchPath = searchPath
        self.homeFiles = homeFiles
        self.words = words
        self.lab = lab
        self.workingDirectory = workingDirectory
    }
}
