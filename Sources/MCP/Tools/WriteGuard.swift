import JSON
import Methods

/// Keeps a model from writing over what it is not shown: texts that are masked for it, and lists whose elements have
/// members that are hidden from it.
struct WriteGuard: Sendable {
    /// The names of the lists that a model may not write.
    private(set) var lists: [String] = []
    /// Whether the params have a member that is hidden from a model, so that a record may only be written anew.
    private(set) var isPartial = false
    private let shape: ResultShape
    private let revealed: Set<RevealedField>

    /// `params` is the schema of the method's params.
    init(of params: Value?, _ contracts: ContractSet, revealed: Set<RevealedField>) {
        self.revealed = revealed
        shape = params.map { ResultShape(of: $0, contracts, at: "") } ?? ResultShape()
        let patch = shape.members.first { $0.name == "patch" }?.shape
        for member in patch?.members ?? shape.members where member.shape.items.contains(where: { hides($0) }) {
            lists.append(member.name)
        }
        isPartial = shape.members.contains { $0.name != "cpf" && hides($0.shape) }
    }

    private func hides(_ shape: ResultShape) -> Bool {
        if let opener = shape.rule?.opener, !revealed.contains(opener) { return true }
        return shape.rule == .secret || shape.members.contains { hides($0.shape) } || shape.items.contains { hides($0) }
    }

    /// Throws when a list is written whose elements a model has not seen whole; `patch` holds the lists of an update.
    func checkLists(of patch: Value?) throws(ToolFailure) {
        for name in lists where patch?.member(name) != nil { throw .hiddenList(name) }
    }

    /// Throws for a masked form where a name or a CPF stands.
    func checkTexts(of arguments: Value?) throws(ToolFailure) {
        if let arguments { try check(arguments, shape, at: "") }
    }

    private func check(_ value: Value, _ shape: ResultShape, at place: String) throws(ToolFailure) {
        switch value.kind {
        case .object:
            for member in value.members {
                guard let known = shape.members.first(where: { member.key.equalsText($0.name) }) else { continue }
                try check(member.value, known.shape, at: "\(place)/\(known.name)")
            }
        case .array:
            guard let items = shape.items.first else { return }
            for element in value.elements { try check(element, items, at: place) }
        case .string:
            let name = place.split(separator: "/").last.map(String.init) ?? ""
            if isMasked(value.string ?? "", shape.rule ?? Self.names[name]) { throw .maskedText(place) }
        default: return
        }
    }

    /// The rules of texts that are no type of their own in params.
    private static let names: [String: TextRule] = [
        "surname": .name, "socialName": .name, "motherName": .name, "phone": .contacts, "email": .contacts,
    ]

    /// Whether a name has the form in which names are shown: `M. C.`.
    private static func isInitials(_ name: String) -> Bool {
        name.split(whereSeparator: \.isWhitespace).allSatisfy { $0.count == 2 && $0.last == "." }
    }

    private func isMasked(_ text: String, _ rule: TextRule?) -> Bool {
        switch rule {
        case .name: text.contains("*") || !revealed.contains(.name) && Self.isInitials(text)
        case .cpf, .birthDate, .contacts: text.contains("*")
        default: false
        }
    }
}
