/// One reference token of the path to a value or to a keyword.
enum PathToken {
    case keyword(Keyword)
    /// A name that the schema gives.
    case name(UnsafeBufferPointer<UInt8>)
    case index(Int)
    /// A member that the schema does not name: its name is the user's, and is not repeated.
    case unnamed

    private var text: String {
        switch self {
        case .keyword(let keyword): keyword.rawValue
        case .name(let bytes): String(decoding: bytes, as: UTF8.self)
        case .index(let index): String(index)
        case .unnamed: "*"
        }
    }

    /// The JSON Pointer that these tokens make.
    static func pointer(_ tokens: [PathToken]) -> String {
        tokens.reduce(into: "") { $0 += "/" + JSONPointer.escaped($1.text) }
    }
}
