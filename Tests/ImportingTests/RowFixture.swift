import Importing
import JSON
import Tables
import Testing

/// A contract as small as can be, and rows read with it.
enum RowFixture {
    static let files = [
        "rpc/person.create.json":
            #"{"params":{"type":"object","properties":{"cpf":{"$ref":"../types/cpf.json"},"age":{"type":"integer"},"#
            + #""alive":{"type":"boolean"},"address":{"$ref":"../types/address.json"},"#
            + #""debts":{"type":"array","items":{}}}}}"#,
        "types/cpf.json": #"{"type":"string"}"#,
        "types/address.json": #"{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}"#,
    ]

    static func members(of kind: ImportKind = .persons) throws -> RowMembers {
        try #require(RowMembers(of: kind) { path in files[path].map { Array($0.utf8) } })
    }

    /// Gives bytes in pieces of at most `pieceBytes`.
    static func source(_ bytes: [UInt8], pieceBytes: Int = .max) -> CSVReader.Source {
        var rest = bytes[...]
        return { buffer in
            let piece = rest.prefix(min(pieceBytes, buffer.count))
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }

    /// Every row as its line and its params, or `!` and the reason why it has none.
    static func all(_ rows: any ImportRows) throws -> [String] {
        var found: [String] = []
        var params = Writer()
        while let finding = try rows.next(into: &params) {
            switch finding {
            case .params: found.append("\(rows.line) \(String(decoding: params.bytes, as: UTF8.self))")
            case .refused(let refusal): found.append("\(rows.line) !\(refusal.first.reason)")
            }
            params.removeAll()
        }
        return found
    }

    static func records(
        _ text: String, maps: [String: String?] = [:], pieceBytes: Int = .max
    ) throws -> RecordRows {
        try RecordRows(members: members(), maps: maps, reading: source(Array(text.utf8), pieceBytes: pieceBytes))
    }

    static func lines(
        _ bytes: [UInt8], _ kind: ImportKind = .persons, maps: [String: [String]?] = [:],
        maximumRowBytes: Int = 1 << 20,
        pieceBytes: Int = .max
    ) -> LineRows {
        LineRows(
            renaming: RowRenaming(kind, maps: maps), maximumRowBytes: maximumRowBytes,
            reading: source(bytes, pieceBytes: pieceBytes))
    }
}
