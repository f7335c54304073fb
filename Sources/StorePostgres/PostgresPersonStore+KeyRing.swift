import Bureau
import Repositories

/// The key ring that the base is sealed with.
extension PostgresPersonStore {
    public func keyRingMark() async throws(StoreError) -> KeyRingMark {
        let statements = [BoundStatement(.keyRing), BoundStatement(.anyDataKey)]
        return try await perform(.read, statements) { tables throws(UnexpectedValue) in
            if tables[0].rowCount > 0 { return .bound(try tables[0][0].value(0)) }
            guard tables[1].rowCount > 0 else { return .unbound(nil) }
            let row = tables[1][0]
            return .unbound(KeyRingSample(token: try row.value(0), dataKey: try row.value(1)))
        }
    }

    public func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        let statements = [
            BoundStatement(.bindKeyRing) { $0.add([ring]) { $0 } }, BoundStatement(.keyRing),
        ]
        return try await perform(.write, statements) { tables throws(UnexpectedValue) in
            guard tables[1].rowCount > 0 else { throw UnexpectedValue() }
            return try tables[1][0].value(0)
        }
    }
}

/// The data keys of the persons, in the order of the tokens.
extension PostgresPersonStore {
    public func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        let statement = BoundStatement(.dataKeys) { parameters in
            parameters.add([cursor?.bytes ?? []]) { $0 }
            parameters.add([Int64(limit)]) { $0 }
        }
        let keys = try await perform(.read, [statement]) { tables throws(UnexpectedValue) in
            var keys: [KeyRingSample] = []
            for index in 0..<tables[0].rowCount {
                let row = tables[0][index]
                keys.append(KeyRingSample(token: try row.value(0), dataKey: try row.value(1)))
            }
            return keys
        }
        return DataKeyPage(keys, limit: limit)
    }

    public func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        guard !changes.isEmpty else { return [] }
        let rewrapped = try await perform(.write, changes.statements) { tables throws(UnexpectedValue) in
            var tokens: Set<SubjectToken> = []
            for index in 0..<tables[1].rowCount { tokens.insert(try tables[1][index].value(0)) }
            return tokens
        }
        return changes.map { rewrapped.contains($0.token) }
    }
}

extension [DataKeyRewrap] {
    /// The locks first, in the order of the tokens, as every batch takes them.
    var statements: [BoundStatement] {
        [
            BoundStatement(.lock) { $0.add(self) { $0.token } },
            BoundStatement(.rewrap) { parameters in
                parameters.add(self) { $0.token }
                parameters.add(self) { $0.former }
                parameters.add(self) { $0.rewrapped }
            },
        ]
    }
}
