// SPDX-License-Identifier: MIT-0
import SourceText
import VPC
import WireFormat

/// Builds a VPC's model from a template whose references have been checked.
///
/// A property is evaluated on first use: an instance's user data needs the addresses of endpoints, which need the
/// blocks of subnets. What cannot be built is reported and left out, so that one run reports everything.
final class ModelBuilder {
    typealias Resource = TemplateDocument.Resource

    let document: TemplateDocument
    let evaluator: Evaluator
    /// The template, for the places of what is written in user data.
    let file: SourceFile
    let log: FindingLog
    /// Resources of the types that are built, without those that a condition excludes.
    private(set) var resources: [Resource] = []
    /// The resource that an id in AWS's form, or the Ref of a resource that is not built, refers to.
    private(set) var owners: [String: (type: String, logicalID: String)] = [:]
    /// Set if something was left out because of an error: a later reference to it is then not a finding.
    private(set) var isIncomplete = false

    var interfacePlan: InterfacePlan?
    var isPlanningInterfaces = false
    var usesDefaultSecurityGroup = false
    var names = NodeNames(reserved: NodeNames.reservedByLab)

    private var unbuiltTypes = UnbuiltTypes()
    private var states: [String: State] = [:]
    private var cache: [String: [String: Value?]] = [:]

    private enum State {
        case built(Resource)
        case notBuilt
        case leftOut(condition: String)
    }

    init(document: TemplateDocument, evaluator: Evaluator, file: SourceFile, log: FindingLog) {
        self.document = document
        self.evaluator = evaluator
        self.file = file
        self.log = log
        for resource in document.resources { classify(resource) }
        evaluator.resourceValue = { [unowned self] name, attribute, position in
            value(ofResource: name, attribute: attribute, at: position)
        }
    }

    /// Builds the model; nil if it could not be built at all.
    func build() -> VPCModel? {
        guard let vpc = singleVPC() else {
            checkEveryProperty()
            return nil
        }
        var model = VPCModel(
            logicalID: vpc.logicalID, name: NodeNames.safe(nameTag(of: vpc) ?? vpc.logicalID, fallback: "vpc"),
            cidrBlocks: cidrBlocks(of: vpc), subnets: subnets(), internetGateway: nil, routeTables: [],
            networkInterfaces: [], instances: [], routeServers: [])
        let plan = plannedInterfaces()
        model.instances = instances(plan)
        model.routeServers = routeServers()
        model.internetGateway = internetGateway()
        model.routeTables = routeTables(plan)
        model.networkInterfaces = networkInterfaces(plan, of: model)
        model.securityGroups = securityGroups()
        model.tags = tags()
        bootInstances(in: &model)
        checkEveryProperty()
        report(model.checks())
        return model
    }

    private func singleVPC() -> Resource? {
        let vpcs = resources(ofType: "VPC")
        guard let first = vpcs.first else {
            // Otherwise a VPC may exist whose own mistakes have been reported.
            if !isIncomplete, !(document.resources.isEmpty && log.hasErrors) {
                log.error(.start, "the template creates no VPC (AWS::EC2::VPC)")
            }
            return nil
        }
        for other in vpcs.dropFirst() {
            log.error(
                other.position,
                "\(other.logicalID) is a second VPC beside \(first.logicalID): a lab is one VPC, so this is ambiguous")
        }
        return first
    }

    // MARK: Resources

    private func classify(_ resource: Resource) {
        if let condition = resource.condition {
            guard let holds = evaluator.condition(condition.name) else {
                isIncomplete = true
                states[resource.logicalID] = .notBuilt
                return
            }
            guard holds else {
                states[resource.logicalID] = .leftOut(condition: condition.name)
                return
            }
        }
        if let schema = ResourceSchema.schema(of: resource.type) {
            checkNames(of: resource, schema.shape)
            states[resource.logicalID] = .built(resource)
            resources.append(resource)
            owners[id(of: resource)] = (resource.type, resource.logicalID)
        } else {
            states[resource.logicalID] = .notBuilt
            owners[resource.logicalID] = (resource.type, resource.logicalID)
            unbuiltTypes.report(resource, log: log)
        }
    }

    private func checkNames(of resource: Resource, _ shape: ObjectShape) {
        for entry in resource.properties where shape.properties[entry.key] == nil {
            log.error(
                entry.keyPosition,
                "\(resource.type) has no property '\(entry.key)'\(suggestion(for: entry.key, among: shape.properties.keys))"
            )
        }
        for name in shape.required where resource.property(name) == nil {
            log.error(resource.position, "\(resource.logicalID) (\(resource.type)) needs the property \(name)")
            isIncomplete = true
        }
    }

    /// The built resources of type `AWS::EC2::` and `type`, in template order.
    func resources(ofType type: String) -> [Resource] {
        resources.filter { $0.type == "AWS::EC2::\(type)" }
    }

    func resource(named name: String) -> Resource? {
        if case .built(let resource) = states[name] { resource } else { nil }
    }

    func markIncomplete() {
        isIncomplete = true
    }

    /// The attribute of a resource, or the value of Ref if the attribute is nil.
    private func value(ofResource name: String, attribute: String?, at position: SourcePosition) -> Value? {
        switch states[name] {
        case .built(let resource):
            guard let attribute else { return Value(text: reference(to: resource), at: position) }
            return self.attribute(attribute, of: resource, at: position)
        case .notBuilt:
            return Value(text: attribute.map { "\(name).\($0)" } ?? name, at: position)
        case .leftOut(let condition):
            log.error(position, "'\(name)' is not created, because condition \(condition) is false")
            return nil
        case nil:
            // The reference check has reported it.
            return nil
        }
    }

    // MARK: Properties

    /// The value of a property, which has the right shape; nil if it is absent or invalid.
    ///
    /// Errors are in the log.
    func value(_ name: String, of resource: Resource) -> Value? {
        if let known = cache[resource.logicalID]?[name] { return known }
        let value = evaluated(name, of: resource)
        cache[resource.logicalID, default: [:]][name] = .some(value)
        return value
    }

    private func evaluated(_ name: String, of resource: Resource) -> Value? {
        guard let schema = ResourceSchema.schema(of: resource.type), let shape = schema.shape.properties[name],
            let entry = resource.property(name)
        else { return nil }
        if case .unused = shape { return nil }
        guard let value = evaluator.evaluate(entry.value) else {
            isIncomplete = true
            return nil
        }
        if value.isAbsent {
            if schema.shape.required.contains(name) {
                log.error(resource.position, "\(resource.logicalID) (\(resource.type)) needs the property \(name)")
                isIncomplete = true
            }
            return nil
        }
        guard PropertyCheck(log: log).conforms(value, to: shape, name: name) else {
            isIncomplete = true
            return nil
        }
        return value
    }

    /// Evaluates properties that nothing has used yet, to find mistakes in them.
    private func checkEveryProperty() {
        for resource in resources {
            for entry in resource.properties { _ = value(entry.key, of: resource) }
        }
    }

    func text(_ name: String, of resource: Resource) -> String? {
        value(name, of: resource)?.text
    }

    func flag(_ name: String, of resource: Resource) -> Bool? {
        text(name, of: resource).flatMap(PropertyCheck.boolean)
    }

    func number(_ name: String, of resource: Resource) -> Int? {
        text(name, of: resource).flatMap { Int($0) }
    }

    func block(_ name: String, of resource: Resource) -> IPPrefix? {
        text(name, of: resource).flatMap(PropertyCheck.block)
    }

    /// The Name tag.
    func nameTag(of resource: Resource) -> String? {
        let tag = value("Tags", of: resource)?.list?.first { $0["Key"]?.text == "Name" }
        return tag?["Value"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The tags of all resources that have any, by resource id.
    private func tags() -> [String: [ResourceTag]] {
        var tags: [String: [ResourceTag]] = [:]
        for resource in resources {
            let list = value("Tags", of: resource)?.list?.compactMap { tag in
                tag["Key"]?.text.map { ResourceTag(key: $0, value: tag["Value"]?.text ?? "") }
            }
            if let list, !list.isEmpty { tags[id(of: resource)] = list }
        }
        return tags
    }

    /// A name for people and machines: the Name tag, or the logical id.
    func giveName(to resource: Resource) -> String {
        names.give(nameTag(of: resource) ?? resource.logicalID, fallback: resource.logicalID.lowercased())
    }

    // MARK: References

    /// The logical id of the resource that a property refers to, which must be of one of the types.
    func target(_ name: String, of resource: Resource, types: [String]) -> String? {
        guard let value = value(name, of: resource) else { return nil }
        return target(of: value, name: name, types: types)
    }

    func target(of value: Value, name: String, types: [String]) -> String? {
        guard let id = value.text else { return nil }
        let wanted = types.map { "AWS::EC2::\($0)" }
        guard let owner = owners[id] else {
            isIncomplete = true
            log.error(
                value.position,
                "\(name) '\(id)' is not created by this template, and rslab builds only what the template creates")
            return nil
        }
        guard wanted.contains(owner.type) else {
            isIncomplete = true
            log.error(
                value.position,
                "\(name) refers to \(owner.logicalID), which is \(owner.type) and not \(wanted.joined(separator: " or "))"
            )
            return nil
        }
        return owner.logicalID
    }

    func register(id: String, type: String, logicalID: String) {
        owners[id] = (type, logicalID)
    }

    // MARK: Findings of the model

    private func report(_ findings: [VPCFinding]) {
        for finding in findings {
            if finding.isAboutAbsence, isIncomplete { continue }
            log.add(finding.severity, place(of: finding), finding.message)
        }
    }

    private func place(of finding: VPCFinding) -> SourcePosition {
        // An interface without a resource of its own is named by its owner's logical id and a dot.
        let owner = String(finding.object.prefix { $0 != "." })
        guard let resource = document.resources.first(where: { $0.logicalID == owner }) else { return .start }
        guard let property = finding.property, let value = value(property, of: resource) else {
            return resource.position
        }
        return value.position
    }
}
