import JSON

/// `enum` or `const`: the values that a value may equal (validation §6.1.2, §6.1.3).
struct ValueRule {
    let keyword: Keyword
    let values: UnsafeBufferPointer<Value>

    /// The values for people.
    var accepted: String {
        let texts = values.map(\.textForPeople)
        return keyword == .const ? texts.joined() : "one of " + texts.joined(separator: ", ")
    }
}

extension Value {
    /// A value of a schema as a message shows it: a string as it reads, everything else as JSON.
    var textForPeople: String { string ?? String(decoding: rawText, as: UTF8.self) }
}
