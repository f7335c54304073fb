import Bureau
import Repositories

/// The wrapping keys that the base has seen.
extension PostgresPersonStore {
    public func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] {
        try await perform(.read, [BoundStatement(.wrappingKeys)]) { tables throws(UnexpectedValue) in
            var notes: [WrappingKeyNote] = []
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                let number: Int64 = try row.value(0)
                guard let number = UInt32(exactly: number) else { throw UnexpectedValue() }
                let retired: Int64 = try row.value(3)
                notes.append(
                    WrappingKeyNote(
                        number: number, fingerprint: try row.value(1), encryptions: try row.value(2),
                        isRetired: retired != 0))
            }
            return notes
        }
    }

    public func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {
        let statement = BoundStatement(.noteWrappingKeys) { parameters in
            parameters.add(keys) { Int64($0.number) }
            parameters.add(keys) { $0.fingerprint }
        }
        try await perform(.write, [statement]) { _ throws(UnexpectedValue) in }
    }

    public func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
        let statement = BoundStatement(.reserveEncryptions) { parameters in
            parameters.add([Int64(number)]) { $0 }
            parameters.add([count]) { $0 }
            parameters.add([most]) { $0 }
        }
        return try await perform(.write, [statement]) { tables throws(UnexpectedValue) in tables[0].rowCount > 0 }
    }

    public func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        let statement = BoundStatement(.setRetired) { parameters in
            parameters.add([Int64(number)]) { $0 }
            parameters.add([Int64(isRetired ? 1 : 0)]) { $0 }
        }
        try await perform(.write, [statement]) { _ throws(UnexpectedValue) in }
    }
}

extension Statement {
    static let wrappingKeysSQL = """
        SELECT number, fingerprint, encryptions, is_retired::int::bigint FROM wrapping_key ORDER BY number
        """

    /// Parameters: numbers, fingerprints.
    static let noteWrappingKeysSQL = """
        INSERT INTO wrapping_key (number, fingerprint) SELECT * FROM unnest($1::bigint[], $2::bytea[])
        ON CONFLICT DO NOTHING
        """

    /// Parameters: one number, one count, one bound. Returns the number when there was room.
    static let reserveEncryptionsSQL = """
        UPDATE wrapping_key SET encryptions = encryptions + ($2::bigint[])[1]
        WHERE number = ($1::bigint[])[1] AND NOT is_retired AND encryptions + ($2::bigint[])[1] <= ($3::bigint[])[1]
        RETURNING number
        """

    /// Parameters: one number; one 1 for retired, or 0.
    static let setRetiredSQL = """
        UPDATE wrapping_key SET is_retired = ($2::bigint[])[1] = 1 WHERE number = ($1::bigint[])[1]
        """
}
