import Patterns

extension Format {
    /// A JSON Pointer in its string form: RFC 6901 §3.
    package static let jsonPointer = Format(name: "json-pointer") { isJSONPointer($0[...]) }

    /// A relative JSON Pointer, `1/name`, `0#` or `2+1/name`: draft-bhutton-relative-json-pointer-00 §3.
    package static let relativeJSONPointer = Format(name: "relative-json-pointer") { text in
        var reader = DigitReader(text)
        guard reader.takesInteger() else { return false }
        if reader.takes("+", or: "-"), !reader.takesInteger() { return false }
        if reader.takes("#") { return reader.isAtEnd }
        return isJSONPointer(text[reader.position...])
    }

    /// A regular expression of ECMA-262 with its `u` flag, whether or not `pattern` can match it in linear time.
    package static let regex = Format(name: "regex") { Pattern.isValid($0) }

    private static func isJSONPointer(_ part: Part) -> Bool {
        guard part.isEmpty || part.first == UInt8(ascii: "/") else { return false }
        var rest = part
        while let tilde = rest.firstIndex(of: UInt8(ascii: "~")) {
            rest = rest[(tilde + 1)...]
            guard rest.first == UInt8(ascii: "0") || rest.first == UInt8(ascii: "1") else { return false }
        }
        return true
    }
}

extension DigitReader {
    /// Takes a number without leading zeros, however long.
    fileprivate mutating func takesInteger() -> Bool {
        takes("0") || takeRun(of: .digits) > 0
    }
}
