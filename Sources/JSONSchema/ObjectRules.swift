import JSON

/// What a schema asks of an object (core §10.3.2, validation §6.5).
struct ObjectRules {
    /// The members that the schema names, under `properties` or `required`.
    var properties = UnsafeBufferPointer<Property>(start: nil, count: 0)
    /// Which of the first 64 properties are required, a bit for each.
    var requiredMask: UInt64 = 0
    /// What the members must be that are not under `properties`.
    var rest = Remainder.anything
    var names: Node.Pointer?
    var minimumCount = 0
    var maximumCount = Int.max
    var dependents = UnsafeBufferPointer<Dependent>(start: nil, count: 0)

    /// One member that the schema names.
    struct Property {
        let key: UnsafeBufferPointer<UInt8>
        /// nil when the name is under `required` alone.
        let schema: Node.Pointer?
        let isRequired: Bool
    }

    /// What the presence of one member asks for.
    enum Dependent {
        case members(key: UnsafeBufferPointer<UInt8>, required: UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>)
        case schema(key: UnsafeBufferPointer<UInt8>, Node.Pointer)
    }

    /// The property of that name. The search starts at `expected`, for members mostly come in the schema's order.
    func index(of key: Value, from expected: Int) -> Int? {
        for index in expected..<properties.count where key.equals(properties[index].key) { return index }
        for index in 0..<expected where key.equals(properties[index].key) { return index }
        return nil
    }
}
