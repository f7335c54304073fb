import Vault

/// Checks leaves in their order against heads.
public struct LeafChecker {
    private var tree = GrowingTree()
    private var heads: ArraySlice<TreeHead>
    public private(set) var findings: [AuditFinding] = []
    public private(set) var records: Int64 = 0
    /// The size of the last head that the leaves were held against.
    private var signed: UInt64 = 0
    /// After the first head that does not fit, none can.
    private var fits = true
    /// Where the last tile that was dropped begins.
    private var lastDropped: UInt64?

    /// Takes heads in any order.
    public init(heads: [TreeHead]) {
        self.heads = heads.sorted { $0.size < $1.size }[...]
    }

    public var size: Int64 { Int64(tree.size) }

    public mutating func add(_ leaf: TreeHash, isRecord: Bool = true) {
        tree.append(leaf)
        if isRecord { records += 1 }
        checkHeads()
    }

    /// Adds a tile that was dropped. Heads within it cannot be checked.
    public mutating func addDropped(_ root: TreeHash) {
        lastDropped = tree.size
        tree.append(root, height: 8)
        heads = heads.drop { $0.size < tree.size }
        checkHeads()
    }

    /// Checks a head that comes behind its leaves, as in an export.
    public mutating func pass(_ head: TreeHead) {
        guard head.size < tree.size else { return add(heads: [head]) }
        let isWithinDropped = lastDropped.map { $0 < head.size && tree.size == $0 + 256 } ?? false
        if !isWithinDropped { note(AuditFinding(.head, leaf: Int64(clamping: head.size))) }
    }

    /// Adds heads of at least as many leaves as were added so far.
    mutating func add(heads more: [TreeHead]) {
        heads = (heads + more).sorted { $0.size < $1.size }[...]
        checkHeads()
    }

    public mutating func note(_ finding: AuditFinding) {
        if findings.count < AuditVerdict.mostFindings { findings.append(finding) }
    }

    /// Ends with what follows from there being no more leaves. `signed` is the size of the largest head.
    public mutating func end(signed: UInt64) {
        if let head = heads.first { note(AuditFinding(.head, leaf: Int64(clamping: head.size))) }
        heads = []
        if tree.size > signed { note(AuditFinding(.unsigned, leaf: Int64(signed))) }
    }

    /// Ends an export, whose largest head is of `exported` leaves, and returns how many heads it let go: those of more
    /// leaves are about what came after it. An export without a head is none of a log that has heads.
    public mutating func endExport(_ exported: UInt64) -> Int {
        let known = heads.count
        if exported > 0 { heads = heads.prefix { $0.size <= max(exported, tree.size) } }
        let later = known - heads.count
        end(signed: signed)
        return later
    }

    private mutating func checkHeads() {
        while let head = heads.first, head.size == tree.size {
            heads.removeFirst()
            signed = head.size
            if head.root != tree.root, fits {
                fits = false
                note(AuditFinding(.head, leaf: Int64(clamping: head.size)))
            }
        }
    }
}
