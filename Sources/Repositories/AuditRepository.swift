import Bureau

/// The audit log in base A: its records, and the tree over them.
///
/// Records are appended, never changed. Sizes, leaves and tiles count from 0. Hashes are 32 bytes each, one after the
/// other; the store does not compute any.
public protocol AuditRepository: Store {
    /// Appends records that are not part of an access to base A. A record that is there already stays as it is.
    func append(_ lines: [AuditLine]) async throws(StoreError)

    /// Reads the right edge of the tree, with at most `limit` records that are not in it yet, in the order in which
    /// they are to be taken.
    func auditEdge(backlog limit: Int) async throws(StoreError) -> AuditEdge

    /// Adds leaves to the tree with its full tiles and its head; false when another process has added some meanwhile,
    /// and nothing was written.
    func grow(_ growth: AuditGrowth) async throws(StoreError) -> Bool

    /// Reads the leaves from `first` on in their order, `limit` of them at most; dropped ones are left out.
    func leaves(from first: Int64, limit: Int) async throws(StoreError) -> [AuditLeaf]

    /// Reads the leaf of a record; nil when there is none, because the record is unknown, dropped or not in the tree.
    func leaf(of recordID: RecordID) async throws(StoreError) -> AuditLeaf?

    /// Reads full tiles; a tile that is not there is left out.
    func tiles(_ tiles: [AuditTilePosition]) async throws(StoreError) -> [AuditTile]

    /// Reads signed heads of more than `size` leaves, the smallest first, `limit` of them at most.
    func heads(above size: Int64, limit: Int) async throws(StoreError) -> [[UInt8]]

    /// Reads records by their positions, in any order; those that are not there are left out.
    func records(at positions: [Int64]) async throws(StoreError) -> [AuditStoredRecord]

    /// Reads records, the latest first.
    func records(_ query: AuditQuery) async throws(StoreError) -> [AuditStoredRecord]

    /// Reads the records from `position` on that are neither in the tree nor waiting for it, `limit` of them at most:
    /// nobody who follows the rules leaves any.
    func strayRecords(from position: Int64, limit: Int) async throws(StoreError) -> [AuditStoredRecord]

    /// Reads what was dropped.
    func segments() async throws(StoreError) -> [AuditSegment]

    /// Deletes the records and leaves of whole tiles, and notes that; the tiles' hashes stay. Needs the rights of the
    /// log's owner.
    func drop(_ segment: AuditSegment) async throws(StoreError)
}

/// What a tree needs to grow: its head, and the hashes at its right edge.
public struct AuditEdge: Hashable, Sendable {
    /// How many leaves the tree has.
    public var size: Int64
    /// The latest signed head; nil of an empty tree.
    public var head: [UInt8]?
    /// The hashes of the tile that is not full yet, for each level from 0 on.
    public var partialTiles: [[UInt8]]
    /// The records that are not in the tree yet.
    public var backlog: [AuditWaitingRecord]

    /// How many levels of tiles there are, of 256 hashes each: room for less than 2^32 leaves.
    public static let levels = 4
    /// The hashes in a full tile.
    public static let tileWidth: Int64 = 256

    public init(size: Int64, head: [UInt8]?, partialTiles: [[UInt8]], backlog: [AuditWaitingRecord]) {
        self.size = size
        self.head = head
        self.partialTiles = partialTiles
        self.backlog = backlog
    }

    /// The number of the first hash of the tile of `level` that is not full yet.
    public static func start(of level: Int, size: Int64) -> Int64 {
        (size >> Int64(8 * level)) / tileWidth * tileWidth
    }
}

/// A record that waits for the tree, without its line, which whoever has just carried it knows.
public struct AuditWaitingRecord: Hashable, Sendable {
    public var position: Int64
    public var recordID: RecordID
    /// The MAC of the record's line; empty where a position waits that has no record.
    public var mac: [UInt8]

    public init(position: Int64, recordID: RecordID, mac: [UInt8]) {
        self.position = position
        self.recordID = recordID
        self.mac = mac
    }
}

/// A record, and where the store has it.
public struct AuditStoredRecord: Hashable, Sendable {
    public var position: Int64
    public var line: AuditLine

    public init(position: Int64, line: AuditLine) {
        self.position = position
        self.line = line
    }
}

/// A leaf of the tree with its record.
public struct AuditLeaf: Hashable, Sendable {
    public var leaf: Int64
    public var hash: [UInt8]
    /// Nil when the record of the leaf is not there.
    public var record: AuditStoredRecord?

    public init(leaf: Int64, hash: [UInt8], record: AuditStoredRecord?) {
        self.leaf = leaf
        self.hash = hash
        self.record = record
    }
}

/// The number of a tile at its level.
public struct AuditTilePosition: Hashable, Sendable {
    public var level: Int64
    public var number: Int64

    public init(level: Int64, number: Int64) {
        self.level = level
        self.number = number
    }
}

/// A full tile: 256 hashes and the root over them.
public struct AuditTile: Hashable, Sendable {
    public var position: AuditTilePosition
    public var hashes: [UInt8]
    public var root: [UInt8]

    public init(position: AuditTilePosition, hashes: [UInt8], root: [UInt8]) {
        self.position = position
        self.hashes = hashes
        self.root = root
    }
}

/// What is added to a tree at once.
public struct AuditGrowth: Sendable {
    /// The size that the tree must have.
    public var size: Int64
    /// The positions of the records and the hashes that become the next leaves.
    public var leaves: [(position: Int64, hash: [UInt8])]
    /// The positions of records that never become leaves, because nobody with base A's ring wrote them.
    public var refused: [Int64]
    /// The tiles that become full.
    public var tiles: [AuditTile]
    /// The signed head of the tree with these leaves.
    public var head: [UInt8]

    public init(
        size: Int64, leaves: [(position: Int64, hash: [UInt8])], refused: [Int64] = [], tiles: [AuditTile],
        head: [UInt8]
    ) {
        self.size = size
        self.leaves = leaves
        self.refused = refused
        self.tiles = tiles
        self.head = head
    }
}

/// A part of the log. Stores know the day of a record alone, of earlier versions' records the time.
public struct AuditQuery: Sendable {
    /// The time of the records: from `from` to before `to`.
    public var from: Instant
    public var to: Instant
    /// Only records before this position.
    public var before: Int64?
    public var limit: Int

    public init(from: Instant, to: Instant, before: Int64? = nil, limit: Int) {
        self.from = from
        self.to = to
        self.before = before
        self.limit = limit
    }
}

/// Whole tiles of level 0 whose records were dropped by retention.
public struct AuditSegment: Hashable, Sendable {
    public var firstTile: Int64
    /// The tile behind the last one.
    public var pastTile: Int64
    /// Made with base A's key ring: see `AuditKeys`.
    public var mac: [UInt8]

    public init(firstTile: Int64, pastTile: Int64, mac: [UInt8]) {
        self.firstTile = firstTile
        self.pastTile = pastTile
        self.mac = mac
    }
}
