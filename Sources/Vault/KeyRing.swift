import Bureau
import Glibc

/// One base's secret keys: a first token key, which stays for ever, numbered token keys and numbered wrapping keys.
///
/// The highest number wraps new data keys, or makes tokens. A rotation adds a line with the next number to the ring's
/// file, and keeps the older keys for what they have wrapped and made. The vault derives a key for each use from these
/// secrets, and never uses a secret itself.
public struct KeyRing: Sendable, CustomStringConvertible, CustomReflectable {
    /// A token key beside the first one.
    struct TokenKey: Sendable {
        let secret: SecretKey
        /// The time from which on it makes the tokens.
        let since: Instant
        /// Whether nothing is left under tokens of the key before it.
        var isComplete: Bool
    }

    public let base: Base
    let tokenSecret: SecretKey
    var tokenKeys: [UInt8: TokenKey]
    var wrappingSecrets: [UInt32: SecretKey]
    let newestWrappingKey: UInt32

    /// Nil without a wrapping key.
    init?(
        base: Base, tokenSecret: SecretKey, tokenKeys: [UInt8: TokenKey] = [:], wrappingSecrets: [UInt32: SecretKey]
    ) {
        guard let newest = wrappingSecrets.keys.max() else { return nil }
        self.base = base
        self.tokenSecret = tokenSecret
        self.tokenKeys = tokenKeys
        self.wrappingSecrets = wrappingSecrets
        newestWrappingKey = newest
    }

    /// The base and the number of its newest wrapping key.
    public var description: String {
        "KeyRing(base \(base.rawValue), newest wrapping key \(newestWrappingKey))"
    }

    /// A mirror without children, so that `dump` and test output show no more than the description.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension KeyRing {
    /// The longest accepted file: 64 KiB, which has room for about 800 wrapping keys.
    public static let maximumFileBytes = 1 << 16

    /// Reads the ring of this base from its file.
    ///
    /// Refuses what is not regular, a file of another user, a mode looser than 0600, the ring of another base, and
    /// malformed text. A mounted secret may be a symbolic link, belong to root, and be read by the group.
    public static func load(
        from path: String, base: Base, isMounted: Bool = false, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        let file = try KeyRingFile(reading: path, isMounted: isMounted)
        return try file.withContent { (content) throws(KeyRingError) in
            try provider.unwrap(content) { (text) throws(KeyRingError) in try KeyRing(text: text, base: base) }
        }
    }

    /// Makes a ring of new random keys and writes it with mode 0600; its folder must exist.
    ///
    /// The file survives a crash of the machine once the call has returned. A crash before leaves no ring, and perhaps
    /// a temporary file (`path`, a dot and a suffix), which you may delete. Throws `alreadyExists` instead of
    /// overwriting a file.
    public static func create(
        at path: String, base: Base, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        let ring = try KeyRing(randomFor: base)
        try ring.withText { (text) throws(KeyRingError) in
            try provider.wrap(text) { (file) throws(KeyRingError) in try KeyRingFile.write(file, to: path) }
        }
        return ring
    }

    /// Reads the ring at `path`, or makes it when there is no file.
    ///
    /// Daemons that start at the same time share the same keys: one makes the file, and the others read it.
    public static func loadOrCreate(
        at path: String, base: Base, provider: KeyRingProvider = .file
    ) throws(KeyRingError) -> KeyRing {
        do {
            return try loadDurable(from: path, base: base, provider)
        } catch KeyRingError.notFound {
            do {
                return try create(at: path, base: base, provider: provider)
            } catch KeyRingError.alreadyExists {
                return try loadDurable(from: path, base: base, provider)
            }
        }
    }

    /// Reads a ring and flushes its folder, because another daemon may have made the file just now.
    ///
    /// No value sealed with a ring may survive a crash that loses the ring's file.
    private static func loadDurable(
        from path: String, base: Base, _ provider: KeyRingProvider
    ) throws(KeyRingError) -> KeyRing {
        let ring = try load(from: path, base: base, provider: provider)
        try KeyRingFile.flushFolder(of: path)
        return ring
    }

    private init(randomFor base: Base) throws(KeyRingError) {
        do throws(VaultError) {
            tokenSecret = try SecretKey(writtenBy: RandomBytes.draw)
            tokenKeys = [:]
            wrappingSecrets = [1: try SecretKey(writtenBy: RandomBytes.draw)]
            newestWrappingKey = 1
            self.base = base
        } catch {
            throw .randomness
        }
    }
}

/// The reason why a key ring cannot be read or made; no case holds a path or any content of the file.
public enum KeyRingError: Error, Hashable, CustomStringConvertible {
    case notFound
    /// A file exists, and is never overwritten.
    case alreadyExists
    /// The file is a symbolic link, folder, pipe or device.
    case notRegularFile
    /// The file belongs to another user than the process.
    case notOwned
    /// The mode allows more than reading and writing by the owner.
    case looseMode(UInt32)
    /// The ring belongs to this other base.
    case wrongBase(Base)
    /// A line, counted from 1, has another shape than expected.
    case malformed(line: Int, Fault)
    /// The file is longer than `KeyRing.maximumFileBytes`.
    case tooLong
    /// A system call failed with this `errno`.
    case system(call: String, code: Int32)
    /// The random generator failed, and no ring was made.
    case randomness
    /// The file holds a ring that a program has wrapped, and no program is named.
    case needsProvider
    /// A program is named, and the file holds a ring that none has wrapped.
    case notWrapped
    /// The program that wraps and unwraps the ring did not end well within half a minute.
    case providerFailed
    /// The ring has no wrapping key of this number, or it is the newest one.
    case notRetirable(UInt32)
    /// Subjects may still be kept under tokens of the key before the newest one.
    case tokensAreMoving
    /// The ring has no token key beside the first one, or has had as many as there may be.
    case noTokenKey
    case tooManyTokenKeys

    /// The fault of a line.
    public enum Fault: String, Sendable {
        case version = "the file must begin with the line \"creditd key ring 1\""
        case base = "\"base A\", \"base B\" or \"base C\" is due"
        case token = "\"token\" and 64 lower-case hexadecimal digits are due"
        case wrap = "\"wrap\", a number from 1 and 64 lower-case hexadecimal digits are due"
        case tokenKey =
            "\"token\", a number from 1 to 255, 64 lower-case hexadecimal digits, a time and maybe \"complete\" are due"
        case repeatedNumber = "this number belongs to an earlier key"
        case cut = "the line does not end in a line feed"
        case wrapped = "base64 and a line feed are due, and nothing else"
        case missing = "the file ends before its first wrapping key"
    }

    public var description: String {
        switch self {
        case .notFound: "there is no key ring"
        case .alreadyExists: "there is a key ring already"
        case .notRegularFile: "the key ring is not a regular file"
        case .notOwned: "the key ring belongs to another user"
        case .looseMode(let mode): "the key ring has mode 0\(String(mode, radix: 8)), which lets others read it"
        case .wrongBase(let base): "the key ring is of base \(base.rawValue)"
        case .malformed(let line, let fault): "line \(line) of the key ring: \(fault.rawValue)"
        case .tooLong: "the key ring is longer than \(KeyRing.maximumFileBytes) bytes"
        case .system(let call, let code): "\(call) of the key ring failed: \(String(cString: strerror(code)))"
        case .randomness: "the random generator failed"
        case .needsProvider: "the key ring is wrapped; name the program that unwraps it (--key-provider-a, -b, -c)"
        case .notWrapped: "the key ring is not wrapped by the program that is named for it"
        case .providerFailed: "the program that wraps and unwraps the key ring failed, or took half a minute"
        case .tokensAreMoving: "the key ring has a token key already to which subjects are still to be moved"
        case .noTokenKey: "the key ring has no second token key"
        case .tooManyTokenKeys: "the key ring has 255 token keys, and takes no more"
        case .notRetirable(let number): "the key ring has no wrapping key \(number), or no newer one"
        }
    }
}
