import Bureau
import Repositories

extension MemoryPersons {
    package func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        DataKeyPage(records.mapValues(\.dataKey), after: cursor, limit: limit)
    }

    package func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        changes.map { change in
            guard records[change.token]?.dataKey == change.former else { return false }
            records[change.token]?.dataKey = change.rewrapped
            return true
        }
    }
}

extension MemoryProfiles {
    package func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        DataKeyPage(records.mapValues(\.content.dataKey), after: cursor, limit: limit)
    }

    package func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        changes.map { change in
            guard records[change.token]?.content.dataKey == change.former else { return false }
            records[change.token]?.content.dataKey = change.rewrapped
            return true
        }
    }
}

extension DataKeyPage {
    fileprivate init(_ keys: [SubjectToken: WrappedDataKey], after cursor: DataKeyCursor?, limit: Int) {
        let start = cursor?.bytes ?? []
        let rest = keys.keys.sorted().drop { token in !start.lexicographicallyPrecedes(token.bytes) }
        let page = rest.prefix(limit).compactMap { token in
            keys[token].map { KeyRingSample(token: token, dataKey: $0) }
        }
        self.init(page, limit: limit)
    }
}
