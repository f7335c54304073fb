import Encodings
import Glibc
import Repositories
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

    /// Reads a file's text.
    mutating func content(of text: [UInt8]) -> JournalContent {
        text.withUnsafeBufferPointer { content(of: $0) }
    }

    private mutating func content(of text: UnsafeBufferPointer<UInt8>) -> JournalContent {
        var lines: [[UInt8]] = []
        var rest = text
        // Files have millions of bytes, so that each line's end is looked for by the C library.
        while let start = rest.baseAddress, let end = memchr(start, Int32(UInt8(ascii: "\n")), rest.count) {
            let count = start.distance(to: end.assumingMemoryBound(to: UInt8.self))
            let part = UnsafeBufferPointer(rebasing: rest[..<count])
            rest = UnsafeBufferPointer(rebasing: rest[(count + 1)...])
            guard count > Self.linkDigits, part[Self.linkDigits] == UInt8(ascii: " ") else {
                return JournalContent(lines: lines, isIntact: false)
            }
            let line = Array(part[(Self.linkDigits + 1)...])
            link = keys.journalLink(after: link, line)
            guard part[..<Self.linkDigits].elementsEqual(Hexadecimal.text(of: link).utf8) else {
                return JournalContent(lines: lines, isIntact: false)
            }
            lines.append(line)
        }
        return JournalContent(lines: lines, isIntact: true)
    }
}
