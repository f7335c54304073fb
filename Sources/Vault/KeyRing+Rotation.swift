import Bureau
import Glibc
import Platform
import Synchronization

extension KeyRing {
    /// The numbers of the wrapping keys, in their order; the last one wraps new data keys.
    public var wrappingKeyNumbers: [UInt32] { wrappingSecrets.keys.sorted() }

    /// The number of the newest token key; 0 is the first one.
    public var newestTokenKey: UInt8 { tokenKeys.keys.max() ?? 0 }

    /// Adds a new random wrapping key, which wraps all data keys from then on, to the ring at `path`.
    ///
    /// The file is replaced as a whole, under a lock that other rotations take, and is flushed to the disk when the
    /// call returns. Comments in the file go.
    public static func rotate(
        at path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        try change(at: path, base: base, isMounted: isMounted, provider) { (ring) throws(KeyRingError) in
            guard ring.newestWrappingKey < .max else { throw .randomness }
            ring.wrappingSecrets[ring.newestWrappingKey + 1] = try newSecret()
        }
    }

    /// Takes a wrapping key out of the ring at `path`; what it has wrapped can never be opened again.
    ///
    /// Throws `notRetirable` for the newest key and for a number that the ring does not have.
    public static func retire(
        _ number: UInt32, at path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        try change(at: path, base: base, isMounted: isMounted, provider) { (ring) throws(KeyRingError) in
            guard number != ring.newestWrappingKey, ring.wrappingSecrets.removeValue(forKey: number) != nil else {
                throw .notRetirable(number)
            }
        }
    }

    /// Adds a new random token key to the ring at `path`, which makes the tokens from `since` on.
    ///
    /// Throws `tokensAreMoving` while subjects may be kept under tokens of the key before the newest one.
    public static func addTokenKey(
        since: Instant, at path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        try change(at: path, base: base, isMounted: isMounted, provider) { (ring) throws(KeyRingError) in
            guard ring.tokenKeys.values.allSatisfy(\.isComplete) else { throw .tokensAreMoving }
            let newest = ring.newestTokenKey
            guard newest < .max else { throw .tooManyTokenKeys }
            ring.tokenKeys[newest + 1] = TokenKey(secret: try newSecret(), since: since, isComplete: false)
        }
    }

    /// Notes in the ring at `path` that nothing is kept under tokens of former keys any more.
    public static func completeTokenKey(
        at path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        try change(at: path, base: base, isMounted: isMounted, provider) { (ring) throws(KeyRingError) in
            guard let newest = ring.tokenKeys.keys.max() else { throw .noTokenKey }
            ring.tokenKeys[newest]?.isComplete = true
        }
    }

    private static func newSecret() throws(KeyRingError) -> SecretKey {
        do throws(VaultError) {
            return try SecretKey(writtenBy: RandomBytes.draw)
        } catch {
            throw .randomness
        }
    }

    /// Puts a ring back at `path` as it was read before.
    public func restore(at path: String, provider: KeyRingProvider = .file) throws(KeyRingError) {
        try withText { (text) throws(KeyRingError) in
            try provider.wrap(text) { (file) throws(KeyRingError) in try KeyRingFile.replace(path, with: file) }
        }
    }

    private static func change(
        at path: String, base: Base, isMounted: Bool, _ provider: KeyRingProvider,
        _ change: (inout KeyRing) throws(KeyRingError) -> Void
    ) throws(KeyRingError) -> KeyRing {
        try KeyRingFile.withLock(besides: path) { () throws(KeyRingError) in
            let ring = try load(from: path, base: base, isMounted: isMounted, provider: provider)
            // Replacing a link would leave the file that it leads to as it is.
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile }
            var draft = ring
            try change(&draft)
            guard
                let changed = KeyRing(
                    base: base, tokenSecret: draft.tokenSecret, tokenKeys: draft.tokenKeys,
                    wrappingSecrets: draft.wrappingSecrets)
            else { throw .randomness }
            try changed.withText { (text) throws(KeyRingError) in
                try provider.wrap(text) { (file) throws(KeyRingError) in
                    guard file.count <= maximumFileBytes else { throw .tooLong }
                    try KeyRingFile.replace(path, with: file)
                }
            }
            return changed
        }
    }
}

/// A ring's file, read again when it is another one than the last time.
public final class KeyRingWatch: Sendable {
    /// What tells a replaced file from the former one.
    private struct Stamp: Equatable {
        let device: UInt
        let inode: UInt
        let seconds: Int
        let nanoseconds: Int
        let size: Int

        /// Nil when there is no file.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            seconds = Int(status.st_mtim.tv_sec)
            nanoseconds = Int(status.st_mtim.tv_nsec)
            size = Int(status.st_size)
        }
    }

    private let path: String
    private let base: Base
    private let isMounted: Bool
    private let provider: KeyRingProvider
    private let last: Mutex<Stamp?>

    /// Notes the file as it is now; the ring is to be read afterwards.
    public init(_ path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file) {
        self.provider = provider
        self.path = path
        self.base = base
        self.isMounted = isMounted
        last = Mutex(Stamp(path))
    }

    /// Reads the ring when its file has changed; nil otherwise, and when it cannot be read.
    public func readIfChanged() -> KeyRing? {
        last.withLock { last in
            guard let stamp = Stamp(path), stamp != last,
                let ring = try? KeyRing.load(from: path, base: base, isMounted: isMounted, provider: provider)
            else { return nil }
            last = stamp
            return ring
        }
    }
}
