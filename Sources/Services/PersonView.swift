import Bureau

/// A person as it is given out, with all that base A knows.
package struct PersonView: Sendable {
    package var person: Person
    package var debts: [DebtView]
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant
}

/// One debt as it is given out.
package struct DebtView: Sendable {
    package var debtID: RecordID
    package var debt: Debt
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant
}
