import Bureau

/// Brings one store's schema up and down; what `creditd migrate` works with.
///
/// The functions block, which suits a command line. Only one migrator at a time reads and writes a store's state;
/// a second one waits. Each step is all or nothing where the store can do that.
package protocol Migrator: Sendable {
    /// Every step that is known or applied, in order.
    func status() throws(MigrationError) -> [MigrationState]

    /// Applies the next steps, all of them when `count` is nil; `progress` hears of each before and after.
    func up(_ count: Int?, progress: (MigrationProgress) -> Void) throws(MigrationError)

    /// Takes the last `count` steps back, the newest first.
    func down(_ count: Int, progress: (MigrationProgress) -> Void) throws(MigrationError)
}

/// One step of a store's schema, as its files have it.
package struct MigrationStep: Hashable, Sendable {
    /// The name of its files without `.up.sql`, such as `0001_person`.
    package var name: String
    package var up: String
    package var down: String
    /// SHA-256 of `up`, in hexadecimal.
    package var checksum: String

    package init(name: String, up: String, down: String, checksum: String) {
        self.name = name
        self.up = up
        self.down = down
        self.checksum = checksum
    }
}

/// What a store says of one step.
package struct MigrationState: Hashable, Sendable {
    package var name: String
    /// Nil when it is not applied.
    package var appliedAt: Instant?
    /// The file is no longer the one that was applied.
    package var hasDrifted: Bool
    /// The program has this step; one that only the store knows comes from a newer program.
    package var isKnown: Bool

    package init(name: String, appliedAt: Instant?, hasDrifted: Bool, isKnown: Bool) {
        self.name = name
        self.appliedAt = appliedAt
        self.hasDrifted = hasDrifted
        self.isKnown = isKnown
    }
}

/// A step that begins or has ended.
package enum MigrationProgress: Hashable, Sendable {
    case begins(String)
    case ended(String)
}

/// Why a schema cannot be read or changed. No case holds a value of the store.
package enum MigrationError: Error, Hashable, Sendable {
    /// The store cannot be reached; `reason` is the client's own sentence, without secrets.
    case unreachable(Base, reason: String)
    /// A step that was applied is not the one in the files any more; nothing was changed.
    case drifted(Base, step: String)
    /// The store has a step that the files do not have: a newer program was here.
    case unknownStep(Base, step: String)
    /// A step failed and was undone; `reason` is the store's own sentence.
    case failed(Base, step: String, reason: String)
}
