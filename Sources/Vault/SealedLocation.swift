import Bureau

/// The location of a sealed value in its base; the value opens nowhere else.
public struct SealedLocation: Hashable, Sendable {
    public let base: Base
    /// The table, named by this program and never by a user.
    public let table: String
    /// The column, named by this program and never by a user.
    public let column: String
    public let subject: SubjectToken
    /// The key of the row among the subject's rows, such as a debt's 16-byte id; empty in a table of one row a subject.
    public let row: LocationOctets
    /// The generation of the subject's data key.
    public let generation: UInt32
    /// What the value goes with: its record's version, or what lies beside it in plain. Values of the first format were
    /// sealed without it.
    public let record: LocationOctets

    public init(
        base: Base, table: String, column: String, subject: SubjectToken, row: [UInt8] = [], generation: UInt32,
        record: [UInt8] = []
    ) {
        self.init(
            base: base, table: table, column: column, subject: subject, row: LocationOctets(row),
            generation: generation, record: LocationOctets(record))
    }

    public init(
        base: Base, table: String, column: String, subject: SubjectToken, row: LocationOctets, generation: UInt32,
        record: LocationOctets
    ) {
        self.record = record
        self.base = base
        self.table = table
        self.column = column
        self.subject = subject
        self.row = row
        self.generation = generation
    }

    /// The same location of a value that another data key of the subject seals.
    func ofGeneration(_ generation: UInt32) -> SealedLocation {
        SealedLocation(
            base: base, table: table, column: column, subject: subject, row: row, generation: generation,
            record: record)
    }
}

/// The bytes that a cipher authenticates in addition to the plaintext (NIST SP 800-38D §5.2.1.1), as a list of parts.
///
/// The length of each part precedes it as 4 big-endian bytes, so that different lists never have the same bytes.
struct AssociatedData {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(256)
    }

    /// Describes the location of a sealed value. The memory is reused from one value to the next.
    ///
    /// `subject` is always the subject's token of the first key, so that what is sealed opens whatever key makes the
    /// tokens.
    mutating func describe(_ location: SealedLocation, of subject: SubjectToken, format: UInt8 = Sealed.format) {
        start(
            format == Sealed.firstFormat ? "creditd/value/1" : "creditd/value/2", base: location.base,
            subject: subject)
        append(location.table)
        append(location.column)
        location.row.withBytes { append($0) }
        append(location.generation)
        if format != Sealed.firstFormat { location.record.withBytes { append($0) } }
    }

    /// Describes a wrapped data key.
    mutating func describe(wrappingKey number: UInt32, base: Base, subject: SubjectToken, generation: UInt32) {
        start("creditd/data-key/1", base: base, subject: subject)
        append(number)
        append(generation)
    }

    /// Describes a note, which is named by `row` in its store.
    mutating func describe(note use: NoteUse, base: Base, row: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        append("creditd/note/1")
        append(base.rawValue)
        append(use.rawValue)
        row.withUnsafeBytes { append($0) }
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
