import ArgumentParser
import Glibc
import Importing
import JSONRPC

/// How a file is read, and what becomes of its rows.
struct ImportOptions: ParsableArguments {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case ndjson, csv
    }

    @Option(
        help: ArgumentHelp(
            "By default as the file's suffix says: .csv, .ndjson, .jsonl or .json; stdin is NDJSON.",
            valueName: "ndjson|csv"))
    var format: Format?

    @Option(
        help: ArgumentHelp(
            "The member that a column is, or a row's member by another name; may be repeated. Nothing behind the = "
                + "leaves the column out.", valueName: "column=member"),
        transform: MappedName.init)
    var map: [MappedName] = []

    @Flag(help: "Check every row by schema and rules, ask no store and write no record.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Write a JSON line for each rejected row: line, reason, pointer and what is accepted; never a value.",
            valueName: "file"))
    var rejects: String?

    @Option(
        help: ArgumentHelp(
            "Stop when more rows than this are rejected.",
            discussion: "Up to \(ImportShared.rowsBehindRejects) rows behind are on their way then, and end as usual.",
            valueName: "rows"))
    var maxRejects: Int?

    @Option(
        help: ArgumentHelp(
            "What becomes of a row whose record is there already.", discussion: "Default: fail; update for payments.",
            valueName: "skip|update|fail"))
    var onConflict: ConflictPolicy?

    @Option(help: ArgumentHelp("Keep in this file how far the import is, and go on from there.", valueName: "file"))
    var resume: String?

    @Option(help: ArgumentHelp("How long a store that is away is asked again.", valueName: "time"))
    var retryFor = Timeout(argument: "1m")!

    func validate() throws {
        if let maxRejects, maxRejects < 0 { throw ValidationError("--max-rejects is at least 0.") }
    }

    /// Refuses one file in two roles, by whatever paths it is named.
    func checkFiles(input: String) throws {
        var files = [(role: "the file of rows", place: FilePlace(input == "-" ? "/dev/stdin" : input))]
        if let rejects { files.append(("--rejects", FilePlace(rejects))) }
        if let resume {
            files.append(("--resume", FilePlace(resume)))
            files.append(("the next state of --resume", FilePlace("\(resume).part")))
        }
        for (index, file) in files.enumerated() {
            guard let other = files[..<index].first(where: { $0.place == file.place && $0.place != .device }) else {
                continue
            }
            throw ValidationError("\(other.role) and \(file.role) are one file.")
        }
    }

    /// The format of a file, by the option or else by its suffix.
    func format(of file: String) throws -> Format {
        if let format { return format }
        if file == "-" { return .ndjson }
        switch file.split(separator: ".").last?.lowercased() {
        case "csv": return .csv
        case "ndjson", "jsonl", "json": return .ndjson
        default: throw ValidationError("The file's suffix tells no format: say --format ndjson or --format csv.")
        }
    }

    /// The members that names of the file stand for; nil for a name that is left out.
    func maps(_ members: RowMembers) throws -> [String: RowMembers.Member?] {
        var maps: [String: RowMembers.Member?] = [:]
        for name in map {
            guard let wanted = name.member else {
                maps[name.name] = .some(nil)
                continue
            }
            guard let member = members.member(named: wanted) else {
                throw ValidationError("--map: \(Self.unknown(wanted, members))")
            }
            maps[name.name] = member
        }
        return maps
    }

    /// Says that a name is no member, and which may be meant.
    static func unknown(_ name: String, _ members: RowMembers) -> String {
        let names = members.members.map(\.name)
        let near = Suggestion.nearest(to: Array(name.utf8), among: names.map { Array($0.utf8) })
        return "there is no member \(name)" + (near.map { "; did you mean \(names[$0])?" } ?? ".")
    }
}

/// Where a path leads.
private enum FilePlace: Equatable {
    case file(device: UInt, number: UInt)
    /// No file yet: the folder that it will be in, and its name.
    case name(folder: String, name: String)
    /// A pipe, a device or a folder, which is not overwritten.
    case device

    init(_ path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            let isFile = status.st_mode & S_IFMT == S_IFREG
            self = isFile ? .file(device: status.st_dev, number: status.st_ino) : .device
            return
        }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "."
        let found = realpath(folder, nil)
        defer { free(found) }
        self = .name(
            folder: found.map { String(cString: $0) } ?? folder,
            name: slash.map { String(path[path.index(after: $0)...]) } ?? path)
    }
}

/// A name of the file, and the member that it stands for: `taxpayer=cpf`.
struct MappedName {
    let name: String
    /// Nil when the name is left out.
    let member: String?

    init(_ argument: String) throws {
        guard let equals = argument.lastIndex(of: "="), equals > argument.startIndex else {
            throw ValidationError("It takes column=member.")
        }
        name = String(argument[..<equals])
        let member = String(argument[argument.index(after: equals)...])
        self.member = member.isEmpty ? nil : member
    }
}
