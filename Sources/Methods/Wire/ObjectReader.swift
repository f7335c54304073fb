import Bureau
import JSON
import JSONRPC
import Services

/// Reads the members of an object that is valid by its schema, as values of the bureau.
///
/// The reader finds what a schema cannot say, such as a time finer than a microsecond or a day that no calendar has.
/// It reports such a value with the value's JSON Pointer, like any other violation.
struct ObjectReader {
    let value: Value
    /// The name of the method that the params are for.
    let method: String
    /// Nil in members of the params.
    private let methodAccess: MethodAccess?
    /// The JSON Pointer of the object within the params.
    let pointer: String
    /// What makes the call a repeat of an earlier one; nil without an idempotency key, and in members of the params.
    let repetition: Repetition?

    /// A reader of params.
    init(_ params: Value, of access: MethodAccess, repetition: Repetition? = nil) {
        self.init(params, of: access.method, access, at: "", repetition)
    }

    /// A reader of a member of the params.
    init(_ value: Value, of method: String, at pointer: String = "") {
        self.init(value, of: method, nil, at: pointer, nil)
    }

    private init(
        _ value: Value, of method: String, _ access: MethodAccess?, at pointer: String, _ repetition: Repetition?
    ) {
        self.value = value
        self.method = method
        methodAccess = access
        self.pointer = pointer
        self.repetition = repetition
    }

    /// What the method shows or changes.
    var access: MethodAccess {
        guard let methodAccess else { preconditionFailure("only the params themselves state an access") }
        return methodAccess
    }

    /// Refuses the object when its values make no sense.
    func refuse(_ violations: [RuleViolation]) throws(Failure) {
        if !violations.isEmpty { throw .senseless(violations, at: pointer) }
    }

    /// The person whom the params are about.
    func cpf() throws(Failure) -> CPF {
        try required("cpf")
    }

    func required<T: TextValue>(_ key: StaticString, _ type: T.Type = T.self) throws(Failure) -> T {
        guard let found = try optional(key, type) else { throw missing(key) }
        return found
    }

    func optional<T: TextValue>(_ key: StaticString, _ type: T.Type = T.self) throws(Failure) -> T? {
        guard let member = value[key] else { return nil }
        return try Self.read(member, type, at: pointer, key)
    }

    func text(_ key: StaticString) throws(Failure) -> String {
        guard let text = value[key]?.string else { throw missing(key) }
        return text
    }

    func optionalText(_ key: StaticString) -> String? {
        value[key]?.string
    }

    /// A text that is kept as it is given, and may hold no CPF.
    func keptText(_ key: StaticString) throws(Failure) -> String {
        guard let text = try optionalKeptText(key) else { throw missing(key) }
        return text
    }

    func optionalKeptText(_ key: StaticString) throws(Failure) -> String? {
        guard let text = optionalText(key) else { return nil }
        if CPF.isHeld(in: text) { try refuse([RuleViolation("/\(key)", .holdsCPF)]) }
        return text
    }

    func integer<T: FixedWidthInteger>(_ key: StaticString, _ type: T.Type = T.self) throws(Failure) -> T {
        guard let found = try optionalInteger(key, type) else { throw missing(key) }
        return found
    }

    func optionalInteger<T: FixedWidthInteger>(
        _ key: StaticString, _ type: T.Type = T.self
    ) throws(Failure) -> T? {
        guard let member = value[key] else { return nil }
        guard let integer = member.int64.flatMap({ T(exactly: $0) }) else {
            throw .invalidParams(at: "\(pointer)/\(key)", reason: "too_large")
        }
        return integer
    }

    func money(_ key: StaticString) throws(Failure) -> Money {
        Money(cents: try integer(key, Int64.self))
    }

    func optionalMoney(_ key: StaticString) throws(Failure) -> Money? {
        try optionalInteger(key, Int64.self).map { Money(cents: $0) }
    }

    func optionalBool(_ key: StaticString) -> Bool? {
        value[key]?.bool
    }

    /// A reader of the object that is the member `key`.
    func object(_ key: StaticString) throws(Failure) -> ObjectReader {
        guard let member = value[key] else { throw missing(key) }
        return ObjectReader(member, of: method, at: "\(pointer)/\(key)")
    }

    /// Reads the object that is the member `key`; nil when the member is absent.
    func optionalObject<T>(_ key: StaticString, _ read: (ObjectReader) throws(Failure) -> T) throws(Failure) -> T? {
        value[key] == nil ? nil : try read(try object(key))
    }

    /// Reads the objects of the array that is the member `key`; none when the member is absent.
    func objects<T>(_ key: StaticString, _ read: (ObjectReader) throws(Failure) -> T) throws(Failure) -> [T] {
        guard let array = value[key] else { return [] }
        var list: [T] = []
        list.reserveCapacity(array.count)
        for element in array.elements {
            list.append(try read(ObjectReader(element, of: method, at: "\(pointer)/\(key)/\(list.count)")))
        }
        return list
    }

    /// Reads a member of a JSON Merge Patch (RFC 7396): absent, null or a value.
    func change<T>(_ key: StaticString, _ read: (Value) throws(Failure) -> T) throws(Failure) -> Change<T> {
        guard let member = value[key] else { return .keep }
        return member.isNull ? .remove : .set(try read(member))
    }

    func change<T: TextValue>(_ key: StaticString, _ type: T.Type = T.self) throws(Failure) -> Change<T> {
        try change(key) { (member) throws(Failure) in try Self.read(member, type, at: pointer, key) }
    }

    /// Reads a member of a JSON Merge Patch that is an object and so a patch itself.
    func objectChange<T>(
        _ key: StaticString, _ read: (ObjectReader) throws(Failure) -> T
    ) throws(Failure) -> Change<T> {
        try change(key) { (member) throws(Failure) in
            try read(ObjectReader(member, of: method, at: "\(pointer)/\(key)"))
        }
    }

    /// Reads an array of a JSON Merge Patch, which replaces the whole array.
    func arrayChange<T>(
        _ key: StaticString, _ read: (ObjectReader) throws(Failure) -> T
    ) throws(Failure) -> Change<[T]> {
        value[key] == nil ? .keep : .set(try objects(key, read))
    }

    func textChange(_ key: StaticString) throws(Failure) -> Change<String> {
        try change(key) { (member) throws(Failure) in
            guard let text = member.string else { throw missing(key) }
            return text
        }
    }

    func moneyChange(_ key: StaticString) throws(Failure) -> Change<Money> {
        try change(key) { (_) throws(Failure) in try money(key) }
    }

    private static func read<T: TextValue>(
        _ member: Value, _ type: T.Type, at pointer: String, _ key: StaticString
    ) throws(Failure) -> T {
        guard member.kind == .string, let found = member.withUTF8({ T($0) }) else {
            throw .invalidParams(at: "\(pointer)/\(key)", reason: "invalid_format")
        }
        return found
    }

    func missing(_ key: StaticString) -> Failure {
        .invalidParams(at: pointer, reason: "missing_member", accepted: "required: \(key)")
    }
}
