import Bureau
import Glibc
import Platform
import Synchronization

extension KeyRing {
    /// The numbers of the wrapping keys, in their order; the last one wraps new data keys.
    package var wrappingKeyNumbers: [UInt32] { wrappingSecrets.keys.sorted() }

    /// Adds a new random wrapping key, which wraps all data keys from then on, to the ring at `path`.
    ///
    /// The file is replaced as a whole, under a lock that other rotations take, and is flushed to the disk when the
    /// call returns. Comments in the file go.
    package static func rotate(
        at path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        try change(at: path, base: base, isMounted: isMounted, provider) { (ring) throws(KeyRingError) in
            guard ring.newestWrappingKey < .max else { throw .randomness }
            var secrets = ring.wrappingSecrets
            do throws(VaultError) {
                secrets[ring.newestWrappingKey + 1] = try SecretKey(writtenBy: RandomBytes.draw)
            } catch {
                throw .randomness
            }
            return secrets
        }
    }

    /// Takes a wrapping key out of the ring at `path`; what it has wrapped can never be opened again.
    ///
    /// Throws `notRetirable` for the newest key and for a number that the ring does not have.
    package static func retire(
        _ number: UInt32, at path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        try change(at: path, base: base, isMounted: isMounted, provider) { (ring) throws(KeyRingError) in
            var secrets = ring.wrappingSecrets
            guard number != ring.newestWrappingKey, secrets.removeValue(forKey: number) != nil else {
                throw .notRetirable(number)
            }
            return secrets
        }
    }

    /// Puts a ring back at `path` as it was read before.
    package func restore(at path: String, provider: KeyRingProvider = .file) throws(KeyRingError) {
        try withText { (text) throws(KeyRingError) in
            try provider.wrap(text) { (file) throws(KeyRingError) in try KeyRingFile.replace(path, with: file) }
        }
    }

    private static func change(
        at path: String, base: Base, isMounted: Bool, _ provider: KeyRingProvider,
        _ change: (KeyRing) throws(KeyRingError) -> [UInt32: SecretKey]
    ) throws(KeyRingError) -> KeyRing {
        try KeyRingFile.withLock(besides: path) { () throws(KeyRingError) in
            let ring = try load(from: path, base: base, isMounted: isMounted, provider: provider)
            // Replacing a link would leave the file that it leads to as it is.
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile }
            let secrets = try change(ring)
            guard let changed = KeyRing(base: base, tokenSecret: ring.tokenSecret, wrappingSecrets: secrets) else {
                throw .randomness
            }
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
package final class KeyRingWatch: Sendable {
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
    package init(_ path: String, base: Base, isMounted: Bool, provider: KeyRingProvider = .file) {
        self.provider = provider
        self.path = path
        self.base = base
        self.isMounted = isMounted
        last = Mutex(Stamp(path))
    }

    /// Reads the ring when its file has changed; nil otherwise, and when it cannot be read.
    package func readIfChanged() -> KeyRing? {
        last.withLock { last in
            guard let stamp = Stamp(path), stamp != last,
                let ring = try? KeyRing.load(from: path, base: base, isMounted: isMounted, provider: provider)
            else { return nil }
            last = stamp
            return ring
        }
    }
}
