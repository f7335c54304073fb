import Bureau
import Repositories
import StorePostgres

/// A store that keeps its test schema alive.
struct SchemaBoundStore: PersonRepository {
    let store: PostgresPersonStore
    let schema: PostgresSchema

    func create(_ persons: [PersonCreation], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome] {
        try await store.create(persons, audit: audit)
    }

    func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        try await store.dataKeys(after: cursor, limit: limit)
    }

    func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        try await store.rewrap(changes)
    }

    func read(_ tokens: [SubjectToken], audit: [AuditLine]) async throws(StoreError) -> [PersonRecord?] {
        try await store.read(tokens, audit: audit)
    }

    func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        try await store.update(updates)
    }

    func delete(_ deletions: [PersonDeletion], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome] {
        try await store.delete(deletions, audit: audit)
    }

    func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        try await store.write(changes)
    }

    func find(_ payments: [PaymentKey]) async throws(StoreError) -> [PaymentState] {
        try await store.find(payments)
    }

    func payments(_ queries: [PaymentQuery]) async throws(StoreError) -> [[PaymentRecord]] {
        try await store.payments(queries)
    }

    func payments(of queries: [PersonPaymentsQuery]) async throws(StoreError) -> [[PersonPayment]] {
        try await store.payments(of: queries)
    }

    func write(_ changes: [PaymentChange]) async throws(StoreError) -> [WriteOutcome] {
        try await store.write(changes)
    }

    func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await store.receipts(keys)
    }

    func bury(_ tombstones: [Tombstone]) async throws(StoreError) { try await store.bury(tombstones) }

    func erase(_ tokens: [SubjectToken]) async throws(StoreError) { try await store.erase(tokens) }

    func remains(of tokens: [SubjectToken]) async throws(StoreError) -> [Bool] {
        try await store.remains(of: tokens)
    }

    func tombstones(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [Tombstone] {
        try await store.tombstones(after: token, limit: limit)
    }

    func tombstones(of tokens: [SubjectToken]) async throws(StoreError) -> [Tombstone?] {
        try await store.tombstones(of: tokens)
    }

    func enqueue(_ entries: [NewOutboxEntry]) async throws(StoreError) -> [OutboxEntry] {
        try await store.enqueue(entries)
    }

    func claim(_ limit: Int, at now: Instant, until deadline: Instant) async throws(StoreError) -> [OutboxEntry] {
        try await store.claim(limit, at: now, until: deadline)
    }

    func openEntries(_ limit: Int) async throws(StoreError) -> [OutboxEntry] {
        try await store.openEntries(limit)
    }

    func block(_ changes: [BlockChange]) async throws(StoreError) -> [Bool] { try await store.block(changes) }

    func blocked(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try await store.blocked(after: token, limit: limit)
    }

    func finish(_ entries: [FinishedEntry]) async throws(StoreError) -> [Bool] {
        try await store.finish(entries)
    }

    func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] { try await store.wrappingKeys() }

    func note(_ keys: [WrappingKeyNote]) async throws(StoreError) { try await store.note(keys) }

    func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool {
        try await store.reserve(count, of: number, most: most)
    }

    func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        try await store.setRetired(isRetired, number)
    }

    func resealingMark() async throws(StoreError) -> ResealingMark { try await store.resealingMark() }

    func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        try await store.setResealingMark(mark, from: former)
    }

    func paymentCounts(of tokens: [SubjectToken]) async throws(StoreError) -> [Int] {
        try await store.paymentCounts(of: tokens)
    }

    func highestEncryptionCount() async throws(StoreError) -> Int64 { try await store.highestEncryptionCount() }

    func sealedParts(of tokens: [SubjectToken]) async throws(StoreError) -> [SealedParts] {
        try await store.sealedParts(of: tokens)
    }

    func reseal(_ subjects: [SubjectReseal]) async throws(StoreError) -> [Bool] { try await store.reseal(subjects) }

    func rename(_ subjects: [SubjectRename]) async throws(StoreError) { try await store.rename(subjects) }

    func tokens(
        ofKeysBelow keyNumber: UInt8, after cursor: WalkCursor?, limit: Int
    ) async throws(StoreError) -> TokenPage {
        try await store.tokens(ofKeysBelow: keyNumber, after: cursor, limit: limit)
    }

    func reloadCredentials() { store.reloadCredentials() }

    func health() async -> StoreHealth {
        await store.health()
    }

    func check() async -> [StoreCheck] {
        await store.check()
    }

    func keyRingMark() async throws(StoreError) -> KeyRingMark {
        try await store.keyRingMark()
    }

    func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        try await store.bind(ring)
    }
}

extension SchemaBoundStore {
    func append(_ lines: [AuditLine]) async throws(StoreError) { try await store.append(lines) }

    func auditEdge(backlog limit: Int) async throws(StoreError) -> AuditEdge {
        try await store.auditEdge(backlog: limit)
    }

    func grow(_ growth: AuditGrowth) async throws(StoreError) -> Bool { try await store.grow(growth) }

    func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf] {
        try await store.leaves(from: first, limit: limit)
    }

    func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf? { try await store.leaf(of: recordID) }

    func tiles(_ tiles: [AuditTilePosition]) async throws(StoreError) -> [AuditTile] { try await store.tiles(tiles) }

    func heads(above size: Int64, limit: Int) async throws(StoreError) -> [[UInt8]] {
        try await store.heads(above: size, limit: limit)
    }

    func records(at positions: [Int64]) async throws(StoreError) -> [AuditStoredRecord] {
        try await store.records(at: positions)
    }

    func records(_ query: AuditQuery) async throws(StoreError) -> [AuditStoredRecord] {
        try await store.records(query)
    }

    func strayRecords(from position: Int64, limit: Int) async throws(StoreError) -> [AuditStoredRecord] {
        try await store.strayRecords(from: position, limit: limit)
    }

    func segments() async throws(StoreError) -> [AuditSegment] { try await store.segments() }

    func drop(_ segment: AuditSegment) async throws(StoreError) { try await store.drop(segment) }
}

/// Requests, consents and registers.
extension SchemaBoundStore {
    func write(_ filings: [RequestFiling]) async throws(StoreError) -> [WriteOutcome] {
        try await store.write(filings)
    }

    func requests(_ queries: [RequestQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try await store.requests(queries)
    }

    func due(_ queries: [DueQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try await store.due(queries)
    }

    func write(_ changes: [ConsentChange]) async throws(StoreError) -> [WriteOutcome] {
        try await store.write(changes)
    }

    func consents(_ queries: [ConsentQuery]) async throws(StoreError) -> [[ConsentRecord]] {
        try await store.consents(queries)
    }

    func write(_ changes: [CadastroChange]) async throws(StoreError) -> [WriteOutcome] {
        try await store.write(changes)
    }

    func cadastros(_ tokens: [SubjectToken]) async throws(StoreError) -> [CadastroRecord?] {
        try await store.cadastros(tokens)
    }

    func closedCadastros(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try await store.closedCadastros(after: token, limit: limit)
    }
}
