import Bureau

/// Where accesses to the bases B and C are recorded before they are answered: on this machine, until base A's audit
/// log has them.
///
/// A record is appended as its line. The journal chains the lines, so that none is lost, altered or moved unnoticed.
package protocol AccessJournal: Sendable {
    /// Appends lines, which outlive the end of the process from then on. Throws `journalUnavailable`, and has appended
    /// none.
    func append(_ lines: [[UInt8]]) throws(StoreError)

    /// Returns once all lines that were appended before outlive the end of the machine, too. They do within a second
    /// when nobody asks.
    func sync() async throws(StoreError)

    /// Closes the journal's file when it has lines, takes hold of files of processes that have ended, and names all
    /// closed files that are still there.
    func closedFiles() async -> [String]

    /// Reads a closed file.
    func content(of file: String) -> JournalContent

    /// Removes a closed file whose lines the audit log has.
    func remove(_ file: String)

    /// Keeps a closed file whose chain is broken under another name, where it is not read again.
    func setAside(_ file: String)

    /// What the audit log does not have yet.
    var backlog: JournalBacklog { get }
}

extension AccessJournal {
    package var backlog: JournalBacklog { JournalBacklog() }
}

/// What lies in a journal, because base A's audit log does not have it yet.
package struct JournalBacklog: Hashable, Sendable {
    /// The records of this process.
    package var records: Int
    /// The bytes of all processes of this machine, as of the last look at the folder.
    package var bytes: Int
    /// The age of the oldest record of this process; zero without any.
    package var age: Duration

    package init(records: Int = 0, bytes: Int = 0, age: Duration = .zero) {
        self.records = records
        self.bytes = bytes
        self.age = age
    }
}

/// The lines of a closed file of a journal.
package struct JournalContent: Hashable, Sendable {
    /// The lines up to the first that does not fit the chain.
    package var lines: [[UInt8]]
    /// Whether the chain holds to the end. A last line that was cut by the end of its process was never answered, and
    /// breaks no chain.
    package var isIntact: Bool

    package init(lines: [[UInt8]], isIntact: Bool) {
        self.lines = lines
        self.isIntact = isIntact
    }
}
