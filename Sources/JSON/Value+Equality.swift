extension Value {
    /// Whether two values are equal in the sense of JSON Schema (core §4.2.2): numbers by their mathematical value,
    /// strings by their code points, arrays in order, objects without order.
    ///
    /// Takes as much stack as the values are deep, which the parser's limit bounds.
    package func isEqual(to other: Value) -> Bool {
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

    /// Compares two objects of the same count: side by side as long as their keys have the same order, then by look-up.
    private func hasEqualMembers(as other: Value) -> Bool {
        var index: MemberIndex?
        for (member, candidate) in zip(members, other.members) {
            if index == nil, member.key.equalsString(candidate.key) {
                guard member.value.isEqual(to: candidate.value) else { return false }
                continue
            }
            let lookup = index ?? MemberIndex(of: other)
            index = lookup
            guard let value = lookup.value(for: member.key), member.value.isEqual(to: value) else { return false }
        }
        return true
    }
}

/// Equality of values as ``Value/isEqual(to:)`` says, so that a set tells whether elements are unique.
extension Value: Hashable {
    /// Equality of JSON Schema.
    public static func == (left: Value, right: Value) -> Bool { left.isEqual(to: right) }

    /// The same for equal values.
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
            hasher.combine(members.reduce(0) { $0 ^ $1.hashOfMember })
        }
    }
}

extension Value.Member {
    /// A hash of key and value that can be summed up in any order.
    fileprivate var hashOfMember: Int {
        var hasher = Hasher()
        key.hash(into: &hasher)
        value.hash(into: &hasher)
        return hasher.finalize()
    }
}
