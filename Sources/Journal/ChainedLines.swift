import Encodings
import Glibc
import Vault

/// The text of a journal file: a line for each record, behind the link that chains it to the line before.
///
/// A link is a MAC under a key of base A's ring over the link before and the record's line; the first one follows the
/// file's name. Whoever can write the file and has no ring can cut its end off, and alter nothing.
struct ChainedLines {
    private static let linkDigits = 64

    private let keys: AuditKeys
    private(set) var link: [UInt8]

    init(file name: String, keys: AuditKeys) {
        self.keys = keys
        link = keys.journalLink(after: [], Array("creditd audit journal \(name)".utf8))
    }

    /// Appends lines to `text` and moves on to the last one's link.
    mutating func append(_ lines: [[UInt8]], to text: inout [UInt8]) {
        for line in lines {
            link = keys.journalLink(after: link, line)
            link.withUnsafeBytes { Hexadecimal.append($0, to: &text) }
            text.append(UInt8(ascii: " "))
            text += line
            text.append(UInt8(ascii: "\n"))
        }
    }

    /// Takes the whole lines at the beginning of `text` that fit the chain, and moves on to the last one's link.
    mutating func take(
        from text: UnsafeBufferPointer<UInt8>
    ) -> (lines: [[UInt8]], byteCount: Int, isIntact: Bool) {
        var lines: [[UInt8]] = []
        var rest = text
        // Files have millions of bytes, so that each line's end is looked for by the C library.
        while let start = rest.baseAddress, let end = memchr(start, Int32(UInt8(ascii: "\n")), rest.count) {
            let count = start.distance(to: end.assumingMemoryBound(to: UInt8.self))
            let part = UnsafeBufferPointer(rebasing: rest[..<count])
            guard let line = line(of: part) else { return (lines, text.count - rest.count, false) }
            lines.append(line)
            rest = UnsafeBufferPointer(rebasing: rest[(count + 1)...])
        }
        return (lines, text.count - rest.count, true)
    }

    /// The record's line behind its link; nil where the link is not the next one of the chain.
    private mutating func line(of part: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard part.count > Self.linkDigits, part[Self.linkDigits] == UInt8(ascii: " ") else { return nil }
        let line = Array(part[(Self.linkDigits + 1)...])
        link = keys.journalLink(after: link, line)
        return part[..<Self.linkDigits].elementsEqual(Hexadecimal.text(of: link).utf8) ? line : nil
    }
}
