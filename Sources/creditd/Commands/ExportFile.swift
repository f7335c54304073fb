import Bureau
import JSON
import Platform
import Repositories
import Services
import Vault

/// Writes an export of the audit log to stdout, in large pieces.
struct ExportFile {
    private static let pieceBytes = 1 << 18

    private var text: [UInt8] = []

    mutating func put(key: String) throws { try put([("key", key)]) }

    mutating func put(_ item: AuditExportItem) throws {
        switch item {
        case .record(let record): try put(record.line)
        case .altered(let leaf, let hash): try put([("altered", "\(leaf)"), ("hash", hash.bytes.base64)])
        case .missing(let leaf, let hash): try put([("missing", "\(leaf)"), ("hash", hash.bytes.base64)])
        case .dropped(let tile, let root): try put([("dropped", "\(tile)"), ("root", root.bytes.base64)])
        case .head(let note): try put([("head", String(decoding: note, as: UTF8.self))])
        case .stray(_, let line?): try put([("stray", String(decoding: line, as: UTF8.self))])
        case .stray(let recordID, nil): try put([("stray", recordID.text)])
        }
    }

    mutating func flush() throws {
        try FileDescriptor(1).put(text)
        text.removeAll(keepingCapacity: true)
    }

    private mutating func put(_ members: [(name: StaticString, value: String)]) throws {
        var writer = Writer()
        writer.object { object in
            for member in members {
                object.key(member.name)
                object.string(member.value)
            }
        }
        try put(writer.take())
    }

    private mutating func put(_ line: [UInt8]) throws {
        text += line
        text.append(UInt8(ascii: "\n"))
        if text.count >= Self.pieceBytes { try flush() }
    }
}
