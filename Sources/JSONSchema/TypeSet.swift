import JSON

/// The types of JSON Schema that a value may have (validation §6.1.1).
struct TypeSet: OptionSet {
    let rawValue: UInt8

    static let null = TypeSet(rawValue: 1)
    static let boolean = TypeSet(rawValue: 1 << 1)
    static let number = TypeSet(rawValue: 1 << 2)
    static let integer = TypeSet(rawValue: 1 << 3)
    static let string = TypeSet(rawValue: 1 << 4)
    static let array = TypeSet(rawValue: 1 << 5)
    static let object = TypeSet(rawValue: 1 << 6)
    static let all: TypeSet = [.null, .boolean, .number, .string, .array, .object]

    private static let names: [(name: StaticString, type: TypeSet)] = [
        ("null", .null), ("boolean", .boolean), ("number", .number), ("integer", .integer), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    /// The type that `name`, a string value, stands for.
    static func named(_ name: Value) -> TypeSet? { names.first { name.equals($0.name) }?.type }

    /// The names, parted by "or".
    var description: String {
        TypeSet.names.filter { contains($0.type) }.map { "\($0.name)" }.joined(separator: " or ")
    }

    func admits(_ value: Value) -> Bool {
        switch value.kind {
        case .null: contains(.null)
        case .true, .false: contains(.boolean)
        case .number: contains(.number) || contains(.integer) && value.isInteger
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }
}
