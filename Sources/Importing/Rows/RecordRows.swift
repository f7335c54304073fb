import JSON
import Tables

/// Reads a CSV file with a header (RFC 4180): each record becomes the params of a request.
public final class RecordRows: ImportRows {
    private var reader: CSVReader
    private let plan: ColumnPlan
    private var parser = Parser(limits: RowLimits.parser)
    private var scratch = Writer()

    public private(set) var line = 1
    public var lastLine: Int { reader.lastLine }
    public var position: Int { reader.position }
    public var lacksLineEnd: Bool { reader.lacksLineEnd }

    /// Reads the header. `maps` names columns, and the member that each is; nil leaves the column out.
    public init(
        members: RowMembers, maps: [String: String?], reading source: @escaping CSVReader.Source
    ) throws(ColumnError) {
        do throws(CSVError) {
            reader = try CSVReader(maximumRecordBytes: RowLimits.maximumRowBytes, reading: source)
        } catch {
            if case .duplicateColumn(let name) = error {
                // Without a header it may be somebody's name.
                throw .duplicateColumn(maps[name] == nil && members.member(named: name) == nil ? nil : name)
            }
            throw .unreadable(error)
        }
        plan = try Self.plan(of: reader.columns, members, maps)
    }

    public func pass(to position: Int, lastLine: Int) throws(CSVError) -> Bool {
        try reader.pass(to: position, line: lastLine)
    }

    public func next(into params: inout Writer) throws(CSVError) -> RowFinding? {
        do throws(CSVError) {
            guard try reader.next() else { return nil }
        } catch {
            switch error {
            case .wrongFieldCount(let line, _, _):
                self.line = line
                return .refused(RowRefusal(reason: "wrong_field_count"))
            case .brokenQuotes(let line), .recordTooLong(let line, _):
                self.line = line
                try reader.skipLine()
                let isLong = if case .recordTooLong = error { true } else { false }
                return .refused(RowRefusal(reason: isLong ? "line_too_long" : "broken_quotes"))
            default: throw error
            }
        }
        line = reader.line
        scratch.removeAll()
        plan.write(reader, to: &scratch)
        // Fields may hold bytes that are no text.
        let refusal: RowRefusal? = scratch.withBytes { bytes in
            do throws(SyntaxError) {
                params.value(try parser.parse(bytes))
                return nil
            } catch {
                return RowRefusal(reason: error.reason.rawValue)
            }
        }
        return refusal.map { .refused($0) } ?? .params
    }

    private static func plan(
        of columns: [String], _ members: RowMembers, _ maps: [String: String?]
    ) throws(ColumnError) -> ColumnPlan {
        if columns.contains(where: { $0.contains("\0") }) { throw .wideCharacters }
        if columns.count == 1, let only = columns.first {
            for (separator, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")] where only.contains(separator)
            {
                throw .otherSeparator(name)
            }
        }
        for name in maps.keys.sorted() where !columns.contains(name) {
            throw .mapsUnknownColumn(name)
        }
        var plan = ColumnPlan()
        var taken: [[String]] = []
        // Without a CPF the first line may be no header but somebody's record.
        let names = columns.compactMap { column in maps[column] ?? column }
        guard names.contains("cpf") else { throw .noHeader }
        for (index, column) in columns.enumerated() {
            guard let name = maps[column] ?? column else { continue }
            guard let member = members.member(named: name) else { throw .unknownColumn(number: index + 1, name: name) }
            guard !taken.contains(where: { $0.starts(with: member.path) || member.path.starts(with: $0) }) else {
                throw .memberTwice(name)
            }
            taken.append(member.path)
            plan.add(column: index, member)
        }
        return plan
    }
}

/// What is wrong with the header of a CSV file.
public enum ColumnError: Error, Equatable, Sendable {
    /// No column is the CPF, so that the first line may be somebody's record: nothing of it is told.
    case noHeader
    /// Two columns have the same name, which is told when it is a member's or one of `--map`.
    case duplicateColumn(String?)
    /// The columns are not separated by commas but by these.
    case otherSeparator(String)
    /// The text is UTF-16 or UTF-32.
    case wideCharacters
    case unknownColumn(number: Int, name: String)
    /// A name of `--map` that no column has.
    case mapsUnknownColumn(String)
    /// Two columns are one member, or a member and a part of it.
    case memberTwice(String)
    case unreadable(CSVError)
}
