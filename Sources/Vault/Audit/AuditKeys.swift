import Bureau
import COpenSSL
import Encodings
import Platform

/// The keys of the audit log, from a base's ring: one makes records authentic, one seals them for the store, one chains a
/// journal, one signs heads.
///
/// They come from the ring's token secret, so that they stay the same when wrapping keys are added.
public final class AuditKeys: Sendable, CustomStringConvertible {
    private let recordKey: SecretKey
    private let lineKey: SecretKey
    private let journalKey: SecretKey
    private let headKey: SecretKey
    private let algorithms: Algorithms
    /// Signs nothing; tells whether a head was signed by this log.
    public let verifier: HeadVerifier

    init(ring: KeyRing, _ derivation: KeyDerivation) throws(VaultError) {
        let base = ring.base.rawValue
        recordKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/audit-record/1")
        lineKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/audit-line/1")
        journalKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/audit-journal/1")
        headKey = try derivation.key(from: ring.tokenSecret, info: "creditd/\(base)/audit-head/1")
        algorithms = derivation.algorithms
        let key = try SigningKey(seed: headKey)
        verifier = try HeadVerifier(publicKey: key.publicKey())
        // Finds an incomplete OpenSSL provider now.
        _ = try LineCipher(lineKey, algorithms)
    }

    /// Makes records authentic and seals them: each becomes what a store has of it.
    public func lines(of records: [AuditRecord]) -> [AuditLine] {
        sealed(records.lazy.map { ($0.recordID, $0.at, $0.line) })
    }

    /// Makes records of writes authentic and seals them.
    public func lines(of records: [WriteRecord]) -> [AuditLine] {
        sealed(records.lazy.map { ($0.recordID, $0.at, $0.line) })
    }

    /// Makes records of tombstones authentic and seals them.
    public func lines(of records: [TombstoneRecord]) -> [AuditLine] {
        sealed(records.lazy.map { ($0.recordID, $0.at, $0.line) })
    }

    /// Makes a record of writes authentic and seals it.
    public func line(of record: WriteRecord) -> AuditLine {
        sealed(CollectionOfOne((record.recordID, record.at, record.line)))[0]
    }

    /// Makes the lines of a journal whose chain holds authentic, without those that are no records. They are not
    /// sealed yet, and tell their exact time.
    public func lines(ofJournal lines: some Sequence<[UInt8]>) -> [AuditLine] {
        authentic(lines.lazy.compactMap { line in AuditRecord.beginning(of: line).map { ($0.recordID, $0.at, line) } })
    }

    private func sealed(_ records: some Sequence<(RecordID, Instant, [UInt8])>) -> [AuditLine] {
        sealed(authentic(records))
    }

    private func authentic(_ records: some Sequence<(RecordID, Instant, [UInt8])>) -> [AuditLine] {
        let hash = recordKey.withBytes { KeyedHash(key: $0) }
        return records.map { recordID, at, line in
            LoneWork.giveWay()
            return AuditLine(recordID: recordID, at: at, line: line, mac: Self.mac(of: line, by: hash))
        }
    }

    /// Seals authentic lines: each becomes what a store has of it.
    public func sealed(_ lines: [AuditLine]) -> [AuditLine] {
        withCipher { cipher in
            lines.map { line in
                LoneWork.giveWay()
                var sealed = line
                sealed.at = line.at.startOfDay
                sealed.line = cipher.seal(line.line, mac: line.mac)
                return sealed
            }
        }
    }

    /// Opens lines, which then tell their exact time, unless the time beside a line is of another day. What was altered
    /// gives a line that is not authentic.
    public func opened(_ lines: [AuditLine]) -> [AuditLine] {
        withCipher { cipher in
            lines.map { line in
                LoneWork.giveWay()
                var opened = line
                opened.line = cipher.open(line.line, mac: line.mac)
                if let (_, at) = AuditRecord.beginning(of: opened.line), at.startOfDay == line.at { opened.at = at }
                return opened
            }
        }
    }

    private func withCipher<R>(_ body: (borrowing LineCipher) -> R) -> R {
        // `init` made a cipher too, so only memory can be lacking, and Swift itself ends the process then.
        guard let cipher = try? LineCipher(lineKey, algorithms) else { preconditionFailure("no cipher could be made") }
        return body(cipher)
    }

    /// Whether each opened line was made by a process with this ring.
    public func areAuthentic(_ lines: [AuditLine]) -> [Bool] {
        let hash = recordKey.withBytes { KeyedHash(key: $0) }
        return lines.map { line in
            LoneWork.giveWay()
            return Self.mac(of: line.line, by: hash) == line.mac
        }
    }

    /// The next link of a journal's chain: a MAC over the link before and a line.
    public func journalLink(after link: [UInt8], _ line: [UInt8]) -> [UInt8] {
        Self.mac(of: link + line, by: journalKey.withBytes { KeyedHash(key: $0) })
    }

    /// Notes that whole tiles were dropped by retention.
    public func segmentMAC(firstTile: Int64, pastTile: Int64) -> [UInt8] {
        let text = Array("creditd audit segment \(firstTile) \(pastTile)".utf8)
        return Self.mac(of: text, by: recordKey.withBytes { KeyedHash(key: $0) })
    }

    /// The signed note of a head (C2SP tlog-checkpoint, signed-note): Ed25519 over origin, size and root.
    public func sign(size: UInt64, root: TreeHash) throws(VaultError) -> [UInt8] {
        let head = TreeHead(origin: verifier.name, size: size, root: root)
        return verifier.note(head, signature: try SigningKey(seed: headKey).sign(head.text))
    }

    /// The name alone.
    public var description: String { "AuditKeys(\(verifier.name))" }

    private static func mac(of message: [UInt8], by hash: borrowing KeyedHash) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: AuditLine.macByteCount)
        message.withUnsafeBytes { message in mac.withUnsafeMutableBytes { hash.hash(message, into: $0) } }
        return mac
    }
}

/// A head of the audit log: how many leaves its tree has, and its root (C2SP tlog-checkpoint).
public struct TreeHead: Hashable, Sendable {
    public var origin: String
    public var size: UInt64
    public var root: TreeHash

    /// The three lines that are signed.
    var text: [UInt8] {
        Array("\(origin)\n\(size)\n\(root.bytes.base64)\n".utf8)
    }
}

/// What tells whether a head was signed by a log: its name and public key, which may be known to everybody.
public struct HeadVerifier: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The origin of the heads and the name of the key.
    public let name: String
    private let publicKey: [UInt8]

    private static let algorithm: UInt8 = 0x01
    private static let signatureStart = "\u{2014} "

    init(publicKey: [UInt8]) throws(VaultError) {
        self.publicKey = publicKey
        name = "creditd-audit-" + Hexadecimal.text(of: Array(TreeHash.leaf(publicKey).bytes.prefix(4)))
    }

    /// Reads the form of C2SP signed-note: name, key hash and key, with plus signs between.
    public init?(text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Array(parts[2].utf8).fromBase64, key.count == 33, key[0] == Self.algorithm
        else { return nil }
        name = String(parts[0])
        publicKey = Array(key.dropFirst())
        guard self.text == text else { return nil }
    }

    /// The key as verifiers of signed notes take it.
    public var text: String {
        "\(name)+\(Hexadecimal.text(of: keyHash))+\(([Self.algorithm] + publicKey).base64)"
    }

    public var description: String { text }

    /// A mirror without children, because the description says all.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The four bytes by which a signature names its key.
    private var keyHash: [UInt8] {
        Array(SHA256Digest.of(Array("\(name)\n".utf8) + [Self.algorithm] + publicKey).prefix(4))
    }

    func note(_ head: TreeHead, signature: [UInt8]) -> [UInt8] {
        head.text + Array("\n\(Self.signatureStart)\(name) \((keyHash + signature).base64)\n".utf8)
    }

    /// Reads a note and its head; nil when it has another form, or no signature of this key that holds.
    public func head(of note: [UInt8]) -> TreeHead? {
        guard let text = String(validating: note, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[3].isEmpty, lines[5].isEmpty, let size = UInt64(lines[1]),
            let bytes = Array(lines[2].utf8).fromBase64, let root = TreeHash(bytes: bytes)
        else { return nil }
        let start = "\(Self.signatureStart)\(name) "
        let head = TreeHead(origin: String(lines[0]), size: size, root: root)
        guard head.origin == name, lines[4].hasPrefix(start),
            let signature = Array(lines[4].dropFirst(start.count).utf8).fromBase64, signature.count == 68,
            Array(signature.prefix(4)) == keyHash,
            SigningKey.verifies(Array(signature.dropFirst(4)), of: head.text, by: publicKey),
            self.note(head, signature: Array(signature.dropFirst(4))) == note
        else { return nil }
        return head
    }
}

/// An Ed25519 key pair (RFC 8032) in OpenSSL's hands.
private struct SigningKey: ~Copyable {
    private let key: OpaquePointer

    init(seed: SecretKey) throws(VaultError) {
        let key = seed.withBytes { EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, $0.bytePointer, $0.count) }
        guard let key else { throw .lastOfLibrary() }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    func publicKey() throws(VaultError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == 32 else { throw .lastOfLibrary() }
        return bytes
    }

    func sign(_ message: [UInt8]) throws(VaultError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .lastOfLibrary() }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { throw .lastOfLibrary() }
        return signature
    }

    static func verifies(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count),
            let context = EVP_MD_CTX_new()
        else { return false }
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// SHA-256 (FIPS 180-4) of a text.
enum SHA256Digest {
    static func of(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var context = SHA256_CTX()
        creditd_sha256_init(&context)
        creditd_sha256_update(&context, bytes, bytes.count)
        creditd_sha256_final(&digest, &context)
        return digest
    }
}

extension [UInt8] {
    /// The base64 text with padding.
    public var base64: String {
        let count = Base64.encodedCount(self.count)
        return String(unsafeUninitializedCapacity: count) { text in
            if let start = text.baseAddress { withUnsafeBytes { Base64.encode($0, to: start) } }
            return count
        }
    }

    /// The bytes that these base64 letters stand for.
    public var fromBase64: [UInt8]? { withUnsafeBufferPointer { Base64.decode($0) } }
}
