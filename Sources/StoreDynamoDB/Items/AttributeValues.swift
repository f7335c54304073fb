import Bureau
import Encodings
import JSON

/// Parses a JSON object in place and lends it to `body`.
func withObject<R>(in text: [UInt8], _ body: (Value) throws(MalformedItem) -> R) throws(MalformedItem) -> R {
    var parser = Parser()
    let result: Result<R, MalformedItem> = text.withUnsafeBufferPointer { text in
        guard let value = try? parser.parse(text), value.kind == .object else { return .failure(MalformedItem()) }
        do throws(MalformedItem) {
            return .success(try body(value))
        } catch {
            return .failure(error)
        }
    }
    return try result.get()
}

/// An item or a response in another shape than this program knows.
struct MalformedItem: Error {}

/// Reads the attributes of one item or map.
struct ItemReader {
    /// The object with attribute values as members.
    let members: Value

    func bytes(_ name: StaticString) throws(MalformedItem) -> [UInt8] {
        try required(bytesIfAny(name))
    }

    func bytesIfAny(_ name: StaticString) throws(MalformedItem) -> [UInt8]? {
        guard let value = members[name] else { return nil }
        return try required(value["B"].flatMap { $0.kind == .string ? $0.withUTF8(Base64.decode) : nil })
    }

    func text(_ name: StaticString) throws(MalformedItem) -> String {
        try required(members[name]?["S"]?.string)
    }

    func value<T: TextValue>(_ name: StaticString) throws(MalformedItem) -> T {
        try required(valueIfAny(name))
    }

    func valueIfAny<T: TextValue>(_ name: StaticString) throws(MalformedItem) -> T? {
        guard let value = members[name] else { return nil }
        return try required(value["S"].flatMap { $0.kind == .string ? $0.withUTF8(T.init) : nil })
    }

    func integer<T: FixedWidthInteger>(_ name: StaticString) throws(MalformedItem) -> T {
        try required(integerIfAny(name))
    }

    /// Servers may return a number in any form of the same value, such as `1E+2`.
    func integerIfAny<T: FixedWidthInteger>(_ name: StaticString) throws(MalformedItem) -> T? {
        guard let value = members[name] else { return nil }
        return try required(value["N"]?.withUTF8(Self.integer).flatMap { T(exactly: $0) })
    }

    func boolIfAny(_ name: StaticString) throws(MalformedItem) -> Bool? {
        guard let value = members[name] else { return nil }
        return try required(value["BOOL"]?.bool)
    }

    func instant(_ name: StaticString) throws(MalformedItem) -> Instant {
        try required(Instant(microsecondsSinceEpoch: try integer(name)))
    }

    /// Reads a list of maps.
    func maps<T>(
        _ name: StaticString, _ element: (ItemReader) throws(MalformedItem) -> T
    ) throws(MalformedItem) -> [T] {
        let list = try required(members[name]?["L"])
        guard list.kind == .array else { throw MalformedItem() }
        var elements: [T] = []
        elements.reserveCapacity(list.count)
        for value in list.elements {
            elements.append(try element(ItemReader(members: try required(value["M"]))))
        }
        return elements
    }

    /// Reads a map.
    func map(_ name: StaticString) throws(MalformedItem) -> ItemReader {
        ItemReader(members: try required(members[name]?["M"]))
    }

    func has(_ name: StaticString) -> Bool { members[name] != nil }

    private static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        if let value = plainInteger(text) { return value }
        var parser = Parser()
        guard let value = try? parser.parse(text), value.rawText.count == text.count else { return nil }
        return value.int64
    }

    /// Reads a number of at most 18 digits, as nearly all numbers are.
    private static func plainInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative ? 1 : 0)
        guard (1...18).contains(digits.count) else { return nil }
        var magnitude: Int64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            magnitude = magnitude * 10 + Int64(digit)
        }
        return isNegative ? -magnitude : magnitude
    }

    private func required<T>(_ value: T?) throws(MalformedItem) -> T {
        guard let value else { throw MalformedItem() }
        return value
    }
}

/// Writes members whose values are attribute values of the DynamoDB API: objects with one member, whose key is the
/// type. A member without a value is left out.
extension Writer {
    mutating func binary(_ name: StaticString, _ bytes: [UInt8]?) {
        attribute(name, "B", bytes) { writer, bytes in bytes.withUnsafeBytes { writer.base64($0) } }
    }

    mutating func text(_ name: StaticString, _ text: String) {
        attribute(name, "S", text) { $0.string($1) }
    }

    mutating func text(_ name: StaticString, _ value: (some TextValue)?) {
        attribute(name, "S", value) { writer, value in value.withText { writer.string(utf8: $0) } }
    }

    /// Appends a number, whose digits are a string in this API.
    mutating func decimal(_ name: StaticString, _ value: (some BinaryInteger)?) {
        attribute(name, "N", value) { $0.string(String($1)) }
    }

    mutating func boolean(_ name: StaticString, _ value: Bool?) {
        attribute(name, "BOOL", value) { $0.bool($1) }
    }

    /// Appends a list with a map for each element; `body` writes the members of a map.
    mutating func maps<Element>(_ name: StaticString, _ elements: [Element], _ body: (inout Writer, Element) -> Void) {
        attribute(name, "L", elements) { writer, elements in
            writer.array { writer in
                for element in elements {
                    writer.object { writer in writer.object("M") { body(&$0, element) } }
                }
            }
        }
    }

    /// Appends a map; `body` writes its members.
    mutating func map(_ name: StaticString, _ body: (inout Writer) -> Void) {
        object(name) { $0.object("M", body) }
    }

    private mutating func attribute<T>(
        _ name: StaticString, _ type: StaticString, _ value: T?, _ write: (inout Writer, T) -> Void
    ) {
        guard let value else { return }
        object(name) { writer in
            writer.key(type)
            write(&writer, value)
        }
    }

    private mutating func base64(_ bytes: UnsafeRawBufferPointer) {
        let count = Base64.encodedCount(bytes.count)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 2) { text in
            guard let start = text.baseAddress else { return }
            start[0] = UInt8(ascii: "\"")
            Base64.encode(bytes, to: start + 1)
            start[count + 1] = UInt8(ascii: "\"")
            verbatim(UnsafeBufferPointer(start: start, count: count + 2))
        }
    }
}

/// Writes plain members of a request.
extension Writer {
    /// Appends a text; nothing without one.
    mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Appends an object; `body` writes its members.
    mutating func object(_ name: StaticString, _ body: (inout Writer) -> Void) {
        key(name)
        object(body)
    }
}
