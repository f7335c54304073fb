import Bureau
import Repositories
import Vault

/// The stored values of a person, by the nonces that tell them from all others, and the versions of the debts.
///
/// The person's state is a mark of them under the person's data key. An old copy of a value or of a row, put back over
/// the new one, has another nonce or version than the state, so that the person does not open. Payments are not among
/// them, because a person is read without payments: each is bound to its own place and version.
struct PersonValues {
    private var identity: Sealed
    private var address: Sealed?
    private var debts: [(id: RecordID, version: Int64, details: Sealed)]

    init(_ record: PersonRecord) {
        identity = record.identity
        address = record.address
        debts = record.debts.map { ($0.debtID, $0.version, $0.details) }
    }

    /// The values of a new person.
    init(identity: Sealed, address: Sealed?, debts: [NewDebt]) {
        self.identity = identity
        self.address = address
        self.debts = debts.map { ($0.debtID, 1, $0.details) }
    }

    /// The values after an update of the person.
    func updated(identity: Sealed, address: Sealed?) -> PersonValues {
        var values = self
        values.identity = identity
        values.address = address
        return values
    }

    /// The values after a debt was written as a version.
    func with(_ debt: NewDebt, version: Int64) -> PersonValues {
        var values = without(debt.debtID)
        values.debts.append((debt.debtID, version, debt.details))
        return values
    }

    /// The values after a debt was removed.
    func without(_ debtID: RecordID) -> PersonValues {
        var values = self
        values.debts.removeAll { $0.id == debtID }
        return values
    }

    /// What the state is a mark of: the version of the person, then each value. Debts are in the order of their
    /// identifiers.
    func octets(version: Int64) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(8 + 2 * 13 + debts.count * 36)
        octets.append(bigEndian: UInt64(bitPattern: version))
        octets.append(UInt8(truncatingIfNeeded: identity.nonce.count))
        octets += identity.nonce
        octets.append(UInt8(truncatingIfNeeded: address?.nonce.count ?? 0))
        if let address { octets += address.nonce }
        let ordered = debts.count < 2 ? debts : debts.sorted { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }
        for debt in ordered {
            octets.append(bigEndian: debt.id.high)
            octets.append(bigEndian: debt.id.low)
            octets.append(bigEndian: UInt64(bitPattern: debt.version))
            octets += debt.details.nonce
        }
        return octets
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian integer: UInt64) {
        Swift.withUnsafeBytes(of: integer.bigEndian) { append(contentsOf: $0) }
    }
}

extension PersonSealer {
    /// The version in the state of a person who was created and not written since: the store alone knows which version
    /// a person begins with who was deleted before.
    private static let creation: Int64 = 0

    /// The state of a person who is created with these values.
    func state(
        ofNew values: PersonValues, _ stamp: WriteStamp?, in session: inout VaultSession
    ) throws(VaultError) -> Sealed {
        try state(of: values, version: Self.creation, stamp, in: &session)
    }

    /// The state of a person who has these values at a version.
    func state(
        of values: PersonValues, version: Int64, _ stamp: WriteStamp?, in session: inout VaultSession
    ) throws(VaultError) -> Sealed {
        try session.mark(with: key, at: location(ofStateOf: values, version: version), stamp: stamp)
    }

    /// Returns the values of a person; throws when one is not the latest one.
    ///
    /// A person without a state is one of the last release, whose values are all of the first format.
    @discardableResult
    func checkState(of record: PersonRecord, in session: inout VaultSession) throws(VaultError) -> PersonValues {
        let values = PersonValues(record)
        // No daemon reaches such a version: the state of a creation would go with it.
        guard record.seenVersion != nil else { throw .notAuthentic }
        guard let state = record.state else {
            let isFormer =
                key.generation == 1 && record.identity.isOfFirstFormat && record.address?.isOfFirstFormat != false
                && record.debts.allSatisfy(\.details.isOfFirstFormat)
            if isFormer { return values }
            throw .notAuthentic
        }
        // Persons who are never written again are the most. A new data key comes with a state at the present version.
        let isNew = record.version == 1 && key.generation == 1
        do throws(VaultError) {
            try check(state, values, version: isNew ? Self.creation : record.version, in: &session)
        } catch .notAuthentic {
            try check(state, values, version: isNew ? record.version : Self.creation, in: &session)
        }
        return values
    }

    private func check(
        _ state: Sealed, _ values: PersonValues, version: Int64, in session: inout VaultSession
    ) throws(VaultError) {
        let location = location(ofStateOf: values, version: version)
        guard try session.open(state, with: key, at: location).isEmpty else { throw .malformed }
    }

    private func location(ofStateOf values: PersonValues, version: Int64) -> SealedLocation {
        location("person", "state", record: LocationOctets(values.octets(version: version)))
    }
}
