import JSON

/// Where a call stands in the trace of its client: the header `traceparent` of W3C Trace Context §3.2, as a text.
public struct TraceParent: Hashable, Sendable {
    public let traceHigh: UInt64
    public let traceLow: UInt64
    public let parentID: UInt64
    /// The flags; the lowest bit says that the caller records the trace.
    public let flags: UInt8

    public var isSampled: Bool { flags & 1 != 0 }

    /// Reads a value; nil when it is no text of that form. Such a trace is left out, and never refused (§3.2.2).
    public init?(_ value: Value) {
        guard value.kind == .string, let parsed = value.withUTF8({ TraceParent(text: $0) }) else { return nil }
        self = parsed
    }

    /// The bytes of a text of version 00; what a later version adds behind it is ignored.
    private static let byteCount = 55

    public init?(text: UnsafeBufferPointer<UInt8>) {
        let dash = UInt8(ascii: "-")
        guard text.count >= Self.byteCount, text[2] == dash, text[35] == dash, text[52] == dash,
            let version = Self.number(text[0..<2]), version != 0xFF,
            text.count == Self.byteCount || version != 0 && text[Self.byteCount] == dash,
            let high = Self.number(text[3..<19]), let low = Self.number(text[19..<35]), high | low != 0,
            let parent = Self.number(text[36..<52]), parent != 0, let flags = Self.number(text[53..<55])
        else { return nil }
        traceHigh = high
        traceLow = low
        parentID = parent
        self.flags = UInt8(flags)
    }

    /// Reads lower-case hexadecimal digits, at most sixteen.
    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}

extension TraceParent: CustomStringConvertible {
    /// The text of version 00.
    public var description: String {
        "00-\(Self.hexadecimal(traceHigh, 16))\(Self.hexadecimal(traceLow, 16))-\(Self.hexadecimal(parentID, 16))-"
            + Self.hexadecimal(UInt64(flags), 2)
    }

    /// Writes a number in lower-case digits, with zeros before it.
    public static func hexadecimal(_ number: UInt64, _ count: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
