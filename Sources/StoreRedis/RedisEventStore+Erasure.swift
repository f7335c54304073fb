import Bureau
import Repositories

/// Tombstones, and what goes with an erased subject.
extension RedisEventStore {
    /// Keeps the tombstones, and deletes all of their subjects but receipts, whose names are not known: they hold keyed
    /// hashes, times and identifiers of events, and end after `Receipt.retentionDays`.
    public func bury(_ tombstones: [Tombstone]) async throws(StoreError) {
        try await change(TombstoneCommands.keep(tombstones))
        try await change(commands.bury(tombstones.map(\.token)))
    }

    /// Deletes what is there of subjects that were buried, such as after an older copy of the data was put back.
    public func erase(_ tokens: [SubjectToken]) async throws(StoreError) {
        try await change(commands.bury(tokens))
    }

    public func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        let queries = tokens.map { HistoryQuery(token: $0, kind: nil, before: nil, limit: 0) }
        let newest = try await haveAnything(commands.latest(tokens))
        return zip(newest, try await haveAnything(commands.history(queries))).map { $0 || $1 }
    }

    public func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        var found: [Tombstone] = []
        var next = token.map { Int($0.withBytes { $0[0] }) } ?? 0
        while next < TombstoneCommands.hashes, found.count < limit {
            let hashes = next..<min(next + RedisLimits.tombstoneHashesInCall, TombstoneCommands.hashes)
            for page in try await read(TombstoneCommands.read(hashes), TombstoneDecoder()) {
                found += page.filter { tombstone in token.map { tombstone.token > $0 } ?? true }
            }
            next = hashes.upperBound
        }
        return Array(found.sorted { $0.token < $1.token }.prefix(limit))
    }

    /// Whether keys hold anything; one of a former layout does.
    private func haveAnything(_ requests: CommandBuffer) async throws(StoreError) -> [Bool] {
        let call = await run(requests, RemainsDecoder())
        if let failure = call.failures.values.first(where: { $0 != .corrupt }) {
            throw failure.storeError(writes: false)
        }
        return call.values
    }

    /// Runs commands that may be sent again; throws why one failed.
    func change(_ requests: CommandBuffer) async throws(StoreError) {
        let call = await run(requests, SkippingDecoder())
        if let failure = call.failures.min(by: { $0.key < $1.key })?.value { throw failure.storeError(writes: true) }
    }
}
