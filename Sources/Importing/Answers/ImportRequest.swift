import JSON

/// Builds the request lines of an import.
public struct ImportRequest: Sendable {
    public let kind: ImportKind
    public let policy: ConflictPolicy
    /// Names the import in idempotency keys.
    public let importID: String
    public let isDryRun: Bool
    /// Whether requests have idempotency keys, each of which costs its store a record.
    public let hasKeys: Bool

    /// An import that may go on has keys, and so have debts and events: sent again without one they would be there
    /// twice.
    public init(_ kind: ImportKind, _ policy: ConflictPolicy, importID: String, isDryRun: Bool, mayGoOn: Bool) {
        self.kind = kind
        self.policy = policy
        self.importID = importID
        self.isDryRun = isDryRun
        hasKeys = mayGoOn || kind == .debts || kind == .events
    }

    /// The line of the request for a row: its params as JSON text, and the line on which it begins.
    public func line(id: Int, params: UnsafeBufferPointer<UInt8>, row: Int) -> [UInt8] {
        // Version 0 of a profile means that there must be none.
        let mustBeNew = kind == .profiles && policy != .update && !Self.has(params, "expectedVersion")
        return line(id: id, kind.method, key: "", row: row, extra: params.count + 32) { request in
            guard mustBeNew, params.count >= 2 else { return request.verbatim(params) }
            request.verbatim(UnsafeBufferPointer(rebasing: params.dropLast()))
            request.raw(params.count > 2 ? ",\"expectedVersion\":0}" : "\"expectedVersion\":0}")
        }
    }

    /// The request that changes what is there already, made of the request that met it; nil when the row says nothing
    /// to change.
    public func update(of request: [UInt8], id: Int, row: Int, debtID: String?) -> [UInt8]? {
        guard let document = try? Document(request) else { return nil }
        return document.withRoot { root -> [UInt8]? in
            guard let params = root["params"], let cpf = params["cpf"] else { return nil }
            switch kind {
            case .persons:
                guard params.members.contains(where: { Self.isPatched($0.key) }) else { return nil }
                return line(id: id, "person.update", key: "u", row: row, extra: request.count) { writer in
                    writer.object { object in
                        object.key("cpf")
                        object.value(cpf)
                        object.key("patch")
                        object.object { patch in
                            for member in params.members where Self.isPatched(member.key) {
                                patch.value(member.key)
                                patch.raw(":")
                                patch.value(member.value)
                            }
                        }
                    }
                }
            case .debts:
                guard let debtID, let debt = params["debt"] else { return nil }
                return line(id: id, "debt.update", key: "u", row: row, extra: request.count) { writer in
                    writer.object { object in
                        object.key("cpf")
                        object.value(cpf)
                        object.key("debtId")
                        object.string(debtID)
                        object.key("patch")
                        object.value(debt)
                    }
                }
            case .payments, .profiles, .events: return nil
            }
        }
    }

    /// A person's debts are records of their own, which a patch does not replace.
    private static func isPatched(_ key: Value) -> Bool { !key.equals("cpf") && !key.equals("debts") }

    private static func has(_ params: UnsafeBufferPointer<UInt8>, _ member: StaticString) -> Bool {
        guard let document = try? Document(params) else { return false }
        return document.withRoot { $0[member] != nil }
    }

    private func line(
        id: Int, _ method: StaticString, key suffix: String, row: Int, extra: Int, params: (inout Writer) -> Void
    ) -> [UInt8] {
        var writer = Writer(reserving: extra + 160)
        writer.object { request in
            request.key("jsonrpc")
            request.verbatim("\"2.0\"")
            request.key("id")
            request.number(id)
            request.key("method")
            request.raw("\"")
            request.raw(method)
            request.raw("\",\"params\":")
            params(&request)
            if isDryRun { return request.raw(",\"meta\":{\"dryRun\":true}") }
            guard hasKeys else { return }
            request.raw(",\"meta\":")
            request.object { meta in
                meta.key("idempotencyKey")
                meta.string("\(importID)-\(row)\(suffix)")
            }
        }
        writer.raw("\n")
        return writer.take()
    }
}
