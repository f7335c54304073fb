import Bureau
import Repositories

/// The key ring that the base is sealed with.
extension PostgresPersonStore {
    package func keyRingMark() async throws(StoreError) -> KeyRingMark {
        let statements = [BoundStatement(.keyRing), BoundStatement(.anyDataKey)]
        return try await perform(.read, statements) { tables throws(UnexpectedValue) in
            if tables[0].rowCount > 0 { return .bound(try tables[0][0].value(0)) }
            guard tables[1].rowCount > 0 else { return .unbound(nil) }
            let row = tables[1][0]
            return .unbound(KeyRingSample(token: try row.value(0), dataKey: try row.value(1)))
        }
    }

    package func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        let statements = [
            BoundStatement(.bindKeyRing) { $0.add([ring]) { $0 } }, BoundStatement(.keyRing),
        ]
        return try await perform(.write, statements) { tables throws(UnexpectedValue) in
            guard tables[1].rowCount > 0 else { throw UnexpectedValue() }
            return try tables[1][0].value(0)
        }
    }
}
