extension Value {
    /// The six kinds of RFC 8259 §3, with `true` and `false` apart.
    public enum Kind: UInt8, Sendable {
        case null, `false`, `true`, number, string, array, object

        @usableFromInline var tag: UInt32 { UInt32(rawValue) }
    }
}
