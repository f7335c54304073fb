/// The arithmetic of the audit log's tree (RFC 6962 §2): roots and proofs over hashes that somebody else keeps.
///
/// A tree of `size` leaves is cut into complete subtrees, whose hashes never change while the tree grows. `node` gives
/// the hash of a complete subtree by its height and its number among those of that height.
public struct AuditTree {
    public typealias Node = (_ height: Int, _ index: UInt64) -> TreeHash

    public let size: UInt64
    let node: Node

    public init(size: UInt64, node: @escaping Node) {
        self.size = size
        self.node = node
    }

    /// The root of the first `size` leaves, at most as many as the tree has.
    public func root(of size: UInt64) -> TreeHash {
        size == 0 ? .empty : hash(of: 0..<size)
    }

    /// The hashes from which the root is computed with one leaf (RFC 6962 §2.1.1), the lowest first.
    public func inclusionProof(of leaf: UInt64) -> [TreeHash] {
        precondition(leaf < size)
        var (range, path): (Range<UInt64>, [TreeHash]) = (0..<size, [])
        while range.count > 1 {
            let middle = range.lowerBound + Self.split(UInt64(range.count))
            let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
            path.append(hash(of: leaf < middle ? right : left))
            range = leaf < middle ? left : right
        }
        return path.reversed()
    }

    /// The hashes that prove the tree to begin with a former one of `first` leaves (RFC 6962 §2.1.2).
    public func consistencyProof(from first: UInt64) -> [TreeHash] {
        precondition(first <= size)
        guard first > 0, first < size else { return [] }
        var (range, path, isWhole): (Range<UInt64>, [TreeHash], Bool) = (0..<size, [], true)
        while range.upperBound != first {
            let middle = range.lowerBound + Self.split(UInt64(range.count))
            if first <= middle {
                path.append(hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        // The former tree itself is known to the verifier.
        if !isWhole { path.append(hash(of: range)) }
        return path.reversed()
    }

    /// The hash of leaves that are a subtree of RFC 6962's recursion.
    private func hash(of range: Range<UInt64>) -> TreeHash {
        let count = UInt64(range.count)
        if count.nonzeroBitCount == 1, range.lowerBound & (count - 1) == 0 {
            let height = count.trailingZeroBitCount
            return node(height, range.lowerBound >> UInt64(height))
        }
        let middle = range.lowerBound + Self.split(count)
        return .node(hash(of: range.lowerBound..<middle), hash(of: middle..<range.upperBound))
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}

/// The checks of proofs, which need no tree (RFC 9162 §2.1.3.2, §2.1.4.2, for the hashes of RFC 6962).
extension AuditTree {
    /// Whether `path` leads from a leaf to the root of a tree of `size` leaves.
    public static func verifies(
        _ path: [TreeHash], from leafHash: TreeHash, at leaf: UInt64, size: UInt64, root: TreeHash
    ) -> Bool {
        guard leaf < size else { return false }
        var (number, last, hash) = (leaf, size - 1, leafHash)
        for sibling in path {
            guard last > 0 else { return false }
            if number & 1 == 1 || number == last {
                hash = .node(sibling, hash)
                while number & 1 == 0, number != 0 {
                    number >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            number >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether `path` proves that a tree of `second` leaves begins with one of `first` leaves.
    public static func verifies(
        _ path: [TreeHash], from first: UInt64, root firstRoot: TreeHash, to second: UInt64, root secondRoot: TreeHash
    ) -> Bool {
        guard first <= second else { return false }
        if first == second { return path.isEmpty && firstRoot == secondRoot }
        if first == 0 { return path.isEmpty && firstRoot == .empty }
        var path = path[...]
        if first.nonzeroBitCount == 1 { path = [firstRoot] + path }
        guard var former = path.popFirst() else { return false }
        var latter = former
        var (number, last) = (first - 1, second - 1)
        while number & 1 == 1 {
            number >>= 1
            last >>= 1
        }
        for sibling in path {
            guard last > 0 else { return false }
            if number & 1 == 1 || number == last {
                former = .node(sibling, former)
                latter = .node(sibling, latter)
                while number & 1 == 0, number != 0 {
                    number >>= 1
                    last >>= 1
                }
            } else {
                latter = .node(latter, sibling)
            }
            number >>= 1
            last >>= 1
        }
        return last == 0 && former == firstRoot && latter == secondRoot
    }
}

/// A tree that grows leaf by leaf and remembers the hashes of its complete subtrees along the right edge alone.
public struct GrowingTree {
    public private(set) var size: UInt64 = 0
    /// The complete subtrees, the largest first: one for each bit of the size.
    private var edge: [TreeHash] = []

    public init() {}

    public mutating func append(_ leaf: TreeHash) { append(leaf, height: 0) }

    /// Appends a complete subtree; the size must be a multiple of the subtree's.
    public mutating func append(_ hash: TreeHash, height: Int) {
        precondition(size & (1 << UInt64(height) - 1) == 0)
        var (hash, bits) = (hash, size >> UInt64(height))
        while bits & 1 == 1 {
            hash = .node(edge.removeLast(), hash)
            bits >>= 1
        }
        edge.append(hash)
        size += 1 << UInt64(height)
    }

    public var root: TreeHash {
        guard var hash = edge.last else { return .empty }
        for left in edge.dropLast().reversed() { hash = .node(left, hash) }
        return hash
    }
}
