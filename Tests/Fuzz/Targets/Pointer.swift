import JSON

/// A JSON Pointer (RFC 6901), followed in the plainest way.
struct Pointer {
    private let steps: [[UInt8]]

    init(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        Promise.demand(parts.first?.isEmpty ?? true, "a pointer begins with a slash")
        steps = parts.dropFirst().map { Self.unescaped(Array($0)) }
    }

    /// Whether there is a value at it. A step beyond the last element of an array, or to a member that is not there,
    /// leads nowhere.
    func leads(into root: Value) -> Bool {
        var places = [root]
        for step in steps {
            // A key may occur twice, and either may be meant.
            places = places.flatMap { place in
                place.members.filter { $0.key.equals(step) }.map(\.value)
                    + (Int(String(decoding: step, as: UTF8.self)).flatMap { place.element(at: $0) }.map { [$0] } ?? [])
            }
        }
        return !places.isEmpty
    }

    private static func unescaped(_ step: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = step[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                result.append(byte)
                continue
            }
            let digit = rest.popFirst()
            Promise.demand(digit == UInt8(ascii: "0") || digit == UInt8(ascii: "1"), "a tilde is escaped")
            result.append(digit == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
        }
        return result
    }
}

extension Value {
    fileprivate func equals(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { equals($0) }
    }
}
