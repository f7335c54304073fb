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
        case .missing(let leaf, let hash): try put([("missing", "\(leaf)"), ("hash", hash.bytes.base64)])
        case .dropped(let tile, let root): try put([("dropped", "\(tile)"), ("root", root.bytes.base64)])
        case .head(let note): try put([("head", String(decoding: note, as: UTF8.self))])
        case .stray(let record): try put([("stray", String(decoding: record.line, as: UTF8.self))])
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

/// The text of an export, to be verified.
struct ExportText {
    private let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    /// The key that the export names.
    var key: String? {
        let line = text.prefix { $0 != UInt8(ascii: "\n") }
        return (try? Document(Array(line))).flatMap { $0.withRoot { $0["key"]?.string } }
    }

    /// Computes the tree from the records and checks it against every head.
    func verdict(by verifier: HeadVerifier, witnessed: [[UInt8]]) -> AuditVerdict {
        let lines = text.split(separator: UInt8(ascii: "\n"))
        let others = lines.filter { !Self.isRecord($0) }.compactMap { try? Document(Array($0)) }
        let notes = Set(witnessed + others.compactMap { $0.withRoot { $0["head"]?.string } }.map { Array($0.utf8) })
        let heads = notes.compactMap(verifier.head)
        var checker = LeafChecker(heads: heads)
        for _ in heads.count..<notes.count { checker.note(AuditFinding(.forgedHead)) }
        for line in lines {
            if Self.isRecord(line) {
                checker.add(.leaf(line))
            } else if let document = try? Document(Array(line)) {
                document.withRoot { Self.add($0, to: &checker) }
            } else {
                checker.note(AuditFinding(.inserted, leaf: checker.size))
            }
        }
        checker.end(signed: heads.map(\.size).max() ?? 0)
        return AuditVerdict(
            size: checker.size, records: checker.records, heads: heads.count, findings: checker.findings)
    }

    /// A record begins with its identifier, and nothing else does.
    private static func isRecord(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: #"{"id":"#.utf8) }

    private static func add(_ value: Value, to checker: inout LeafChecker) {
        func hash(_ name: StaticString) -> TreeHash? {
            value[name]?.string.flatMap { Array($0.utf8).fromBase64 }.flatMap { TreeHash(bytes: $0) }
        }
        if let root = hash("root"), let tile = value["dropped"]?.string,
            Int64(tile).map({ $0 * AuditEdge.tileWidth }) == checker.size
        {
            checker.addDropped(root)
        } else if let hash = hash("hash"), value["missing"] != nil {
            checker.note(AuditFinding(.removed, leaf: checker.size))
            checker.add(hash, isRecord: false)
        } else if let line = value["stray"]?.string {
            checker.note(AuditFinding(.inserted, recordID: AuditRecord(line: Array(line.utf8))?.recordID))
        }
    }
}
