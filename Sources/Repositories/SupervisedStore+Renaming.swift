import Bureau

/// A base's tokens under watch.
extension SupervisedStore: RenamingStore {
    /// Counts as a read, because it seldom writes: a store that takes no writes may well pass subjects over.
    public func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        try await reading { (store) async throws(StoreError) in
            try await asStore(store).rename(subjects)
        }
    }

    public func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        try await reading { (store) async throws(StoreError) in
            try await asStore(store).tokens(ofKeysBelow: keyNumber, after: cursor, limit: limit)
        }
    }
}
