import Bureau
import Repositories
import Vault

/// What proves that a record is a leaf of a tree whose head is signed.
public struct AuditProof: Hashable, Sendable {
    public var leaf: Int64
    public var size: Int64
    /// The record's line, which is the leaf.
    public var line: [UInt8]
    /// The hashes from which the root is computed with the leaf (RFC 6962 §2.1.1).
    public var path: [TreeHash]
    /// The signed head of the tree.
    public var head: [UInt8]

    public init(leaf: Int64, size: Int64, line: [UInt8], path: [TreeHash], head: [UInt8]) {
        self.leaf = leaf
        self.size = size
        self.line = line
        self.path = path
        self.head = head
    }

    /// The hashes of the path in base64.
    public var pathTexts: [String] { path.map(\.bytes.base64) }

    /// Whether the proof holds, with nothing but the key of the log.
    public func holds(by verifier: HeadVerifier) -> Bool {
        guard let head = verifier.head(of: head), leaf >= 0, head.size == UInt64(size) else { return false }
        return AuditTree.verifies(
            path, from: .leaf(line), at: UInt64(leaf), size: head.size, root: head.root)
    }
}

extension AuditLog {
    /// The latest head as a signed note, and how many records wait for the tree, up to a number; nil for an empty tree.
    public func head() async throws(StoreError) -> (note: [UInt8]?, size: Int64, waiting: Int) {
        let edge = try await repository.auditEdge(backlog: 10_000)
        return (edge.head, edge.size, edge.backlog.count)
    }

    /// Proves that a record is in the tree of the latest head; nil when it is not, or was dropped. Throws `corrupt` for
    /// one that was altered.
    public func proof(of recordID: RecordID) async throws(StoreError) -> AuditProof? {
        guard let leaf = try await reader.leaf(of: recordID), let record = leaf.record else { return nil }
        guard !keys.unaltered([record]).isEmpty, TreeHash.leaf(record.line.line).bytes == leaf.hash else {
            throw .corrupt(.a)
        }
        let edge = try await repository.auditEdge(backlog: 0)
        guard let head = edge.head, leaf.leaf < edge.size else { return nil }
        let path = try await hashes(of: edge) { tree in tree.inclusionProof(of: UInt64(leaf.leaf)) }
        return AuditProof(leaf: leaf.leaf, size: edge.size, line: record.line.line, path: path, head: head)
    }

    /// Proves that the tree of the latest head begins with one of `size` leaves; nil when it has fewer.
    public func consistency(from size: Int64) async throws(StoreError) -> [TreeHash]? {
        let edge = try await repository.auditEdge(backlog: 0)
        guard size <= edge.size else { return nil }
        return try await hashes(of: edge) { tree in tree.consistencyProof(from: UInt64(size)) }
    }

    /// Computes hashes of the tree twice: once to know which tiles they need, and with these.
    private func hashes(
        of edge: AuditEdge, _ compute: (AuditTree) -> [TreeHash]
    ) async throws(StoreError) -> [TreeHash] {
        let missing = TileHashes(edge: edge, tiles: [:])
        _ = compute(missing.tree)
        let tiles = try await repository.tiles(missing.needed)
        let found = Dictionary(tiles.map { ($0.position, $0.hashes) }) { first, _ in first }
        let hashes = TileHashes(edge: edge, tiles: found)
        let result = compute(hashes.tree)
        guard hashes.needed.isEmpty else { throw .corrupt(.a) }
        return result
    }
}

/// The complete subtrees of a tree from its tiles. It remembers the tiles that were asked for and are not there.
private final class TileHashes {
    private let edge: AuditEdge
    private let tiles: [AuditTilePosition: [UInt8]]
    private(set) var needed: [AuditTilePosition] = []

    init(edge: AuditEdge, tiles: [AuditTilePosition: [UInt8]]) {
        self.edge = edge
        self.tiles = tiles
    }

    var tree: AuditTree { AuditTree(size: UInt64(edge.size)) { self.node(height: $0, Int64($1)) } }

    /// A node lies in the tile of the level below it, as the root of a power of two of the tile's hashes.
    private func node(height: Int, _ index: Int64) -> TreeHash {
        let level = height / 8
        let width = 1 << (height % 8)
        let first = index << Int64(height % 8)
        let tile = AuditTilePosition(level: Int64(level), number: first / AuditEdge.tileWidth)
        let isPartial = first >= AuditEdge.start(of: level, size: edge.size)
        guard let hashes = isPartial ? edge.partialTiles[level] : tiles[tile] else {
            if !needed.contains(tile) { needed.append(tile) }
            return .empty
        }
        let start = Int(first % AuditEdge.tileWidth) * TreeHash.byteCount
        let end = start + width * TreeHash.byteCount
        guard end <= hashes.count, let part = [TreeHash](joined: Array(hashes[start..<end])) else { return .empty }
        return part.root
    }
}
