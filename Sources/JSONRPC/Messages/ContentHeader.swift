import JSON

/// The header with which LSP's base protocol (LSP 3.17) frames its messages. This wire has none, but clients that were
/// written for LSP send it and are told so.
public enum ContentHeader {
    /// The reason of the error for such a line.
    public static let reason = "content_length_framing"

    private static let names: [StaticString] = ["content-length:", "content-type:"]

    /// Whether a line holds a header field from `offset` on, or from its start: a message of LSP has no line end, so
    /// that the next header follows it on one line.
    static func begins(_ line: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        names.contains { isPrefix($0, of: line[...]) || isPrefix($0, of: line.dropFirst(offset)) }
    }

    /// Compares without regard to the case of letters.
    private static func isPrefix(_ name: StaticString, of text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard text.count >= name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            for (byte, expected) in zip(text, name) where byte | 0x20 != expected { return false }
            return true
        }
    }
}

extension Failure {
    /// The error for a line that is no JSON text, and perhaps a header.
    init(_ error: SyntaxError, isHeader: Bool) {
        let offset = Detail.integer("offset", Int64(error.offset))
        if isHeader {
            self.init(
                .parseError, reason: ContentHeader.reason,
                message: "A message is one JSON text on a line that a newline ends, without a header before it.",
                details: [offset])
        } else {
            self.init(.parseError, reason: error.reason.rawValue, details: [offset])
        }
    }
}
