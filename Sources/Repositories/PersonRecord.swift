import Bureau

/// A person as base A keeps it: nothing in it can be read without the base's key ring.
package struct PersonRecord: Hashable, Sendable {
    package var token: SubjectToken
    package var dataKey: WrappedDataKey
    /// CPF, name, birth date and contacts.
    package var identity: Sealed
    package var address: Sealed?
    package var debts: [DebtRecord]
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant

    package init(
        token: SubjectToken, dataKey: WrappedDataKey, identity: Sealed, address: Sealed?, debts: [DebtRecord],
        version: Int64, createdAt: Instant, updatedAt: Instant
    ) {
        self.token = token
        self.dataKey = dataKey
        self.identity = identity
        self.address = address
        self.debts = debts
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
