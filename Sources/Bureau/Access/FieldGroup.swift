/// A group of members of the bureau's records that one decision covers.
public enum FieldGroup: String, TextValue, CaseIterable {
    /// CPF, names, birth date and registration.
    case identity
    /// Phone and e-mail address.
    case contacts
    case address
    case debts
    case payments
    /// Housing, assets and sources of income.
    case finances
    case score
    case movements
    /// Purchases by card.
    case purchases
    /// Who asked a bureau about the person.
    case queries
}

/// How a group of fields is given out.
public enum Disclosure: String, TextValue, CaseIterable {
    case plain
    /// In a form that keeps its shape and little else.
    case masked
    case denied
}

/// A set of groups of fields.
public struct FieldGroups: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public init(_ group: FieldGroup) {
        switch group {
        case .identity: self = .identity
        case .contacts: self = .contacts
        case .address: self = .address
        case .debts: self = .debts
        case .payments: self = .payments
        case .finances: self = .finances
        case .score: self = .score
        case .movements: self = .movements
        case .purchases: self = .purchases
        case .queries: self = .queries
        }
    }

    /// The group of events of a kind.
    public init(_ kind: EventKind) {
        switch kind {
        case .bureauQuery: self = .queries
        case .movement: self = .movements
        case .cardPurchase: self = .purchases
        }
    }

    public init(_ groups: some Sequence<FieldGroup>) {
        self = groups.reduce(into: FieldGroups()) { $0.formUnion(FieldGroups($1)) }
    }

    public static let identity = FieldGroups(rawValue: 1 << 0)
    public static let contacts = FieldGroups(rawValue: 1 << 1)
    public static let address = FieldGroups(rawValue: 1 << 2)
    public static let debts = FieldGroups(rawValue: 1 << 3)
    public static let payments = FieldGroups(rawValue: 1 << 4)
    public static let finances = FieldGroups(rawValue: 1 << 5)
    public static let score = FieldGroups(rawValue: 1 << 6)
    public static let movements = FieldGroups(rawValue: 1 << 7)
    public static let purchases = FieldGroups(rawValue: 1 << 8)
    public static let queries = FieldGroups(rawValue: 1 << 9)

    /// What base B tells of a person beside scores.
    public static let ofProfiles: FieldGroups = [.identity, .address, .finances]
    /// What base C tells of a person.
    public static let ofEvents: FieldGroups = [.movements, .purchases, .queries]
    /// Every group.
    public static let all = FieldGroups(FieldGroup.allCases)

    /// The groups, in the order of `FieldGroup`.
    public var list: [FieldGroup] { FieldGroup.allCases.filter { contains(FieldGroups($0)) } }
}

/// What is given out of each group: those in neither set are denied.
public struct Disclosures: Hashable, Sendable {
    public var plain: FieldGroups
    public var masked: FieldGroups

    public init(plain: FieldGroups = [], masked: FieldGroups = []) {
        self.plain = plain
        self.masked = masked.subtracting(plain)
    }

    public static let denied = Disclosures()
    /// Everything, to the person concerned.
    public static let plain = Disclosures(plain: .all)

    public func of(_ group: FieldGroups) -> Disclosure {
        plain.contains(group) ? .plain : masked.contains(group) ? .masked : .denied
    }

    /// The groups of which anything is given out.
    public var shown: FieldGroups { plain.union(masked) }

    /// What is given out of some of the groups.
    public func limited(to groups: FieldGroups) -> Disclosures {
        Disclosures(plain: plain.intersection(groups), masked: masked.intersection(groups))
    }
}
