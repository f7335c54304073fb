import Bureau
import COpenSSL

/// The text of a key ring's file: a version line, the base, the token key, then one line for each wrapping key in any
/// order. Every line ends in LF; lines that begin with `#` are comments and may stand anywhere but first.
extension KeyRing {
    private static let versionLine = "creditd key ring 1"

    /// Reads a ring of this base; `text` stays the caller's to wipe.
    init(text: UnsafeRawBufferPointer, base: Base) throws(KeyRingError) {
        var lines = KeyRingLines(text)
        guard let first = try lines.next(), first.text.elementsEqual(KeyRing.versionLine.utf8) else {
            throw .malformed(line: 1, .version)
        }
        guard let second = try lines.nextBeyondComments() else { throw lines.missing }
        guard let name = second.rest(after: "base "), let found = Base(rawValue: String(decoding: name, as: UTF8.self))
        else { throw .malformed(line: second.number, .base) }
        guard found == base else { throw .wrongBase(found) }
        guard let third = try lines.nextBeyondComments() else { throw lines.missing }
        guard let digits = third.rest(after: "token "), let token = SecretKey(hexadecimal: digits) else {
            throw .malformed(line: third.number, .token)
        }
        var wrapping: [UInt32: SecretKey] = [:]
        while let line = try lines.nextBeyondComments() {
            guard let (number, secret) = line.wrappingKey else { throw .malformed(line: line.number, .wrap) }
            guard wrapping.updateValue(secret, forKey: number) == nil else {
                throw .malformed(line: line.number, .repeatedNumber)
            }
        }
        guard let ring = KeyRing(base: base, tokenSecret: token, wrappingSecrets: wrapping) else {
            throw lines.missing
        }
        self = ring
    }

    /// Lends the ring's text to `body` and wipes it afterwards.
    func withText<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var text: [UInt8] = []
        // Growing would leave copies behind that nobody wipes.
        text.reserveCapacity(KeyRing.maximumFileBytes)
        defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        text += "\(KeyRing.versionLine)\n".utf8
        text += "# The secret keys of base \(base.rawValue). Keep this file private, and a copy of it safe: ".utf8
        text += "without it the base cannot be read.\n".utf8
        text += "base \(base.rawValue)\n".utf8
        text += "token ".utf8
        tokenSecret.appendHexadecimal(to: &text)
        for (number, secret) in wrappingSecrets.sorted(by: { $0.key < $1.key }) {
            text += "\nwrap \(number) ".utf8
            secret.appendHexadecimal(to: &text)
        }
        text += "\n".utf8
        return try text.withUnsafeBufferPointer { (text) throws(E) in try body(UnsafeRawBufferPointer(text)) }
    }
}
