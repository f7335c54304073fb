import Bureau
import Repositories
import Vault

/// One line of an export, by which the log is verified without its store.
public enum AuditExportItem: Sendable {
    /// The next leaf.
    case record(AuditLine)
    /// The next leaf, whose record is not the one that it was made of, or is no text.
    case altered(leaf: Int64, hash: TreeHash)
    /// The next leaf, whose record is gone.
    case missing(leaf: Int64, hash: TreeHash)
    /// The next 256 leaves, which were dropped by retention.
    case dropped(tile: Int64, root: TreeHash)
    /// A signed head, behind the last of its leaves.
    case head([UInt8])
    /// A record that is in no tree; its line is nil where that is no text, such as one that was sealed and altered.
    case stray(RecordID, line: [UInt8]?)
}

extension AuditLog {
    private static let page = 4096

    /// Gives out the whole log in the order of its leaves.
    public func export(_ emit: (AuditExportItem) throws -> Void) async throws {
        var heads = try await self.heads(above: 0)
        let dropped = try await repository.segments().filter { keys.isAuthentic($0) }
        var (next, pending): (Int64, ArraySlice) = (0, heads[...])
        func passHeads() throws {
            while let head = pending.first, head.size <= UInt64(next) {
                try emit(.head(head.note))
                pending.removeFirst()
            }
        }
        func fill(before leaf: Int64) async throws {
            while next < leaf {
                let number = next / AuditEdge.tileWidth
                let tile = try await repository.tiles([AuditTilePosition(level: 0, number: number)]).first
                guard let hashes = tile.flatMap({ [TreeHash](joined: $0.hashes) }) else { return }
                let isDropped = dropped.contains { $0.firstTile <= number && number < $0.pastTile }
                if isDropped, next % AuditEdge.tileWidth == 0, leaf - next >= AuditEdge.tileWidth {
                    try emit(.dropped(tile: number, root: hashes.root))
                    next += AuditEdge.tileWidth
                } else {
                    try emit(.missing(leaf: next, hash: hashes[Int(next % AuditEdge.tileWidth)]))
                    next += 1
                }
                try passHeads()
            }
        }
        while true {
            let leaves = try await reader.leaves(from: next, limit: Self.page)
            // Whoever adds leaves signs them at once: those that came meanwhile have a head by now.
            let signed = heads.last?.size ?? 0
            if let last = leaves.last, UInt64(last.leaf) >= signed {
                let new = try await self.heads(above: Int64(clamping: signed))
                heads += new
                pending += new
            }
            for leaf in leaves {
                try await fill(before: leaf.leaf)
                if let line = leaf.record?.line, line.isText, TreeHash.leaf(line.line).bytes == leaf.hash {
                    try emit(.record(line))
                } else if leaf.record != nil, let hash = TreeHash(bytes: leaf.hash) {
                    try emit(.altered(leaf: leaf.leaf, hash: hash))
                } else if let hash = TreeHash(bytes: leaf.hash) {
                    try emit(.missing(leaf: leaf.leaf, hash: hash))
                }
                next = leaf.leaf + 1
                try passHeads()
            }
            if leaves.count < Self.page, UInt64(next) >= heads.last?.size ?? 0 || leaves.isEmpty { break }
        }
        try await fill(before: heads.last.map { Int64(clamping: $0.size) } ?? 0)
        for head in pending { try emit(.head(head.note)) }
        for stray in try await reader.strays(limit: 1000) {
            try emit(.stray(stray.line.recordID, line: stray.line.isText ? stray.line.line : nil))
        }
    }

    /// The heads of more than `size` leaves, the smallest first.
    private func heads(above size: Int64) async throws(StoreError) -> [(size: UInt64, note: [UInt8])] {
        var heads: [(size: UInt64, note: [UInt8])] = []
        var last = size
        while true {
            let page = try await repository.heads(above: last, limit: Self.page)
            heads += page.compactMap { note in keys.verifier.head(of: note).map { ($0.size, note) } }
            guard page.count == Self.page, let size = heads.last.map({ Int64(clamping: $0.size) }), size > last else {
                return heads
            }
            last = size
        }
    }

    /// The whole tiles, from the first that was not dropped on, whose records are all older than an instant; nil when
    /// there is none.
    public func droppableSegment(before instant: Instant) async throws(StoreError) -> AuditSegment? {
        let first = try await repository.segments().map(\.pastTile).max() ?? 0
        var past = first
        while true {
            let leaves = try await reader.leaves(
                from: past * AuditEdge.tileWidth, limit: Int(AuditEdge.tileWidth))
            let isOld = leaves.allSatisfy { leaf in leaf.record.map { $0.line.at < instant } ?? true }
            guard leaves.count == AuditEdge.tileWidth, isOld else { break }
            past += 1
        }
        guard past > first else { return nil }
        return AuditSegment(
            firstTile: first, pastTile: past, mac: keys.segmentMAC(firstTile: first, pastTile: past))
    }

    public func drop(_ segment: AuditSegment) async throws(StoreError) { try await repository.drop(segment) }
}

extension AuditLine {
    /// Whether the line is one of text, as each record has it. What was sealed and does not open is none.
    fileprivate var isText: Bool {
        line.allSatisfy { $0 >= 0x20 } && String(validating: line, as: UTF8.self) != nil
    }
}
