import Encodings

extension SubjectToken {
    /// The whole token as the records of writes have it: base64url without padding.
    public var auditText: [UInt8] {
        var text: [UInt8] = []
        appendAuditText(to: &text)
        return text
    }

    func appendAuditText(to line: inout [UInt8]) {
        withBytes { bytes in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Base64.unpaddedCount(bytes.count)) { text in
                if let start = text.baseAddress { Base64.encodeForURL(bytes, to: start) }
                line += text
            }
        }
    }

    /// The same for a person to read.
    public var textOfRecord: String { String(decoding: auditText, as: UTF8.self) }

    /// Reads a token as the records of writes have it.
    init?(auditText text: some Collection<UInt8>) {
        guard let bytes = [UInt8](urlText: text) else { return nil }
        self.init(bytes: bytes)
    }
}

extension [UInt8] {
    /// Decodes base64url without padding.
    init?(urlText text: some Collection<UInt8>) {
        // The standard alphabet with padding, which the decoder takes.
        let standard = text.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        let padded = standard + [UInt8](repeating: UInt8(ascii: "="), count: (4 - standard.count % 4) % 4)
        guard let bytes = padded.withUnsafeBufferPointer({ Base64.decode($0) }) else { return nil }
        self = bytes
    }
}
