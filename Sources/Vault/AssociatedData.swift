import Bureau

/// The bytes that a cipher authenticates in addition to the plaintext (NIST SP 800-38D §5.2.1.1), as a list of parts.
///
/// The length of each part precedes it as 4 big-endian bytes, so that different lists never have the same bytes. The
/// memory is reused from one list to the next, because each value that is sealed or opened has one.
struct AssociatedData: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 1)
    private var count = 0

    deinit {
        memory.deallocate()
    }

    /// The present list, valid until the next one.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Describes the location of a sealed value.
    ///
    /// `subject` is always the subject's token of the first key, so that what is sealed opens whatever key makes the
    /// tokens.
    mutating func describe(_ location: SealedLocation, of subject: SubjectToken, format: UInt8 = Sealed.format) {
        let isFirstFormat = format == Sealed.firstFormat
        start(isFirstFormat ? "creditd/value/1" : "creditd/value/2", base: location.base, subject: subject)
        append(location.table)
        append(location.column)
        location.row.withBytes { append($0) }
        append(location.generation)
        if !isFirstFormat { location.record.withBytes { append($0) } }
    }

    /// Describes a wrapped data key.
    mutating func describe(wrappingKey number: UInt32, base: Base, subject: SubjectToken, generation: UInt32) {
        start("creditd/data-key/1", base: base, subject: subject)
        append(number)
        append(generation)
    }

    /// Describes a note, which is named by `row` in its store.
    mutating func describe(note use: NoteUse, base: Base, row: [UInt8]) {
        count = 0
        append("creditd/note/1")
        append(base.rawValue)
        append(use.rawValue)
        row.withUnsafeBytes { append($0) }
    }

    private mutating func start(_ use: StaticString, base: Base, subject: SubjectToken) {
        count = 0
        append(use)
        append(base.rawValue)
        subject.withBytes { append($0) }
    }

    private mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    private mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { append($0) }
    }

    private mutating func append(_ part: UnsafeRawBufferPointer) {
        let length = MemoryLayout<UInt32>.size
        let end = count + length + part.count
        if end > memory.count { grow(to: end) }
        memory.storeBytes(of: UInt32(part.count).bigEndian, toByteOffset: count, as: UInt32.self)
        UnsafeMutableRawBufferPointer(rebasing: memory[(count + length)..<end]).copyMemory(from: part)
        count = end
    }

    private mutating func grow(to byteCount: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 2 * memory.count), alignment: 1)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }
}
