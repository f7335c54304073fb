import Bureau
import Repositories
import Synchronization

/// The walk through the tokens under which anything is kept: through the hashes of tombstones, and then through all
/// keys, those of one server after the other.
///
/// A walk begins its way through the keys again when slots have another master. Keys that change slots or servers
/// unseen may be missed, so that only a whole walk that meets nothing tells that nothing is left.
extension RedisEventStore {
    public func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        let tokens: Set<SubjectToken>
        let next: TokenWalkPlace?
        switch TokenWalkPlace(cursor) {
        case .tombstones(let first):
            let hashes = first..<min(first + RedisLimits.tombstoneHashesInCall, TombstoneCommands.hashes)
            tokens = Set(try await read(TombstoneCommands.read(hashes), TombstoneDecoder()).joined().map(\.token))
            next = hashes.upperBound < TombstoneCommands.hashes ? .tombstones(hashes.upperBound) : .keys(nil)
        case .keys(let last):
            let walk = topology.walk
            let place = last.flatMap { $0.map == walk.map ? $0 : nil } ?? walk.beginning
            let page = try await read(KeyCommands.scan(place, limit: limit), ScanDecoder())[0]
            tokens = Set(page.names.lazy.map(\.token))
            let receipts = page.names.filter { $0.receipt != nil }
            metReceipts.withLock { met in
                met = Dictionary(grouping: receipts, by: \.token).mapValues { $0.compactMap(\.receipt) }
            }
            next = topology.walk.map == walk.map ? walk.place(after: place, page.next).map { .keys($0) } : .keys(nil)
        }
        return TokenPage(tokens: tokens.filter { $0.keyNumber < keyNumber }, next: next?.cursor)
    }
}
