import Bureau
import FoundationEssentials
import Glibc
import Platform
import Services
import Tables

/// Reads a file of labels: CSV with the columns `cpf`, `bad` and perhaps `asOf`.
enum LabelFile {
    /// Reads all labels. An error tells the line, and no value of it.
    ///
    /// `asOf` is the instant of a label without one.
    static func read(_ path: String, asOf: Instant, now: Instant) throws -> [SubjectLabel] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            throw StartFailure(
                status: ExitStatus.noInput, message: "the labels cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(number) }
        do {
            return try labels(FileDescriptor(number), asOf, now)
        } catch let error as CSVError {
            throw StartFailure(status: ExitStatus.wrongData, message: "the labels: \(error)")
        }
    }

    private static func labels(_ file: FileDescriptor, _ asOf: Instant, _ now: Instant) throws -> [SubjectLabel] {
        var reader = try CSVReader { file.read(into: $0) }
        let cpf = try reader.column("cpf")
        let bad = try reader.column("bad")
        let asOfColumn = reader.columns.firstIndex(of: "asOf")
        var labels: [SubjectLabel] = []
        var lines: [LabelPlace: (line: Int, isBad: Bool)] = [:]
        while try reader.next() {
            let instant = asOfColumn.map { reader[$0] }.flatMap { $0.isMissing ? nil : $0.text }
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
            let place = LabelPlace(cpf: cpf, asOf: time ?? asOf)
            if let first = lines.updateValue((reader.line, isBad), forKey: place) {
                throw repeated(reader.line, first.line, isContradicted: first.isBad != isBad)
            }
            labels.append(SubjectLabel(cpf: cpf, asOf: time, isBad: isBad))
        }
        return labels
    }

    /// Whom a label is about, and when: there is one outcome of each.
    private struct LabelPlace: Hashable {
        let cpf: CPF
        let asOf: Instant
    }

    private static func repeated(_ line: Int, _ first: Int, isContradicted: Bool) -> StartFailure {
        let what = isContradicted ? "contradicts" : "repeats"
        return StartFailure(
            status: ExitStatus.wrongData,
            message: "line \(line) of the labels \(what) line \(first): the CPF and the instant are the same")
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
