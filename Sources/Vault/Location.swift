import Bureau

/// The one place where a sealed value belongs; it opens nowhere else.
package struct Location: Hashable, Sendable {
    /// The base that holds the value.
    package let base: Base
    /// The table, a name of the program's own and never of a user's.
    package let table: String
    /// The column, a name of the program's own and never of a user's.
    package let column: String
    /// Whose value it is.
    package let subject: SubjectToken
    /// What tells apart the subject's rows in that table, such as a debt's 16-byte id; empty where there is only one.
    package let row: [UInt8]
    /// The generation of the data key that seals the value.
    package let generation: UInt32

    /// Names a place.
    package init(
        base: Base, table: String, column: String, subject: SubjectToken, row: [UInt8] = [], generation: UInt32
    ) {
        self.base = base
        self.table = table
        self.column = column
        self.subject = subject
        self.row = row
        self.generation = generation
    }
}
