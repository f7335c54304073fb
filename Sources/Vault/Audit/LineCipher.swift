import Bureau
import COpenSSL

/// Seals the lines of the audit log for the store, and opens them; for one thread at a time.
///
/// AES-256 in counter mode (NIST SP 800-38A §6.5), whose first block is the first half of the line's MAC: as in SIV
/// (RFC 5297), no two lines share a key stream, because each holds an identifier of its own. The MAC proves the line.
struct LineCipher: ~Copyable {
    /// What a sealed line begins with. A line of an earlier version is not sealed, and begins with a brace.
    private static let format: UInt8 = 1
    private static let blockBytes = 16

    private let context: OpaquePointer

    init(_ key: SecretKey, _ algorithms: Algorithms) throws(VaultError) {
        context = try Algorithms.context(of: algorithms.counterCipher, under: key)
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// The line as the store has it.
    func seal(_ line: [UInt8], mac: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 1 + line.count) { sealed, count in
            sealed[0] = Self.format
            line.withUnsafeBufferPointer { turn($0, mac, into: UnsafeMutableBufferPointer(rebasing: sealed[1...])) }
            count = 1 + line.count
        }
    }

    /// The line that was sealed; the line itself where it is not sealed.
    func open(_ sealed: [UInt8], mac: [UInt8]) -> [UInt8] {
        guard sealed.first == Self.format, mac.count >= Self.blockBytes else { return sealed }
        return [UInt8](unsafeUninitializedCapacity: sealed.count - 1) { line, count in
            sealed.withUnsafeBufferPointer { turn(UnsafeBufferPointer(rebasing: $0[1...]), mac, into: line) }
            count = sealed.count - 1
        }
    }

    /// Adds the key stream, which seals and opens alike.
    private func turn(
        _ input: UnsafeBufferPointer<UInt8>, _ mac: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>
    ) {
        guard !input.isEmpty else { return }
        var written: Int32 = 0
        let isTurned =
            EVP_CipherInit_ex2(context, nil, nil, mac, 1, nil) == 1
            && EVP_CipherUpdate(context, output.baseAddress, &written, input.baseAddress, Int32(input.count)) == 1
        // A context that has its key and takes any length has nothing to refuse.
        precondition(isTurned && Int(written) == input.count)
    }
}
