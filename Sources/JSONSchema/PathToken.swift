import JSON

/// One reference token of the path to a value or to a keyword.
enum PathToken {
    case keyword(Keyword)
    /// A name that the schema gives.
    case name(UnsafeBufferPointer<UInt8>)
    case index(Int)
    /// A member that the schema does not name, by its key: the name is the user's, and told as `*` unless names are asked
    /// for.
    case unnamed(Value)
    /// A member that is not allowed, by its key: unless names are asked for, the path ends before it.
    case unknown(Value)

    private func text(tellingNames: Bool) -> String? {
        switch self {
        case .keyword(let keyword): keyword.rawValue
        case .name(let bytes): String(decoding: bytes, as: UTF8.self)
        case .index(let index): String(index)
        case .unnamed(let key): tellingNames ? key.string : "*"
        case .unknown(let key): tellingNames ? key.string : nil
        }
    }

    /// The JSON Pointer that these tokens make.
    static func pointer(_ tokens: [PathToken], tellingNames: Bool) -> String {
        tokens.reduce(into: "") { pointer, token in
            if let text = token.text(tellingNames: tellingNames) { pointer += "/" + JSONPointer.escaped(text) }
        }
    }
}
