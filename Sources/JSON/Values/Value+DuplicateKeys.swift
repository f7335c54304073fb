extension Value {
    /// The first repeated key of this object, at its second occurrence; nil if every key is unique.
    ///
    /// Keys are compared decoded and not normalised. Takes time linear in the size of the object.
    package var ownDuplicateKey: Value? {
        guard kind == .object else { return nil }
        return count <= Value.largestSearchedObject ? searchedDuplicateKey : MemberIndex(of: self).duplicateKey
    }

    /// The first repeated key of any object in this value, at any depth; nil if there is none.
    ///
    /// Objects are searched in the order in which they start.
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

    /// The largest object for which comparing keys is faster than hashing them, in members.
    private static let largestSearchedObject = 32

    /// Finds the first repeated key by comparison.
    ///
    /// Each key sets one signature bit. Earlier keys are compared only if the bit was set before.
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

    /// A bit derived from the length and two bytes of a key; all bits for a key with escapes.
    private var signatureBit: UInt64 {
        let contents = contents
        guard !hasEscapes else { return .max }
        guard let first = contents.first, let last = contents.last else { return 1 }
        let mix =
            UInt32(first) &* 0x9E37 &+ UInt32(last) &* 0x85EB &+ UInt32(truncatingIfNeeded: contents.count) &* 0xC2B3
        return 1 << UInt64((mix >> 9) & 63)
    }
}

/// A hash table of an object's members by key, for objects that are too large for a linear search.
///
/// `Hasher` is seeded for each process, so no client can choose keys that collide.
struct MemberIndex {
    /// The value of the first member with each key.
    private(set) var firstMembers: [Value: Value] = [:]
    /// The first repeated key, at its second occurrence.
    private(set) var duplicateKey: Value?

    init(of object: Value) {
        firstMembers.reserveCapacity(object.count)
        for member in object.members {
            if firstMembers[member.key] == nil {
                firstMembers[member.key] = member.value
            } else {
                duplicateKey = duplicateKey ?? member.key
            }
        }
    }
}
