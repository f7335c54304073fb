import JSON

/// One compiled schema: what it asks of a value, by the kind of value, in plain tables of the schema's ``Arena``.
struct Node {
    typealias Pointer = UnsafePointer<Node>

    /// Nothing at all for the schema `false`.
    var types = TypeSet.all
    var values = UnsafeBufferPointer<ValueRule>(start: nil, count: 0)
    var numbers = UnsafeBufferPointer<NumberRule>(start: nil, count: 0)
    var strings = UnsafeBufferPointer<StringRule>(start: nil, count: 0)
    var array: UnsafePointer<ArrayRules>?
    var object: UnsafePointer<ObjectRules>?
    var applicators = UnsafeBufferPointer<Applicator>(start: nil, count: 0)
    /// The other schema, if this one does nothing but refer to it.
    var alias: Pointer?

    /// The reference that is all this schema consists of, annotations aside.
    var onlyReference: Pointer? {
        guard types == .all, values.isEmpty, numbers.isEmpty, strings.isEmpty, array == nil, object == nil,
            applicators.count == 1, case .reference(let target, _) = applicators[0]
        else { return nil }
        return target
    }

    /// Whether the schema applies others, so that what it costs is more than a look at the value.
    var isCostly: Bool { alias == nil && (array != nil || object != nil || !applicators.isEmpty) }
}

extension UnsafeMutablePointer<Node> {
    /// Puts the schema behind a ``Applicator/meetingPoint(_:)``, for all that point to it.
    func becomeMeetingPoint(in arena: Arena) {
        let schema = arena.store(one: pointee)
        pointee = Node()
        pointee.applicators = arena.store([.meetingPoint(UnsafePointer(schema))])
    }
}
