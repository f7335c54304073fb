/// The members of an object by their keys, for objects that are too large to be searched.
///
/// Keys are hashed with the process's own seed, so that no text can be made to collide.
struct MemberIndex {
    private let firstMembers: [Key: Value]
    /// The first key that occurs for the second time.
    let duplicateKey: Value?

    init(of object: Value) {
        var firstMembers: [Key: Value] = [:]
        var duplicateKey: Value?
        firstMembers.reserveCapacity(object.count)
        for member in object.members {
            if firstMembers[Key(value: member.key)] == nil {
                firstMembers[Key(value: member.key)] = member.value
            } else {
                duplicateKey = duplicateKey ?? member.key
            }
        }
        self.firstMembers = firstMembers
        self.duplicateKey = duplicateKey
    }

    func value(for key: Value) -> Value? { firstMembers[Key(value: key)] }

    /// A key of an object, compared by its decoded bytes.
    private struct Key: Hashable {
        let value: Value

        static func == (left: Key, right: Key) -> Bool { left.value.equalsString(right.value) }

        func hash(into hasher: inout Hasher) {
            value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
