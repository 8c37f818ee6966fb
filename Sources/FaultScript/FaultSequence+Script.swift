// SPDX-License-Identifier: MIT-0
package import Measurement
import SourceText
import YAMLSource

/// Reads a sequence of faults: a YAML list of steps, or what a template's metadata says under `rslab: faults:`.
extension FaultSequence {
    /// Reads a file of its own: a list of steps, or a mapping with that list under `faults`.
    ///
    /// - Throws: every mistake in it, with file:line:column.
    package init(script text: String, file: String) throws(FaultScriptError) {
        let reader = FaultScriptReader(file: file)
        guard let root = YAMLReader.read(text, log: reader.log, subject: "the script") else { throw reader.error }
        let steps = reader.steps(root["faults"] ?? root, target: nil)
        try self.init(steps, reader, missing: "the script has no steps", at: root.position)
    }

    /// Reads what a template's metadata asks for, and that of its resources, whose faults apply to the resource.
    ///
    /// - Throws: every mistake in it, with file:line:column; also if there is none of that metadata.
    package init(metadataOf template: String, file: String) throws(FaultScriptError) {
        let reader = FaultScriptReader(file: file)
        guard let root = YAMLReader.read(template, log: reader.log, subject: "the template") else { throw reader.error }
        var found: [FaultSequence.Step] = []
        if let node = root["Metadata"]?["rslab"]?["faults"] { found += reader.steps(node, target: nil) }
        for resource in root["Resources"]?.entries ?? [] {
            guard let node = resource.value["Metadata"]?["rslab"]?["faults"] else { continue }
            found += reader.steps(node, target: resource.key)
        }
        try self.init(
            found, reader, missing: "the template says nothing under Metadata: rslab: faults", at: root.position)
    }

    private init(
        _ steps: [Step], _ reader: FaultScriptReader, missing: String, at position: SourcePosition
    ) throws(FaultScriptError) {
        if steps.isEmpty, !reader.log.hasErrors { reader.log.error(position, missing) }
        guard !reader.log.hasErrors else { throw reader.error }
        self.init(steps: steps)
    }
}
