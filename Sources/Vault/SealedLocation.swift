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
