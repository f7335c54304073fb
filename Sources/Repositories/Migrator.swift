import Bureau

/// Brings one store's schema up and down, for `creditd migrate`.
///
/// The functions block, which suits a command line. One migrator at a time changes a store's schema; a second one
/// waits. Each step is all or nothing where the store can do that.
public protocol Migrator: Sendable {
    /// The state of each step that the program or the store has, in order.
    func status() throws(MigrationError) -> [MigrationState]

    /// Applies the next steps, all of them when `count` is nil, and reports each before and after.
    func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError)

    /// Takes the last `count` steps back, the newest first, and reports each before and after.
    func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError)

    /// Gives the daemon's role the rights that the applied steps have given it, and no others; false when the store has
    /// no roles.
    func grant() throws(MigrationError) -> Bool

    /// Has the server end what the other functions have begun there, from any thread; false when nothing has begun.
    func cancel() -> Bool
}

extension Migrator {
    public func grant() throws(MigrationError) -> Bool { false }

    public func cancel() -> Bool { false }
}

/// One step of a store's schema, as its files have it.
public struct MigrationStep: Hashable, Sendable {
    /// The name of its files without `.up.sql`, such as `0001_person`.
    public var name: String
    public var up: String
    /// Empty when there is no file for the way back.
    public var down: String
    /// SHA-256 of `up`, in hexadecimal.
    public var checksum: String

    public init(name: String, up: String, down: String, checksum: String) {
        self.name = name
        self.up = up
        self.down = down
        self.checksum = checksum
    }
}

/// The state of one step.
public struct MigrationState: Hashable, Sendable {
    public var name: String
    /// Nil when the step is not applied.
    public var appliedAt: Instant?
    /// The step was applied from another file than the program's.
    public var hasDrifted: Bool
    /// The program has this step. An unknown step comes from a newer program.
    public var isKnown: Bool
}

/// A step that begins or has ended, or what keeps it waiting.
public enum MigrationProgress: Hashable, Sendable {
    case begins(String)
    case ended(String)
    /// Somebody else holds a lock that is needed. The step is undone and tried again.
    case waitsForLock
}

/// Why a schema cannot be read or changed. No case holds a value of the store.
public enum MigrationError: Error, Hashable, Sendable {
    /// The store cannot be reached; `reason` is the client's own sentence, without secrets.
    case unreachable(Base, reason: String)
    /// The store was reached and refuses; nothing was changed. `reason` is the store's own sentence.
    case refused(Base, reason: String)
    /// A step was applied from another file than the program's; nothing was changed.
    case drifted(Base, step: String)
    /// The store has a step that the program does not have; nothing was changed.
    case unknownStep(Base, step: String)
    /// A step failed and was undone; `reason` is the store's own sentence.
    case failed(Base, step: String, reason: String)
}
