/// The name of a characteristic of the catalogue, `schema/characteristics.json`, in the catalogue's order.
///
/// A new name comes last, because stores keep `number`.
package enum CharacteristicName: String, TextValue, CaseIterable {
    case age, income, assets, housing, employmentTenure, incomeSources, assetsPaidOffShare
    case overdueDebts, overdueAmount, maxDaysPastDue, openDebts, debtToAnnualIncome, interestToIncome, settledShare
    case creditors, monthsOnFile
    case inquiries30, inquiries90, inquiries180, inquiryRequesters90, daysSinceInquiry
    case inflowToIncome90, outflowToInflow90, movementDays90, cashShare90
    case cardDeclinedShare90, cardSpend90, installmentShare90
    case punctuality24, monthsSinceLastOverdue, worstDelinquency12

    /// The position in the catalogue, from 1, by which stores keep values.
    package var number: UInt8 { Self.numbers[self] ?? 0 }

    /// Finds the name at a position of the catalogue; nil where there is none.
    package init?(number: UInt8) {
        let index = Int(number) - 1
        guard Self.allCases.indices.contains(index) else { return nil }
        self = Self.allCases[index]
    }

    private static let numbers = Dictionary(
        uniqueKeysWithValues: zip(allCases, (1...UInt8(allCases.count)).lazy))

    /// What the characteristic is computed from.
    package var facts: FactKinds {
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
    package var needsConsent: Bool { !facts.isDisjoint(with: .accountData) }

    /// The groups of fields that the characteristic tells something about.
    package var groups: FieldGroups { self == .age ? .identity : facts.groups }
}

/// Kinds of facts that characteristics are computed from, each of one base.
package struct FactKinds: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// What characteristics of these names are computed from.
    package init(of names: some Sequence<CharacteristicName>) {
        self = names.reduce(into: FactKinds()) { $0.formUnion($1.facts) }
    }

    /// The person's birth date and registration in base A, which no characteristic uses: they tell who is scored.
    package static let standing = FactKinds(rawValue: 1 << 0)
    package static let debts = FactKinds(rawValue: 1 << 1)
    /// The instalments of debts, which are read with the debts.
    package static let payments = FactKinds(rawValue: 1 << 2)
    package static let profile = FactKinds(rawValue: 1 << 3)
    package static let queries = FactKinds(rawValue: 1 << 4)
    package static let movements = FactKinds(rawValue: 1 << 5)
    package static let purchases = FactKinds(rawValue: 1 << 6)

    /// Whether the person consents to the requester and the purpose, which no characteristic uses: without the consent
    /// account data do not count.
    package static let consents = FactKinds(rawValue: 1 << 7)

    /// What only the person's consent allows a score to read.
    package static let accountData: FactKinds = [.movements, .purchases]
    /// What base C keeps.
    package static let events: FactKinds = [.queries, .movements, .purchases]
    package static let all: FactKinds = [.standing, .debts, .payments, .profile, .events]

    /// The bases that keep the facts.
    package var bases: Set<Base> {
        var bases: Set<Base> = []
        if !isDisjoint(with: [.standing, .debts, .payments, .consents]) { bases.insert(.a) }
        if contains(.profile) { bases.insert(.b) }
        if !isDisjoint(with: .events) { bases.insert(.c) }
        return bases
    }

    /// The groups of fields that the facts belong to.
    package var groups: FieldGroups {
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
