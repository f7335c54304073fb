/// A value with one canonical text, read from and written as UTF-8 bytes.
///
/// Reading is strict: what is not a form that the type names is refused, never repaired. Writing then reading gives
/// the same value.
package protocol TextValue: Sendable, Hashable {
    /// Reads the whole of `text`; nil when it is not an accepted form. The bytes are not kept.
    init?(_ text: UnsafeBufferPointer<UInt8>)

    /// Lends the canonical text to `body`, without an allocation. The pointer is not valid after `body` returns.
    ///
    /// The types that are written most make it inlinable: unspecialised, it looks up generic metadata for each text.
    func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R
}

extension TextValue {
    /// Reads the UTF-8 form of `text`; nil when it is not an accepted form.
    package init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ Self($0) }) else { return nil }
        self = value
    }

    /// The canonical text.
    package var text: String {
        withText { String(decoding: $0, as: UTF8.self) }
    }
}

extension TextValue where Self: RawRepresentable, RawValue == String {
    /// Reads the raw value of a closed list of ASCII names; nil for any other text.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        // Swift compares strings by canonical equivalence, under which U+212A (Kelvin) is the letter K; the wire
        // compares bytes.
        guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.init(rawValue: String(decoding: text, as: UTF8.self))
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var name = rawValue
        return name.withUTF8(body)
    }
}
