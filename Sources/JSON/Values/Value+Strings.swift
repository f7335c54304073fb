import Glibc

extension Value {
    /// Whether ``contents`` holds escapes. Without escapes, ``contents`` is the string's UTF-8.
    @inlinable public var hasEscapes: Bool { kind == .string && node.pointee.tag & TapeNode.escaped != 0 }

    /// Whether the value is a string without escapes and without characters above U+007F.
    @inlinable public var isPlainASCII: Bool {
        kind == .string && node.pointee.tag & (TapeNode.escaped | TapeNode.nonASCII) == 0
    }

    /// The bytes between a string's quotes, still escaped; empty for any other kind.
    @inlinable public var contents: UnsafeBufferPointer<UInt8> {
        guard kind == .string else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: text + Int(node.pointee.offset) + 1, count: Int(node.pointee.length) - 2)
    }

    /// The decoded string; nil for any other kind.
    public var string: String? {
        guard kind == .string else { return nil }
        return withUTF8 { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls `body` with the decoded UTF-8 of a string, or with no bytes for any other kind.
    ///
    /// The bytes are valid only during the call. A string without escapes is passed in place, without allocation.
    @inlinable @inline(__always)
    public func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        hasEscapes ? withDecodedUTF8(body) : body(contents)
    }

    @usableFromInline
    func withDecodedUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let contents = contents
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: contents.count) { buffer in
            guard let target = buffer.baseAddress else { return body(contents) }
            let count = Escape.decode(contents, to: target)
            return body(UnsafeBufferPointer(start: target, count: count))
        }
    }

    /// Whether the value is a string whose decoded UTF-8 equals `literal`.
    ///
    /// Strings are not normalised: é as one scalar differs from é as two.
    @inlinable @inline(__always)
    public func equals(_ literal: StaticString) -> Bool {
        equals(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Whether the value is a string whose decoded UTF-8 equals `bytes`.
    @inlinable @inline(__always)
    public func equals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard kind == .string else { return false }
        if hasEscapes { return escapedEquals(bytes) }
        let count = Int(node.pointee.length) - 2
        guard count == bytes.count else { return false }
        guard let other = bytes.baseAddress else { return true }
        return memcmp(text + Int(node.pointee.offset) + 1, other, count) == 0
    }

    @usableFromInline
    func escapedEquals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        withDecodedUTF8 { $0.elementsEqual(bytes) }
    }

    /// Whether both values are strings with the same code points.
    public func equalsString(_ other: Value) -> Bool {
        guard kind == .string, other.kind == .string else { return false }
        return other.withUTF8 { equals($0) }
    }

    /// The number of code points in a string, its length in JSON Schema; 0 for any other kind.
    public var codePointCount: Int {
        isPlainASCII ? contents.count : withUTF8 { $0.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
    }
}
