/// A text of XML 1.0, as it is written: elements on lines of their own, indented.
struct XMLText {
    private(set) var bytes: [UInt8] = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    private var depth = 0

    /// Appends an element with its attributes, without those that are nil.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) throws(PMMLError) {
        try begin(name, attributes)
        append("/>\n")
    }

    /// Appends an element with its attributes and its content.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String?> = [:],
        _ content: (inout XMLText) throws(PMMLError) -> Void
    ) throws(PMMLError) {
        try begin(name, attributes)
        append(">\n")
        depth += 1
        try content(&self)
        depth -= 1
        indent()
        append("</\(name)>\n")
    }

    /// Appends an element that has a text.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String?>, text: String
    ) throws(PMMLError) {
        try begin(name, attributes)
        append(">")
        try appendEscaped(text)
        append("</\(name)>\n")
    }

    private mutating func begin(
        _ name: String, _ attributes: KeyValuePairs<String, String?>
    ) throws(PMMLError) {
        indent()
        append("<\(name)")
        for case (let key, let value?) in attributes {
            append(" \(key)=\"")
            try appendEscaped(value)
            append("\"")
        }
    }

    private mutating func indent() { bytes.append(contentsOf: repeatElement(UInt8(ascii: "\t"), count: depth)) }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Appends a text so that a reader has the same characters: it would make line breaks and tabs of an attribute
    /// blanks (XML 1.0 §3.3.3).
    private mutating func appendEscaped(_ text: String) throws(PMMLError) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": append("&amp;")
            case "<": append("&lt;")
            case ">": append("&gt;")
            case "\"": append("&quot;")
            case "\t", "\n", "\r": append("&#\(scalar.value);")
            case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": throw .notInXML(text)
            default: append(String(scalar))
            }
        }
    }
}
