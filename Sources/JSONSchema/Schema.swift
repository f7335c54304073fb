import JSON

/// A compiled, immutable schema of draft 2020-12. Threads may validate concurrently.
// Unchecked because of the pointer to the root: nothing writes to the arena after compilation.
public final class Schema: @unchecked Sendable {
    private let root: Node.Pointer
    private let arena: Arena
    /// The documents into whose texts the rules point.
    private let documents: [Document]

    init(root: Node.Pointer, arena: Arena, documents: [Document]) {
        self.root = root
        self.arena = arena
        self.documents = documents
    }

    /// Whether a value meets the schema.
    ///
    /// Only `uniqueItems` on long arrays and `unevaluated…` on long containers allocate memory. The product of the
    /// sizes of schema and value bounds the time.
    public func accepts(_ instance: Value) -> Bool {
        var evaluation = Evaluation(of: instance)
        return evaluation.meets(instance, root)
    }

    /// The violations of a value, in the order of its text, up to a maximum.
    ///
    /// Names of members that the schema does not mention are user data, and are included only if `tellsNames` is set.
    public func validate(_ instance: Value, maximumViolations: Int = 16, tellsNames: Bool = false) -> [Violation] {
        if accepts(instance) { return [] }
        let collector = ViolationCollector(maximumViolations: maximumViolations, tellsNames: tellsNames)
        var evaluation = Evaluation(of: instance, for: collector)
        _ = evaluation.meets(instance, root)
        return collector.violations
    }
}

/// A compiled schema or subschema: its rules by kind of value, in plain tables of an ``Arena``.
struct Node {
    typealias Pointer = UnsafePointer<Node>

    /// The admitted types; none for the schema `false`.
    var types = TypeSet.all
    var values = UnsafeBufferPointer<ValueRule>(start: nil, count: 0)
    var numbers = UnsafeBufferPointer<NumberRule>(start: nil, count: 0)
    var strings = UnsafeBufferPointer<StringRule>(start: nil, count: 0)
    var array: UnsafePointer<ArrayRules>?
    var object: UnsafePointer<ObjectRules>?
    var applicators = UnsafeBufferPointer<Applicator>(start: nil, count: 0)
    /// The target schema, if this schema is only a reference.
    var alias: Pointer?

    /// The target of the reference, if the schema has no other rules.
    var onlyReference: Pointer? {
        guard types == .all, values.isEmpty, numbers.isEmpty, strings.isEmpty, array == nil, object == nil,
            applicators.count == 1, case .reference(let target, _) = applicators[0]
        else { return nil }
        return target
    }

    /// Whether the schema applies others, and is worth memoizing.
    var isCostly: Bool { alias == nil && (array != nil || object != nil || !applicators.isEmpty) }
}

extension UnsafeMutablePointer<Node> {
    /// Replaces the schema by an ``Applicator/memoized(_:)`` of a copy, for every pointer to the schema.
    func memoize(in arena: Arena) {
        let schema = arena.store(one: pointee)
        pointee = Node()
        pointee.applicators = arena.store([.memoized(UnsafePointer(schema))])
    }
}

/// The types that a schema admits (validation §6.1.1).
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

    /// The type with the given name; nil if there is none.
    static func named(_ name: Value) -> TypeSet? { names.first { name.equals($0.name) }?.type }

    /// The names of the types, separated by "or".
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

/// The memory of a compiled schema, which is freed as a whole.
///
/// A schema is a cyclic graph that every request reads. Plain pointers into one arena need no reference counting.
// Unchecked because of the pointers: only the compiler writes, before the arena is shared.
final class Arena: @unchecked Sendable {
    private var blocks: [() -> Void] = []

    deinit {
        for free in blocks { free() }
    }

    /// Copies `elements` into memory that lives as long as the arena.
    func store<T>(_ elements: some Collection<T>) -> UnsafeBufferPointer<T> {
        guard !elements.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        let block = UnsafeMutableBufferPointer<T>.allocate(capacity: elements.count)
        _ = block.initialize(from: elements)
        blocks.append {
            block.deinitialize()
            block.deallocate()
        }
        return UnsafeBufferPointer(block)
    }

    /// Copies `element` into memory that lives as long as the arena.
    func store<T>(one element: T) -> UnsafeMutablePointer<T> {
        UnsafeMutablePointer(mutating: store(CollectionOfOne(element)).baseAddress.unsafelyUnwrapped)
    }
}
