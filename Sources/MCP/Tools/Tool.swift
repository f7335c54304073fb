import Bureau
import JSON
import Methods
import Services

/// A method of the bureau as a model calls it.
public struct Tool: Sendable {
    /// The name of the tool, such as `person_get`.
    public let name: String
    /// The name of the method, such as `person.get`.
    public let method: String
    /// Whether a call deletes, so that the user must have agreed to it by an elicitation.
    public var isDestructive: Bool { description.effect == .deletes }

    let description: ToolDescription
    let input: ArgumentSchema
    private let permission: MethodPermission
    /// Members of the params that a model does not choose.
    private let pinned: [(name: String, value: String)]
    private let view: ResultView
    private let writeGuard: WriteGuard
    /// Whether the record that a call writes must not be there yet, because parts of one that is would be lost.
    private let onlyCreates: Bool
    private let cursors: CursorNames
    /// The names of all members of the arguments, at any depth.
    private let names: Set<String>

    /// Nil when the process may not call the method, whatever the call states.
    init?(
        _ description: ToolDescription, _ contract: Contract, _ contracts: ContractSet, _ control: AccessControl,
        _ options: ToolOptions, cursors: CursorNames, now: @escaping @Sendable () -> Instant
    ) {
        permission = contract.permission(control)
        guard !permission.isDenied else { return nil }
        self.description = description
        name = description.name
        method = description.method
        var input =
            contract.document.root["params"].map { ArgumentSchema($0, contracts) } ?? ArgumentSchema(type: "object")
        input.description = nil
        input.properties.removeAll { description.hidden.contains($0.name) }
        var pinned: [(name: String, value: String)] = []
        if permission.reads {
            let purpose = options.purpose ?? control.fixedPurpose
            if let purpose {
                guard permission.purposes.contains(purpose) else { return nil }
                pinned.append(("purpose", purpose.rawValue))
            }
            if let requester = options.requester ?? control.fixedRequester { pinned.append(("requester", requester)) }
            input.require("purpose")
            if permission.needsRequester { input.require("requester") }
            input.limit("purpose", to: permission.purposes.map(\.rawValue))
            for member in pinned { input.remove(member.name) }
        }
        if let pageSize = description.pageSize {
            input.tell("limit", " (\(pageSize) if absent)")
            input.limit("limit", toAtMost: Self.largestPage)
        }
        writeGuard = WriteGuard(of: contract.document.root["params"], contracts, revealed: options.revealed)
        onlyCreates = description.replacesWhole && writeGuard.isPartial
        if onlyCreates { input.remove("expectedVersion") }
        if description.isPatch {
            for name in writeGuard.lists { input.withhold(name) }
        }
        if input.required.contains("kind") { input.describe("kind", nil) }
        input.offerRemoval()
        self.pinned = pinned
        self.input = input
        names = input.names
        view = ResultView(
            of: contract.document.root["result"], contracts, revealed: options.revealed, cursors: cursors,
            now: now)
        self.cursors = cursors
    }

    /// The access that a call makes, as far as the arguments tell.
    func access(with arguments: Value?) -> Access {
        var access = permission.access
        access.isByAssistant = true
        guard permission.reads else { return access }
        let pin = { (name: String) in pinned.first { $0.name == name }?.value }
        access.purpose = (pin("purpose") ?? arguments?["purpose"]?.string).flatMap { Purpose($0) }
        // A name from the arguments may be anything; it is recorded only where it is one that the method takes.
        access.requester = pin("requester") ?? arguments?["requester"]?.string.flatMap { Self.requester($0) }
        return access
    }

    /// A requester as the audit log may hold one.
    private static func requester(_ text: String) -> String? {
        text.count <= 200 && PlainText.accepts(text) && !CPF.isHeld(in: text) ? text : nil
    }

    /// The most items of a page: an answer has to find room beside all else that a model reads.
    private static let largestPage: Int64 = 20

    /// The JSON text of the method's params. Throws for arguments that the tool does not take, and for those that it
    /// needs and lacks; whether the others are valid is for the method to say.
    public func params(from arguments: Value?) throws(ToolFailure) -> [UInt8] {
        if let arguments, arguments.kind != .object { throw .notAnObject(accepted) }
        for member in arguments.map({ Array($0.members) }) ?? [] where !input.has(member.key) {
            throw .unknownArgument(accepted, isPinned: pinned.contains { member.key.equalsText($0.name) })
        }
        for name in input.required where arguments?.member(name) == nil { throw .missingArgument(name) }
        if description.isWrite { try writeGuard.checkTexts(of: arguments) }
        if description.isPatch { try writeGuard.checkLists(of: arguments?["patch"]) }
        let removed = try removals(arguments?["remove"], patch: arguments?["patch"])
        let cursor = try cursor(arguments?["cursor"])
        try checkPage(arguments?["limit"])
        var writer = Writer(reserving: 256)
        writer.object { params in
            for member in arguments.map({ Array($0.members) }) ?? [] where !isOwn(member.key) {
                params.key(member.key.string ?? "")
                write(member, removed, cursor, to: &params)
            }
            if !removed.isEmpty, arguments?["patch"] == nil {
                params.key("patch")
                params.object { Removal.write(removed, to: &$0) }
            }
            for member in pinned {
                params.key(member.name)
                params.string(member.value)
            }
            if onlyCreates {
                params.key("expectedVersion")
                params.number(0)
            }
            if let pageSize = description.pageSize, arguments?["limit"] == nil {
                params.key("limit")
                params.number(pageSize)
            }
        }
        return writer.take()
    }

    /// Whether an argument is none of the method's params.
    private func isOwn(_ key: Value) -> Bool { key.equals("remove") }

    private func write(_ member: Value.Member, _ removed: [[String]], _ cursor: String?, to params: inout Writer) {
        if member.key.equals("patch"), !removed.isEmpty, member.value.kind == .object {
            Removal.write(removed, into: member.value, to: &params)
        } else if member.key.equals("cursor"), let cursor {
            params.string(cursor)
        } else {
            params.value(member.value)
        }
    }

    /// The cursor that an argument names; nil when it is none.
    private func cursor(_ name: Value?) throws(ToolFailure) -> String? {
        guard let name = name?.string else { return nil }
        guard let cursor = cursors.cursor(named: name) else { throw .unknownCursor }
        return cursor
    }

    private func checkPage(_ limit: Value?) throws(ToolFailure) {
        guard description.pageSize != nil, let limit = limit?.int64, limit > Self.largestPage else { return }
        throw ToolFailure("out_of_range", "`limit` is at most \(Self.largestPage).")
    }

    /// The paths of the members that `remove` names, none of which `patch` may have too.
    private func removals(_ list: Value?, patch: Value?) throws(ToolFailure) -> [[String]] {
        guard let list else { return [] }
        let values = input.properties.first { $0.name == "remove" }?.schema.items.first?.values ?? []
        guard list.kind == .array else { throw .wrongRemoval(values) }
        var paths: [[String]] = []
        for element in list.elements {
            guard let name = values.first(where: { element.equalsText($0) }) else { throw .wrongRemoval(values) }
            let path = name.split(separator: ".").map(String.init)
            guard !paths.contains(path), !Self.touches(path[...], patch) else { throw .doubledRemoval }
            paths.append(path)
        }
        return paths
    }

    /// Whether a patch says anything about the member at a path, or puts no object where the path leads through.
    private static func touches(_ path: ArraySlice<String>, _ patch: Value?) -> Bool {
        guard let name = path.first, let member = patch?.member(name) else { return false }
        return path.count == 1 || member.kind != .object || touches(path.dropFirst(), member)
    }

    /// The names of the arguments.
    private var accepted: [String] { input.properties.map(\.name) }

    /// Appends what a model sees of a result: one JSON value without line feeds.
    public func writeContent(of result: Value, to writer: inout Writer) {
        view.write(result, to: &writer)
    }

    /// Whether a result also has `structuredContent`, which is then the same value.
    public func isStructured(for version: ProtocolVersion) -> Bool {
        description.isStructured && version.hasTitles
    }

    /// What a model is told of an error that the method was answered with: the `error` of the plain response.
    public func text(of error: Value) -> String {
        ToolFailure.text(of: error, names: names)
    }
}

extension Tool {
    /// Appends the tool as `tools/list` has it.
    func write(for version: ProtocolVersion, to list: inout Writer) {
        list.object { tool in
            tool.key("name")
            tool.string(name)
            if version.hasTitles {
                tool.key("title")
                tool.string(description.title)
            }
            tool.key("description")
            tool.string(description.text)
            tool.key("inputSchema")
            input.write(to: &tool)
            if isStructured(for: version) {
                tool.key("outputSchema")
                view.writeSchema(to: &tool)
            }
            if version.hasAnnotations {
                tool.key("annotations")
                tool.object { writeAnnotations(to: &$0) }
            }
        }
    }

    private func writeAnnotations(to annotations: inout Writer) {
        let effect = description.effect
        for (hint, value) in [
            ("readOnlyHint", effect == .reads),
            ("destructiveHint", effect == .overwrites || effect == .deletes),
            ("idempotentHint", effect == .reads || effect == .overwrites || effect == .deletes),
            ("openWorldHint", false),
        ] {
            annotations.key(hint)
            annotations.bool(value)
        }
    }
}

extension ProtocolVersion {
    fileprivate var hasAnnotations: Bool { self != .november2024 }
    /// Whether tools have titles and output schemas, and results `structuredContent`.
    fileprivate var hasTitles: Bool { hasAnnotations && self != .march2025 }
}
