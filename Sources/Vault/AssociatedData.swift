import Bureau

/// The bytes that a cipher authenticates beside the plaintext (NIST SP 800-38D §5.2.1.1), as a list of parts.
///
/// Each part follows its length as 4 big-endian bytes, so that two different lists never give the same bytes.
struct AssociatedData {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(256)
    }

    /// Becomes the place of a sealed value; memory is kept from one value to the next.
    mutating func describe(_ location: Location) {
        start("creditd/value/1", base: location.base, subject: location.subject)
        append(location.table)
        append(location.column)
        location.row.withUnsafeBytes { append($0) }
        append(location.generation)
    }

    /// Becomes the place of a wrapped data key.
    mutating func describe(wrappingKey number: UInt32, base: Base, subject: SubjectToken, generation: UInt32) {
        start("creditd/data-key/1", base: base, subject: subject)
        append(number)
        append(generation)
    }

    private mutating func start(_ use: String, base: Base, subject: SubjectToken) {
        bytes.removeAll(keepingCapacity: true)
        append(use)
        append(base.rawValue)
        subject.withBytes { append($0) }
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    private mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { append($0) }
    }

    private mutating func append(_ part: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: part)
    }
}
