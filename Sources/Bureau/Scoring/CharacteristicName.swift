/// The name of a characteristic of the catalogue, `schema/characteristics.json`, in the catalogue's order.
///
/// A new name comes last, because stores keep `number`.
public enum CharacteristicName: String, TextValue, CaseIterable {
    case age, income, assets, housing, employmentTenure, incomeSources, assetsPaidOffShare
    case overdueDebts, overdueAmount, maxDaysPastDue, openDebts, debtToAnnualIncome, interestToIncome, settledShare
    case creditors, monthsOnFile
    case inquiries30, inquiries90, inquiries180, inquiryRequesters90, daysSinceInquiry
    case inflowToIncome90, outflowToInflow90, movementDays90, cashShare90
    case cardDeclinedShare90, cardSpend90, installmentShare90
    case punctuality24, monthsSinceLastOverdue, worstDelinquency12

    /// The position in the catalogue, from 1, by which stores keep values.
    public var number: UInt8 { Self.numbers[self] ?? 0 }

    /// Finds the name at a position of the catalogue; nil where there is none.
    public init?(number: UInt8) {
        let index = Int(number) - 1
        guard Self.allCases.indices.contains(index) else { return nil }
        self = Self.allCases[index]
    }

    private static let numbers = Dictionary(
        uniqueKeysWithValues: zip(allCases, (1...UInt8(allCases.count)).lazy))

    /// What the characteristic is computed from.
    public var facts: FactKinds {
        switch self {
        case .age, .income, .assets, .housing, .employmentTenure, .incomeSources, .assetsPaidOffShare: .profile
        case .overdueDebts, .overdueAmount, .maxDaysPastDue, .openDebts, .settledShare, .creditors, .monthsOnFile:
            .debts
        case .debtToAnnualIncome, .interestToIncome: [.debts, .profile]
        case .inquiries30, .inquiries90, .inquiries180, .inquiryRequesters90, .daysSinceInquiry: .queries
        case .inflowToIncome90: [.movements, .profile]
        case .outflowToInflow90, .movementDays90, .cashShare90: .movements
        case .cardDeclinedShare90, .cardSpend90, .installmentShare90: .purchases
        case .punctuality24, .monthsSinceLastOverdue, .worstDelinquency12: [.debts, .payments]
        }
    }

    /// Whether only the person's consent allows a score to read it: banking secrecy covers movements and purchases (Lei
    /// Complementar 105/2001, art. 1 § 3, V).
    public var needsConsent: Bool { !facts.isDisjoint(with: .accountData) }

    /// The groups of fields that the characteristic tells something about.
    public var groups: FieldGroups { self == .age ? .identity : facts.groups }
}

/// Kinds of facts that characteristics are computed from, each of one base.
public struct FactKinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// What characteristics of these names are computed from.
    public init(of names: some Sequence<CharacteristicName>) {
        self = names.reduce(into: FactKinds()) { $0.formUnion($1.facts) }
    }

    /// The person's birth date and registration in base A, which no characteristic uses: they tell who is scored.
    public static let standing = FactKinds(rawValue: 1 << 0)
    public static let debts = FactKinds(rawValue: 1 << 1)
    /// The instalments of debts, which are read with the debts.
    public static let payments = FactKinds(rawValue: 1 << 2)
    public static let profile = FactKinds(rawValue: 1 << 3)
    public static let queries = FactKinds(rawValue: 1 << 4)
    public static let movements = FactKinds(rawValue: 1 << 5)
    public static let purchases = FactKinds(rawValue: 1 << 6)

    /// Whether the person consents to the requester and the purpose, which no characteristic uses: without the consent
    /// account data do not count.
    public static let consents = FactKinds(rawValue: 1 << 7)

    /// What only the person's consent allows a score to read.
    public static let accountData: FactKinds = [.movements, .purchases]
    /// What base C keeps.
    public static let events: FactKinds = [.queries, .movements, .purchases]
    public static let all: FactKinds = [.standing, .debts, .payments, .profile, .events]

    /// The bases that keep the facts.
    public var bases: Set<Base> {
        var bases: Set<Base> = []
        if !isDisjoint(with: [.standing, .debts, .payments, .consents]) { bases.insert(.a) }
        if contains(.profile) { bases.insert(.b) }
        if !isDisjoint(with: .events) { bases.insert(.c) }
        return bases
    }

    /// The groups of fields that the facts belong to.
    public var groups: FieldGroups {
        var groups: FieldGroups = []
        if contains(.standing) { groups.formUnion(.identity) }
        if contains(.debts) { groups.formUnion(.debts) }
        if contains(.payments) { groups.formUnion(.payments) }
        if contains(.profile) { groups.formUnion(.finances) }
        if contains(.queries) { groups.formUnion(.queries) }
        if contains(.movements) { groups.formUnion(.movements) }
        if contains(.purchases) { groups.formUnion(.purchases) }
        return groups
    }
}
