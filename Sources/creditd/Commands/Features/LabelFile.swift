import Bureau
import FoundationEssentials
import Glibc
import Platform
import Services
import Tables

/// Reads a file of labels: CSV with the columns `cpf`, `bad` and perhaps `asOf`.
enum LabelFile {
    /// Reads all labels. An error tells the line, and no value of it.
    static func read(_ path: String, now: Instant) throws -> [SubjectLabel] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            throw StartFailure(
                status: ExitStatus.noInput, message: "the labels cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(number) }
        do {
            return try labels(FileDescriptor(number), now)
        } catch let error as CSVError {
            throw StartFailure(status: ExitStatus.wrongData, message: "the labels: \(error)")
        }
    }

    private static func labels(_ file: FileDescriptor, _ now: Instant) throws -> [SubjectLabel] {
        var reader = try CSVReader { file.read(into: $0) }
        let cpf = try reader.column("cpf")
        let bad = try reader.column("bad")
        let asOf = reader.columns.firstIndex(of: "asOf")
        var labels: [SubjectLabel] = []
        while try reader.next() {
            let instant = asOf.map { reader[$0] }.flatMap { $0.isMissing ? nil : $0.text }
            guard let cpf = Self.cpf(reader[cpf].text) else { throw wrong(reader.line, "the CPF") }
            let isBad: Bool
            switch reader[bad].text {
            case "0": isBad = false
            case "1": isBad = true
            default: throw wrong(reader.line, "bad, which is 0 or 1,")
            }
            var time: Instant?
            if let instant {
                time = ExtractionOptions.instant(instant)
                guard let time, time <= now else { throw wrong(reader.line, "asOf") }
            }
            labels.append(SubjectLabel(cpf: cpf, asOf: time, isBad: isBad))
        }
        return labels
    }

    /// Reads a CPF, also one whose leading zeros a spreadsheet has taken.
    private static func cpf(_ text: String) -> CPF? {
        let missing = 11 - text.utf8.count
        return CPF(missing > 0 ? String(repeating: "0", count: missing) + text : text)
    }

    private static func wrong(_ line: Int, _ what: String) -> StartFailure {
        StartFailure(status: ExitStatus.wrongData, message: "line \(line) of the labels: \(what) is wrong")
    }
}
