/// One step of a base's schema: the SQL that takes a file from the step before to this one.
package struct Migration: Hashable, Sendable {
    /// What the step is remembered by in the file: its file's name without `.up.sql`, such as `0001_person`.
    package let name: String
    /// One or more SQL statements, run in one transaction.
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}
