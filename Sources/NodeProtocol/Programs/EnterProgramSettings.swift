// SPDX-License-Identifier: MIT-0

/// The settings of `rslab-node enter`: a user's command, and the files that it finds.
package struct EnterProgramSettings: Hashable, Sendable, Codable {
    /// Searched before the PATH.
    package var commandDirectory: String
    /// The PATH to search after that.
    package var searchPath: String
    /// The files in /home/ec2-user on the sample's instances, and where they really are.
    package var homeFiles: [String: String]
    /// What /etc/hosts contains there, in a file.
    package var hostsFile: String
    /// The command and its arguments.
    package var words: [String]
    /// The lab's name, for `gobgp`.
    package var lab: String
    /// Where the command starts; nil if that directory no longer has a name.
    package var workingDirectory: String?
    /// Through which the command joins a control group that limits its CPU time; nil for no limit.
    package var cpuGroupDescriptor: Int32?

    package init(
        commandDirectory: String, searchPath: String, homeFiles: [String: String], hostsFile: String, words: [String],
        lab: String, workingDirectory: String?
    ) {
        self.commandDirectory = commandDirectory
        self.searchPath = searchPath
        self.homeFiles = homeFiles
        self.hostsFile = hostsFile
        self.words = words
        self.lab = lab
        self.workingDirectory = workingDirectory
    }
}
