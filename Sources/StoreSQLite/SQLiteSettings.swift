import Bureau
import Repositories

/// What differs between the bases in how SQLite treats their files.
struct SQLiteSettings: Sendable {
    /// When a commit waits for the disk.
    enum Durability: String {
        /// Every commit is on the disk when its call returns: a power cut loses nothing.
        case powerCut = "FULL"
        /// Every commit is in the system's hands when its call returns: the death of the process, at any moment, loses
        /// nothing; a power cut may lose the last moments, but never damages the file.
        case processDeath = "NORMAL"
    }

    let durability: Durability
    /// Overwrites what is deleted with zeros, so that the file does not keep what a subject had erased.
    let erasesDeleted: Bool
    /// How long a call waits for another process that is writing, before it is `unavailable`.
    let busyTimeoutMilliseconds: Int

    init(_ base: Base, busyTimeoutMilliseconds: Int) {
        durability = base == .c ? .processDeath : .powerCut
        erasesDeleted = base != .c
        self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    }
}
