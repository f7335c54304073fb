import Encodings
import Bureau
import JSON

/// Reads the attributes of one item or map, as ``Writer`` writes them.
struct ItemReader {
    /// The object whose members are attribute values.
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

    /// Servers may write a number in any form of the same value, such as `1E+2`.
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

    /// The maps of a list, in order.
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

    private static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        if let value = plainInteger(text) { return value }
        var parser = Parser()
        guard let value = try? parser.parse(text), value.rawText.count == text.count else { return nil }
        return value.int64
    }

    /// What nearly every number is: at most 18 digits.
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

/// An item that does not have the shape that this program writes.
struct MalformedItem: Error {}
