import Bureau
import JSON

extension Writer {
    /// Appends a value's canonical text as a JSON string.
    mutating func string(_ value: some TextValue) {
        value.withText { string(utf8: $0) }
    }

    mutating func member(_ name: StaticString, _ value: some TextValue) {
        key(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        number(value)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Appends nothing when there is no value.
    mutating func optional(_ name: StaticString, _ value: (some TextValue)?) {
        if let value { member(name, value) }
    }

    /// Appends nothing when there is no value.
    mutating func optional(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    /// Appends bytes that are known to be one JSON value; null when there are none.
    mutating func json(_ bytes: UnsafeBufferPointer<UInt8>?) {
        if let bytes { verbatim(bytes) } else { null() }
    }
}
