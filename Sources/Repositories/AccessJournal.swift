import Bureau

/// Where accesses to the bases B and C are recorded before they are answered: on this machine, until base A's audit
/// log has them.
///
/// A record is appended as its line. The journal chains the lines, so that none is lost, altered or moved unnoticed.
public protocol AccessJournal: Sendable {
    /// Appends lines, which outlive the end of the process from then on. Throws `journalUnavailable`, and has appended
    /// none.
    func append(_ lines: [[UInt8]]) throws(StoreError)

    /// Returns once all lines that were appended before outlive the end of the machine, too. They do within a second
    /// when nobody asks.
    func sync() async throws(StoreError)

    /// Closes the journal's file when it has lines, takes hold of files of processes that have ended, and names all
    /// closed files that are still there.
    func closedFiles() async -> [String]

    /// Gives `take` the lines of a closed file in their order, as many at a time as a megabyte holds: a second of many
    /// accesses has tens of megabytes. What `take` throws ends it.
    ///
    /// Returns whether the chain holds to the end; no line is given from the first on that does not fit it. A last line
    /// that was cut by the end of its process was never answered, and breaks no chain.
    func read(
        _ file: String, _ take: (_ lines: [[UInt8]]) async throws(StoreError) -> Void
    ) async throws(StoreError) -> Bool

    /// Names files that somebody has removed although the audit log does not have their lines; `setAside` ends that.
    func missingFiles() -> [String]

    /// Whether somebody has removed a closed file. Its lines are read all the same while this process lives.
    func isRemoved(_ file: String) -> Bool

    /// Removes a closed file whose lines the audit log has.
    func remove(_ file: String)

    /// Keeps a closed file whose chain is broken under another name, where it is not read again.
    func setAside(_ file: String)

    /// What the audit log does not have yet.
    var backlog: JournalBacklog { get }
}

extension AccessJournal {
    public var backlog: JournalBacklog { JournalBacklog() }

    public func missingFiles() -> [String] { [] }

    public func isRemoved(_ file: String) -> Bool { false }
}

/// What lies in a journal, because base A's audit log does not have it yet.
public struct JournalBacklog: Hashable, Sendable {
    /// The records of this process.
    public var records: Int
    /// The bytes of all processes of this machine, as of the last look at the folder.
    public var bytes: Int
    /// The age of the oldest record of this process; zero without any.
    public var age: Duration

    public init(records: Int = 0, bytes: Int = 0, age: Duration = .zero) {
        self.records = records
        self.bytes = bytes
        self.age = age
    }
}
