/// A strict parser for JSON texts (RFC 8259) that reuses one tape, so no value costs an allocation.
///
/// The tape grows to about eight times the size of the longest text. Unused pages are never touched.
public struct Parser: ~Copyable {
    public let limits: Limits
    private var tape: UnsafeMutableBufferPointer<TapeNode>

    public init(limits: Limits = Limits()) {
        self.limits = limits
        tape = .allocate(capacity: 512)
    }

    deinit {
        tape.deallocate()
    }

    /// Parses one JSON text, with optional white space around it, in linear time.
    ///
    /// The returned value points into `text` and into this parser. It is valid only until the next call of `parse`.
    public mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> Value {
        guard let start = text.baseAddress else { throw SyntaxError(reason: .unexpectedEnd, offset: 0) }
        guard text.count <= limits.maximumLength else {
            throw SyntaxError(reason: .textTooLong, offset: limits.maximumLength)
        }
        let base = roomForTape(of: text.count)
        var builder = TapeBuilder(text: start, count: text.count, tape: base, limits: limits)
        try builder.build()
        return Value(node: UnsafePointer(base), text: start)
    }

    /// Parses a text and returns a copy of its tape, which the caller must deallocate.
    consuming func tape(of text: UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> UnsafeBufferPointer<TapeNode> {
        let root = try parse(text)
        let count = Int(root.node.pointee.span)
        let kept = UnsafeMutableBufferPointer<TapeNode>.allocate(capacity: count)
        _ = kept.initialize(from: UnsafeBufferPointer(start: root.node, count: count))
        return UnsafeBufferPointer(kept)
    }

    /// Makes room for the largest possible tape of a text, so that writing a node needs no check.
    ///
    /// A complete value of n nodes has at least 2n - 1 bytes and is followed by a comma. Each open container adds a
    /// node.
    private mutating func roomForTape(of byteCount: Int) -> UnsafeMutablePointer<TapeNode> {
        let needed = byteCount / 2 + limits.maximumDepth + 2
        if tape.count < needed {
            tape.deallocate()
            tape = .allocate(capacity: needed + needed / 4)
        }
        return tape.baseAddress.unsafelyUnwrapped
    }
}

extension Parser {
    /// Limits on a text, which RFC 8259 §9 leaves to the implementation.
    public struct Limits: Sendable, Equatable {
        /// The deepest nesting that is accepted; a scalar has level 0, `[]` has level 1.
        public var maximumDepth: Int
        /// The longest number that is accepted, in bytes.
        public var maximumNumberLength: Int
        /// The longest text that is accepted, in bytes: 1 GiB, because offsets on the tape have 32 bits.
        public let maximumLength = 1 << 30

        public init(maximumDepth: Int = 64, maximumNumberLength: Int = 1024) {
            self.maximumDepth = maximumDepth
            self.maximumNumberLength = maximumNumberLength
        }
    }
}

/// The reason and position of an error in a JSON text.
public struct SyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    public let reason: Reason
    /// The position of the error, in bytes from the start of the text.
    public let offset: Int

    /// The kinds of errors. The raw values are stable and are sent to clients.
    public enum Reason: String, Sendable, CaseIterable {
        /// A byte that RFC 8259 does not allow at this position.
        case unexpectedByte = "unexpected_byte"
        case unexpectedEnd = "unexpected_end"
        /// Bytes other than white space after the value.
        case trailingBytes = "trailing_bytes"
        /// A byte below 0x20 in a string (RFC 8259 §7).
        case controlCharacter = "control_character"
        /// Bytes in a string that are not UTF-8 (RFC 3629 §4), such as overlong or truncated sequences.
        case invalidUTF8 = "invalid_utf8"
        case invalidEscape = "invalid_escape"
        /// An escape `\uD800` to `\uDFFF` that is not part of a surrogate pair.
        case unpairedSurrogate = "unpaired_surrogate"
        /// Nesting deeper than ``Parser/Limits/maximumDepth``.
        case tooDeep = "too_deep"
        /// A number longer than ``Parser/Limits/maximumNumberLength``, or an exponent of more than 18 digits.
        case numberTooLong = "number_too_long"
        /// A text longer than ``Parser/Limits/maximumLength``.
        case textTooLong = "text_too_long"
    }

    public init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}

/// A parsed text that is kept, such as a schema: a copy of the bytes with their tape.
// Unchecked because of the two pointers: nothing writes to their memory after init, and only deinit frees it.
public final class Document: @unchecked Sendable {
    private let text: UnsafeBufferPointer<UInt8>
    private let tape: UnsafeBufferPointer<TapeNode>

    /// Parses a copy of one JSON text.
    public init(_ bytes: some Collection<UInt8>, limits: Parser.Limits = Parser.Limits()) throws(SyntaxError) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        do throws(SyntaxError) {
            tape = try Parser(limits: limits).tape(of: UnsafeBufferPointer(copy))
            text = UnsafeBufferPointer(copy)
        } catch {
            copy.deallocate()
            throw error
        }
    }

    deinit {
        text.deallocate()
        tape.deallocate()
    }

    /// Calls `body` with the value of the text, which must not escape.
    public func withRoot<R, E: Error>(_ body: (Value) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(root)
    }

    /// The value of the text, for callers that keep the document alive while they use the value.
    ///
    /// The value does not retain the document. For a document in a local variable, use ``withRoot(_:)``.
    public var root: Value {
        Value(node: tape.baseAddress.unsafelyUnwrapped, text: text.baseAddress.unsafelyUnwrapped)
    }
}
