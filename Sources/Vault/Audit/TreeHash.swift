import COpenSSL

/// A hash of the audit log's tree: 32 bytes of SHA-256 (RFC 6962 §2.1).
public struct TreeHash: Hashable, Sendable {
    public static let byteCount = 32

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Copies exactly 32 bytes; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// A placeholder of zeros, which is the hash of nothing.
    static let zero = TreeHash()

    private init() {}

    private init(of parts: UnsafeRawBufferPointer...) {
        var context = SHA256_CTX()
        creditd_sha256_init(&context)
        for part in parts { creditd_sha256_update(&context, part.baseAddress, part.count) }
        withUnsafeMutableBytes(of: &words) { creditd_sha256_final($0.baseAddress, &context) }
    }

    /// The hash of a tree without leaves: SHA-256 of nothing.
    public static let empty = TreeHash(of: UnsafeRawBufferPointer(start: nil, count: 0))

    /// The hash of a leaf: SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: some Collection<UInt8>) -> TreeHash {
        entry.withContiguousStorageIfAvailable { leaf(UnsafeRawBufferPointer($0)) } ?? leaf(Array(entry))
    }

    /// The hash of a leaf, without a copy of it.
    public static func leaf(_ entry: UnsafeRawBufferPointer) -> TreeHash {
        withUnsafeBytes(of: UInt8(0x00)) { TreeHash(of: $0, entry) }
    }

    /// The hash of a node over its two children: SHA-256(0x01 ‖ left ‖ right).
    public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        withUnsafeBytes(of: UInt8(0x01)) { prefix in
            left.withBytes { left in right.withBytes { right in TreeHash(of: prefix, left, right) } }
        }
    }

    /// Lends the 32 bytes to `body`, which must not keep them.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withUnsafeBytes(of: words, body)
    }

    public var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    public static func == (one: TreeHash, other: TreeHash) -> Bool { one.words == other.words }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension [TreeHash] {
    /// Reads hashes that lie one after the other; nil when the last one is cut.
    public init?(joined bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: TreeHash.byteCount) else { return nil }
        self = stride(from: 0, to: bytes.count, by: TreeHash.byteCount).compactMap { start in
            TreeHash(bytes: bytes[start..<start + TreeHash.byteCount])
        }
    }

    /// The hashes one after the other.
    public var joined: [UInt8] { flatMap(\.bytes) }
}
