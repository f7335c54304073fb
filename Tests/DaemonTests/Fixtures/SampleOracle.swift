import Conformance

/// What the sample's requests say that its reads must answer.
struct SampleOracle {
    private var persons: [String: Tree] = [:]
    private var profiles: [String: Tree] = [:]
    /// By CPF and kind, the newest that was recorded.
    private var events: [String: [String: Tree]] = [:]

    static let kinds = ["bureau_query", "movement", "card_purchase"]

    /// Takes the next request; gives what its result must at least say.
    mutating func result(of request: Request) -> Tree? {
        let cpf = request.params["cpf"]?.string ?? ""
        switch request.method {
        case "person.create":
            persons[cpf] = request.params
            return .object([.init(key: "version", value: .number("1"))])
        case "profile.put":
            profiles[cpf] = request.params
            return .object([.init(key: "version", value: .number("1"))])
        case "event.record":
            note(request.params, of: cpf)
            return .object([.init(key: "recorded", value: .bool(true))])
        case "person.get": return persons[cpf]
        case "profile.get": return profiles[cpf]
        case "event.latest": return latest(of: cpf)
        case "score.compute": return .object([])
        case "report.get":
            guard let person = persons[cpf], let profile = profiles[cpf] else { return nil }
            return .object([
                .init(key: "person", value: person), .init(key: "profile", value: profile),
                .init(key: "events", value: latest(of: cpf)),
            ])
        default: return nil
        }
    }

    private mutating func note(_ params: Tree, of cpf: String) {
        guard let kind = params["kind"]?.string else { return }
        // Instants of the sample all have one form, in which the order of time is that of the text.
        let before = events[cpf]?[kind]?["occurredAt"]?.string ?? ""
        if let time = params["occurredAt"]?.string, time > before {
            events[cpf, default: [:]][kind] = .object(params.members.filter { $0.key != "cpf" })
        }
    }

    private func latest(of cpf: String) -> Tree {
        .object(Self.kinds.map { .init(key: $0, value: events[cpf]?[$0] ?? .null) })
    }
}
