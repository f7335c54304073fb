import Bureau
import JSON
import JSONRPC

/// Reads the members of an object that is valid by its schema, as values of the bureau.
///
/// What a schema cannot say (a time finer than a microsecond, a day that has no place in a calendar) is found here,
/// and told with its JSON Pointer like any other violation.
struct ObjectReader {
    let value: Value
    /// Where the object is within the params.
    let pointer: String

    init(_ params: Value, at pointer: String = "") {
        value = params
        self.pointer = pointer
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

    /// The object that is the member `key`.
    func object(_ key: StaticString) throws(Failure) -> ObjectReader {
        guard let member = value[key] else { throw missing(key) }
        return ObjectReader(member, at: "\(pointer)/\(key)")
    }

    /// The objects of the array that is the member `key`; none when it is absent.
    func objects<T>(_ key: StaticString, _ read: (ObjectReader) throws(Failure) -> T) throws(Failure) -> [T] {
        guard let array = value[key] else { return [] }
        var list: [T] = []
        list.reserveCapacity(array.count)
        for element in array.elements {
            list.append(try read(ObjectReader(element, at: "\(pointer)/\(key)/\(list.count)")))
        }
        return list
    }

    /// A member of a JSON Merge Patch (RFC 7396): absent, null or a value.
    func change<T>(
        _ key: StaticString, _ read: (Value) throws(Failure) -> T
    ) throws(Failure) -> Change<T> {
        guard let member = value[key] else { return .keep }
        return member.isNull ? .remove : .set(try read(member))
    }

    func change<T: TextValue>(_ key: StaticString, _ type: T.Type = T.self) throws(Failure) -> Change<T> {
        try change(key) { (member) throws(Failure) in try Self.read(member, type, at: pointer, key) }
    }

    func textChange(_ key: StaticString) throws(Failure) -> Change<String> {
        try change(key) { (member) throws(Failure) in
            guard let text = member.string else { throw missing(key) }
            return text
        }
    }

    private static func read<T: TextValue>(
        _ member: Value, _ type: T.Type, at pointer: String, _ key: StaticString
    ) throws(Failure) -> T {
        guard member.kind == .string, let found = member.withUTF8({ T($0) }) else {
            throw .invalidParams(at: "\(pointer)/\(key)", reason: "invalid_format")
        }
        return found
    }

    private func missing(_ key: StaticString) -> Failure {
        .invalidParams(at: pointer, reason: "missing_member", accepted: "required: \(key)")
    }
}
