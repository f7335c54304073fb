import Bureau
import Glibc
import JSON
import Platform
import Repositories
import Services
import Vault

/// Computes the tree from the lines of an export and checks it against every head, line by line, so that memory does
/// not grow with the log.
struct ExportVerification {
    private static let chunkBytes = 1 << 20

    private let verifier: HeadVerifier
    private var checker: LeafChecker
    /// The heads that were met, and how many leaves each is of; nil for one that no key of this log signed.
    private var notes: [[UInt8]: UInt64?]
    private var heads: Int
    /// The leaves of the largest head of the export, and of the witness.
    private var exported: UInt64 = 0
    private let witnessed: UInt64

    private init(_ verifier: HeadVerifier, witnessed: [[UInt8]]) {
        self.verifier = verifier
        notes = [:]
        var known: [TreeHead] = []
        for note in Set(witnessed) {
            let head = verifier.head(of: note)
            notes.updateValue(head?.size, forKey: note)
            if let head { known.append(head) }
        }
        heads = known.count
        self.witnessed = known.map(\.size).max() ?? 0
        checker = LeafChecker(heads: known)
        for _ in known.count..<notes.count { checker.note(AuditFinding(.forgedHead)) }
    }

    /// Reads an export to its end. `verifier` is asked once, with the key that the export names in its first line, and
    /// `witnessed` for that verifier. Nil with `errno` for an error.
    static func verdict(
        of file: FileDescriptor, verifier: (_ own: String) throws -> HeadVerifier,
        witnessed: (HeadVerifier) throws -> [[UInt8]]
    ) throws -> AuditVerdict? {
        var verification: ExportVerification?
        func add(_ line: UnsafeRawBufferPointer) throws {
            if verification == nil {
                guard let own = (try? Document(Array(line))).flatMap({ $0.withRoot { $0["key"]?.string } }) else {
                    throw StartFailure(
                        status: ExitStatus.wrongData, message: "this is no export: its first line names no key of a log"
                    )
                }
                let verifier = try verifier(own)
                verification = ExportVerification(verifier, witnessed: try witnessed(verifier))
            }
            verification?.add(line)
        }
        // The beginning of a line that has not ended yet.
        var rest: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        while true {
            let count = chunk.withUnsafeMutableBytes { file.read(into: $0) }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            try chunk.withUnsafeBytes { bytes in
                var text = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                while let start = text.baseAddress, let end = memchr(start, 0x0A, text.count) {
                    let line = UnsafeRawBufferPointer(rebasing: text[..<(UnsafeRawPointer(end) - start)])
                    text = UnsafeRawBufferPointer(rebasing: text[(line.count + 1)...])
                    if rest.isEmpty {
                        try add(line)
                    } else {
                        rest += line
                        try rest.withUnsafeBytes(add)
                        rest.removeAll(keepingCapacity: true)
                    }
                }
                rest += text
            }
            guard rest.count <= chunkBytes else {
                throw StartFailure(status: ExitStatus.wrongData, message: "a line of the export is too long")
            }
        }
        try rest.withUnsafeBytes(add)
        return verification?.end()
    }

    private mutating func add(_ line: UnsafeRawBufferPointer) {
        if line.isEmpty { return }
        // A record begins with its identifier, and nothing else does.
        if line.starts(with: #"{"id":"#.utf8) {
            checker.add(.leaf(line))
        } else if let document = try? Document(Array(line)) {
            document.withRoot { add($0) }
        } else {
            checker.note(AuditFinding(.inserted, leaf: checker.size))
        }
    }

    private mutating func add(_ value: Value) {
        func hash(_ name: StaticString) -> TreeHash? {
            value[name]?.string.flatMap { Array($0.utf8).fromBase64 }.flatMap { TreeHash(bytes: $0) }
        }
        if let note = value["head"]?.string {
            add(head: Array(note.utf8))
        } else if let root = hash("root"), let tile = value["dropped"]?.string,
            Int64(tile).map({ $0.multipliedReportingOverflow(by: AuditEdge.tileWidth).partialValue }) == checker.size
        {
            checker.addDropped(root)
        } else if let hash = hash("hash"), let kind = Self.kindOfLeaf(value) {
            checker.note(AuditFinding(kind, leaf: checker.size))
            checker.add(hash, isRecord: kind == .altered)
        } else if let line = value["stray"]?.string {
            let recordID = AuditRecord(line: Array(line.utf8))?.recordID ?? RecordID(line)
            checker.note(AuditFinding(.inserted, recordID: recordID))
        }
    }

    /// What is wrong with a leaf of which the export has the hash alone.
    private static func kindOfLeaf(_ value: Value) -> AuditFinding.Kind? {
        if value["altered"] != nil { return .altered }
        return value["missing"] == nil ? nil : .removed
    }

    private mutating func add(head note: [UInt8]) {
        if let known = notes[note] {
            exported = max(exported, known ?? 0)
            return
        }
        let head = verifier.head(of: note)
        notes.updateValue(head?.size, forKey: note)
        guard let head else { return checker.note(AuditFinding(.forgedHead)) }
        exported = max(exported, head.size)
        heads += 1
        checker.pass(head)
    }

    private mutating func end() -> AuditVerdict {
        heads -= checker.endExport(exported)
        return AuditVerdict(
            size: checker.size, records: checker.records, heads: heads, witnessed: Int64(clamping: witnessed),
            findings: checker.findings)
    }
}
