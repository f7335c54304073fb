/// What becomes of a text of a result before a model sees it.
enum TextRule: Hashable, Sendable {
    /// Goes out: the daemon made it, or its format leaves no room for words.
    case plain
    /// `***.982.247-**`.
    case cpf
    /// The initials.
    case name
    /// An age band under the name `ageBand`.
    case birthDate
    /// Left out.
    case contacts
    /// Left out.
    case street
    /// What others wrote: left out.
    case text
    /// Goes out when it bears the marks of one that the daemon made; one that others chose is left out.
    case identifier
    /// Goes out under a name of this process, because it holds an identifier.
    case cursor
    /// Left out, whatever is revealed.
    case secret

    /// What opens the text; nil when nothing does, or nothing needs to.
    var opener: RevealedField? {
        switch self {
        case .cpf: .cpf
        case .name: .name
        case .birthDate: .birthDate
        case .contacts: .contacts
        case .street: .street
        case .text, .identifier: .text
        case .plain, .cursor, .secret: nil
        }
    }

    /// Rules by the name of the contract's type.
    static let byType: [String: TextRule] = [
        "birth-date": .birthDate, "card-last4": .secret, "cnpj": .plain, "contract-id": .text, "country": .plain,
        "cpf": .cpf, "date": .plain, "due-on": .plain, "email": .contacts, "event-id": .identifier,
        "instant": .plain, "merchant-category": .plain, "model-name": .plain, "name": .name, "organisation": .text,
        "page-cursor": .cursor, "payment-id": .text, "phone": .contacts, "postal-code": .street,
        "record-id": .plain, "recorded-at": .plain, "request-note": .text, "sha256": .plain, "state": .plain,
    ]

    /// Rules of texts that are no type of their own, by the type that has them as members.
    static let byMember: [String: TextRule] = [
        "asset.description": .text, "income-source.since": .plain, "score-reason.code": .plain,
        "score-reason.text.en": .plain,
        "score-reason.text.pt-BR": .plain, "shown-address.city": .street, "shown-address.complement": .street,
        "shown-address.district": .street, "shown-address.number": .street, "shown-address.region": .street,
        "shown-address.street": .street, "shown-income-source.since": .plain,
    ]
}
