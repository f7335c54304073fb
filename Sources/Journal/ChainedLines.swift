import Encodings
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
        var lines: [[UInt8]] = []
        var rest = text[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let part = rest[..<end]
            rest = rest[(end + 1)...]
            guard part.count > Self.linkDigits, part[part.startIndex + Self.linkDigits] == UInt8(ascii: " ") else {
                return JournalContent(lines: lines, isIntact: false)
            }
            let line = Array(part.dropFirst(Self.linkDigits + 1))
            link = keys.journalLink(after: link, line)
            guard part.prefix(Self.linkDigits).elementsEqual(Hexadecimal.text(of: link).utf8) else {
                return JournalContent(lines: lines, isIntact: false)
            }
            lines.append(line)
        }
        return JournalContent(lines: lines, isIntact: true)
    }
}
