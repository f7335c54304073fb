import Bureau

/// Which bases hold now what a row was computed from, as of the row's instant.
public struct RowHolders: Sendable {
    private let holdsPerson: Bool
    private let holdsProfile: Bool

    init(_ facts: CreditFacts, asOf: Instant) {
        holdsPerson = facts.person.map { $0.createdAt <= asOf } ?? false
        holdsProfile = facts.profile.map { $0.createdAt <= asOf } ?? false
    }

    /// Reads a row of presence; nil for bytes of another shape.
    public init?(presence bytes: UnsafeBufferPointer<UInt8>) {
        guard var reader = FeatureRowReader(bytes), let person = reader.next(), let profile = reader.next() else {
            return nil
        }
        (holdsPerson, holdsProfile) = (person == .number(1), profile == .number(1))
    }

    /// The values of a row of presence.
    var values: [CharacteristicValue] { [.number(holdsPerson ? 1 : 0), .number(holdsProfile ? 1 : 0)] }

    /// Whether all that a row tells is still held; false for bytes of another shape.
    ///
    /// Account data count by the consent in base A. A value that has no record tells nothing.
    public func hold(_ row: UnsafeBufferPointer<UInt8>, of characteristics: [CharacteristicName]) -> Bool {
        if holdsPerson, holdsProfile { return true }
        guard var reader = FeatureRowReader(row) else { return false }
        return characteristics.allSatisfy { name in
            guard let value = reader.next() else { return false }
            if value == .missing(.noRecord) { return true }
            let bases = FactKinds(of: [name]).bases
            let needsPerson = bases.contains(.a) || name.needsConsent
            return (holdsPerson || !needsPerson) && (holdsProfile || !bases.contains(.b))
        }
    }
}
