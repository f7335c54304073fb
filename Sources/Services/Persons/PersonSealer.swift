import Bureau
import Repositories
import Vault

/// Seals and opens the values of one person in base A, which share one data key.
struct PersonSealer {
    let token: SubjectToken
    let key: DataKey

    func seal(_ person: Person, in session: inout VaultSession) throws(VaultError) -> (
        identity: Sealed, address: Sealed?, layout: Int64
    ) {
        let fields = person.identityFields
        let identity = try session.seal(fields, with: key, at: location("person", "identity"))
        guard let addressFields = person.address?.fields else { return (identity, nil, fields.layout) }
        let address = try session.seal(addressFields, with: key, at: location("person", "address"))
        return (identity, address, max(fields.layout, addressFields.layout))
    }

    /// Seals a debt as the version that it is going to be from then on.
    func seal(
        _ debt: Debt, id: RecordID, version: Int64, at: Instant, in session: inout VaultSession
    ) throws(VaultError) -> NewDebt {
        let fields = debt.fields
        let details = try session.seal(
            fields, with: key, at: location(of: id, version: version))
        return NewDebt(
            debtID: id, details: details, layout: fields.layout, times: session.hidden(RowTimes(at), of: .debt(id)))
    }

    /// Seals a payment as the version that it is going to be.
    func seal(
        _ payment: Payment, as id: PaymentKey, position: Int64, version: Int64, in session: inout VaultSession
    ) throws(VaultError) -> Sealed {
        try session.seal(payment.fields, with: key, at: location(of: id, position: position, version: version))
    }

    func openPerson(_ record: PersonRecord, in session: inout VaultSession) throws(VaultError) -> Person {
        var address: Address?
        if let sealed = record.address {
            address = Address(fields: try session.open(sealed, with: key, at: location("person", "address")))
            if address == nil { throw .malformed }
        }
        let identity = try session.open(record.identity, with: key, at: location("person", "identity"))
        guard let person = Person(identityFields: identity, address: address) else { throw .malformed }
        return person
    }

    /// Opens what an identity tells beside names and contacts.
    func openIdentity(_ record: PersonRecord, in session: inout VaultSession) throws(VaultError) -> IdentityFacts {
        let identity = try session.open(record.identity, with: key, at: location("person", "identity"))
        guard let facts = IdentityFacts(identityFields: identity) else { throw .malformed }
        return facts
    }

    func openDebt(_ record: DebtRecord, in session: inout VaultSession) throws(VaultError) -> DebtView {
        let location = location(of: record.debtID, version: record.version)
        let fields = try session.open(record.details, with: key, at: location)
        guard let debt = Debt(fields: fields) else { throw .malformed }
        let times = session.shown(record.times, of: .debt(record.debtID))
        return DebtView(
            debtID: record.debtID, debt: debt, version: record.version, createdAt: times.created,
            updatedAt: times.updated)
    }

    func openPayment(
        _ record: PaymentRecord, as id: PaymentKey, in session: inout VaultSession
    ) throws(VaultError) -> Payment {
        let location = location(of: id, position: record.position, version: record.version)
        let fields = try session.open(record.details, with: key, at: location)
        guard let payment = Payment(fields: fields) else { throw .malformed }
        return payment
    }

    /// Opens what is due and paid of a payment.
    func openInstalment(
        _ record: PaymentRecord, as id: PaymentKey, in session: inout VaultSession
    ) throws(VaultError) -> Instalment {
        let location = location(of: id, position: record.position, version: record.version)
        guard let instalment = Instalment(fields: try session.open(record.details, with: key, at: location)) else {
            throw .malformed
        }
        return instalment
    }

    func location(of debtID: RecordID, version: Int64) -> SealedLocation {
        location("debt", "details", row: LocationOctets(debtID), record: LocationOctets(version))
    }

    /// A payment is bound to its debt, and to its place among the debt's payments.
    func location(of payment: PaymentKey, position: Int64, version: Int64) -> SealedLocation {
        location(
            "payment", "details", row: LocationOctets(payment.debtID, payment.key),
            record: LocationOctets(position, version))
    }

    func location(
        _ table: String, _ column: String, row: LocationOctets = LocationOctets(),
        record: LocationOctets = LocationOctets()
    ) -> SealedLocation {
        SealedLocation(
            base: .a, table: table, column: column, subject: token, row: row, generation: key.generation,
            record: record)
    }
}

extension RecordID {
    /// The 16 octets, in their order.
    var octets: [UInt8] { withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) } }
}

extension Int64 {
    /// The eight octets, the highest first.
    var octets: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension [UInt8] {
    /// The number of the layout of a value that `FieldWriter` wrote.
    fileprivate var layout: Int64 { first.map { Int64($0) } ?? 0 }
}
