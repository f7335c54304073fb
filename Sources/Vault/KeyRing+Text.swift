import Bureau
import COpenSSL

/// The text of a key ring's file: a version line, the base, the first token key, and one line for each further token key
/// and each wrapping key.
///
/// These lines are in any order. Every line ends in LF. Lines that begin with `#` are comments, allowed anywhere
/// but in the first line.
extension KeyRing {
    private static let versionLine = "creditd key ring 1"

    /// Reads a ring of this base. The caller wipes `text`.
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
        var tokenKeys: [UInt8: TokenKey] = [:]
        while let line = try lines.nextBeyondComments() {
            if line.rest(after: "token ") != nil {
                guard let (number, key) = line.tokenKey else { throw .malformed(line: line.number, .tokenKey) }
                guard tokenKeys.updateValue(key, forKey: number) == nil else {
                    throw .malformed(line: line.number, .repeatedNumber)
                }
                continue
            }
            guard let (number, secret) = line.wrappingKey else { throw .malformed(line: line.number, .wrap) }
            guard wrapping.updateValue(secret, forKey: number) == nil else {
                throw .malformed(line: line.number, .repeatedNumber)
            }
        }
        guard
            let ring = KeyRing(base: base, tokenSecret: token, tokenKeys: tokenKeys, wrappingSecrets: wrapping)
        else {
            throw lines.missing
        }
        self = ring
    }

    /// Lends the ring's text to `body` and wipes it afterwards.
    func withText<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var text: [UInt8] = []
        // Growing the array would leave copies in memory that are not wiped.
        text.reserveCapacity(KeyRing.maximumFileBytes)
        defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        text += "\(KeyRing.versionLine)\n".utf8
        text += "# The secret keys of base \(base.rawValue). Keep this file private, and a copy of it safe: ".utf8
        text += "without it the base cannot be read.\n".utf8
        text += "base \(base.rawValue)\n".utf8
        text += "token ".utf8
        tokenSecret.appendHexadecimal(to: &text)
        for (number, key) in tokenKeys.sorted(by: { $0.key < $1.key }) {
            text += "\ntoken \(number) ".utf8
            key.secret.appendHexadecimal(to: &text)
            text += " \(key.since.text)\(key.isComplete ? " complete" : "")".utf8
        }
        for (number, secret) in wrappingSecrets.sorted(by: { $0.key < $1.key }) {
            text += "\nwrap \(number) ".utf8
            secret.appendHexadecimal(to: &text)
        }
        text += "\n".utf8
        return try text.withUnsafeBufferPointer { (text) throws(E) in try body(UnsafeRawBufferPointer(text)) }
    }
}

/// A reader of the lines of a key ring's file.
private struct KeyRingLines {
    /// One line, without its LF.
    struct Line {
        let number: Int
        let text: Slice<UnsafeRawBufferPointer>

        /// Returns the text after a keyword; nil when the line begins otherwise.
        func rest(after keyword: String) -> Slice<UnsafeRawBufferPointer>? {
            text.starts(with: keyword.utf8) ? text.dropFirst(keyword.utf8.count) : nil
        }

        /// The number and key of a `wrap` line; nil for another line.
        var wrappingKey: (UInt32, SecretKey)? {
            guard let rest = rest(after: "wrap ") else { return nil }
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let digits = String(decoding: rest[..<space], as: UTF8.self)
            // Each number has one spelling, although UInt32 also reads "+1" and "01".
            guard let number = UInt32(digits), number > 0, String(number) == digits else { return nil }
            return SecretKey(hexadecimal: rest[(space + 1)...]).map { (number, $0) }
        }

        /// The number and key of a further `token` line; nil for another line.
        var tokenKey: (UInt8, KeyRing.TokenKey)? {
            guard let rest = rest(after: "token ") else { return nil }
            let parts = rest.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard 3...4 ~= parts.count else { return nil }
            let digits = String(decoding: parts[0], as: UTF8.self)
            guard let number = UInt8(digits), number > 0, String(number) == digits,
                let secret = SecretKey(hexadecimal: parts[1]),
                let since = Instant(String(decoding: parts[2], as: UTF8.self)),
                parts.count == 3 || parts[3].elementsEqual("complete".utf8)
            else { return nil }
            return (number, KeyRing.TokenKey(secret: secret, since: since, isComplete: parts.count == 4))
        }
    }

    private var rest: Slice<UnsafeRawBufferPointer>
    private var number = 0

    init(_ text: UnsafeRawBufferPointer) {
        rest = text[...]
    }

    /// The error of a file that ends too early, at the missing line.
    var missing: KeyRingError { .malformed(line: number + 1, .missing) }

    /// Returns the next line; nil at the end. Refuses a line without LF, because it was cut.
    mutating func next() throws(KeyRingError) -> Line? {
        guard !rest.isEmpty else { return nil }
        number += 1
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw .malformed(line: number, .cut) }
        defer { rest = rest[(end + 1)...] }
        return Line(number: number, text: rest[..<end])
    }

    /// Returns the next line that is not a comment; nil at the end.
    mutating func nextBeyondComments() throws(KeyRingError) -> Line? {
        while let line = try next() {
            if line.text.first != UInt8(ascii: "#") { return line }
        }
        return nil
    }
}
