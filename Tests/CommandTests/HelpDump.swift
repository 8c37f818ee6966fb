// SPDX-License-Identifier: MIT-0
import TestSupport

/// What `rslab --experimental-dump-help` prints, which several tests read.
enum HelpDump {
    static let printed = Result { try RSLabCommand.run("--experimental-dump-help") }
}
