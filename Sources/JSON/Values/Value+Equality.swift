extension Value {
    /// Whether two values are equal as JSON Schema defines equality (core §4.2.2).
    ///
    /// Numbers are compared by value, strings by code points, objects regardless of the order of their members.
    /// The recursion is as deep as the values, which the parser's depth limit bounds.
    public func isEqual(to other: Value) -> Bool {
        switch (kind, other.kind) {
        case (.number, .number):
            let (left, right) = (rawText, other.rawText)
            return left.elementsEqual(right) || Number(text: left) == Number(text: right)
        case (.string, .string):
            return equalsString(other)
        case (.array, .array):
            return count == other.count && zip(elements, other.elements).allSatisfy { $0.isEqual(to: $1) }
        case (.object, .object):
            return count == other.count && hasEqualMembers(as: other)
        default:
            return kind == other.kind
        }
    }

    /// Compares two objects with the same number of members.
    ///
    /// Members are compared pairwise while the keys come in the same order, and by look-up after the first difference.
    private func hasEqualMembers(as other: Value) -> Bool {
        var index: MemberIndex?
        for (member, candidate) in zip(members, other.members) {
            if index == nil, member.key.equalsString(candidate.key) {
                guard member.value.isEqual(to: candidate.value) else { return false }
                continue
            }
            let lookup = index ?? MemberIndex(of: other)
            index = lookup
            guard let value = lookup.firstMembers[member.key], member.value.isEqual(to: value) else { return false }
        }
        return true
    }
}

// A set of values tells whether the elements of an array are unique.
extension Value: Hashable {
    /// Compares two values with ``isEqual(to:)``.
    public static func == (left: Value, right: Value) -> Bool { left.isEqual(to: right) }

    /// Hashes equal values equally, whatever their text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch kind {
        case .null, .true, .false:
            break
        case .number:
            hasher.combine(Number(text: rawText))
        case .string:
            withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .array:
            for element in elements { element.hash(into: &hasher) }
        case .object:
            // Members have no order, so their hashes are combined by XOR.
            var combined = 0
            for member in members {
                var memberHasher = Hasher()
                member.key.hash(into: &memberHasher)
                member.value.hash(into: &memberHasher)
                combined ^= memberHasher.finalize()
            }
            hasher.combine(combined)
        }
    }
}
