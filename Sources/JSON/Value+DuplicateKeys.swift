extension Value {
    /// An object's own first key that occurs for the second time, as the second occurrence; nil when there is none.
    ///
    /// Keys are compared decoded: `"a"` and `"\u0061"` are the same, é as one scalar and as two are not. Takes time
    /// linear in the object's size.
    package var ownDuplicateKey: Value? {
        guard kind == .object else { return nil }
        return count <= Value.largestSearchedObject ? searchedDuplicateKey : MemberIndex(of: self).duplicateKey
    }

    /// The first duplicate key of this object or of any object inside this value, at whatever depth; nil when there
    /// is none. The first in the order of the objects' beginnings.
    package var duplicateKey: Value? {
        let end = node + Int(node.pointee.span)
        var candidate = node
        while candidate < end {
            if candidate.pointee.kind == .object, let key = Value(node: candidate, text: text).ownDuplicateKey {
                return key
            }
            candidate += 1
        }
        return nil
    }

    /// Up to so many members, comparing each key with those before it is faster than hashing.
    private static let largestSearchedObject = 32

    /// Looks through the earlier keys only when the bit that a key sets, made of its length and two of its bytes, is
    /// set already.
    private var searchedDuplicateKey: Value? {
        var seen: UInt64 = 0
        for (position, member) in members.enumerated() {
            let key = member.key
            let bit = key.signatureBit
            if seen & bit != 0, members.prefix(position).contains(where: { $0.key.equalsString(key) }) {
                return key
            }
            seen |= bit
        }
        return nil
    }

    /// The same bit for equal keys. A key with escapes takes all bits, for its bytes tell nothing.
    private var signatureBit: UInt64 {
        let contents = contents
        guard !hasEscapes else { return .max }
        guard let first = contents.first, let last = contents.last else { return 1 }
        let mix =
            UInt32(first) &* 0x9E37 &+ UInt32(last) &* 0x85EB &+ UInt32(truncatingIfNeeded: contents.count) &* 0xC2B3
        return 1 << UInt64((mix >> 9) & 63)
    }
}
