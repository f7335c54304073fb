import Bureau
import Glibc
import Platform
import Tables

/// Scores a CSV file row by row: the columns that the scorecard does not read, then the score, the raw score, the
/// points of each characteristic when asked for, and up to four reasons. A file that has a column of such a name is
/// refused, unless the scorecard reads that column.
public struct BatchScoring {
    private let card: CompiledScorecard
    private let tellsPoints: Bool

    public init(_ card: Scorecard, tellsPoints: Bool = false) {
        self.card = CompiledScorecard(card)
        self.tellsPoints = tellsPoints
    }

    /// Why a run ended before its input.
    public enum Failure: Error {
        case row(RowError)
        case csv(CSVError)
        /// The output failed, with the system's error number; EPIPE when nobody reads it.
        case output(Int32)
    }

    /// Reads CSV from one descriptor and writes CSV to another; returns the number of rows. Each row is written before
    /// the input is waited for again, and what comes before a row with an error is written too.
    public func run(from input: FileDescriptor, to descriptor: FileDescriptor) throws(Failure) -> Int {
        let output = BatchOutput(descriptor)
        let source: CSVReader.Source = { buffer in
            output.flush()
            if let failure = output.failure {
                errno = failure
                return -1
            }
            return input.read(into: buffer)
        }
        do {
            var reader = try CSVReader(reading: source)
            defer { output.flush() }
            try score(&reader, to: output)
            output.flush()
            if let failure = output.failure { throw Failure.output(failure) }
            return reader.recordCount
        } catch let error as RowError {
            throw .row(error)
        } catch let error as CSVError {
            if let failure = output.failure { throw .output(failure) }
            throw .csv(error)
        } catch let error as Failure {
            throw error
        } catch {
            // The block throws the three errors above, and Swift types a block of several as any error.
            fatalError("no other error is thrown")
        }
    }

    private func score(_ reader: inout CSVReader, to output: BatchOutput) throws {
        let columns = try card.columns(in: reader.columns)
        let names = outputNames
        let passed = reader.columns.indices.filter { !columns.contains($0) }
        let taken = passed.map { reader.columns[$0] }.filter(names.contains)
        guard taken.isEmpty else { throw RowError.takenColumns(taken) }
        writeLine(passed.map { reader.columns[$0] } + names, to: output)
        let characteristics = card.characteristics
        var attributes = [Int](repeating: 0, count: columns.count)
        var reasons = RowReasons(groupCount: card.reasonNames.count)
        while try reader.next() {
            var rawScore = Int64(card.card.basePoints)
            for index in columns.indices {
                guard let attribute = characteristics[index].attribute(of: reader[columns[index]]) else {
                    throw RowError.notANumber(line: reader.line, column: characteristics[index].name)
                }
                attributes[index] = attribute
                rawScore += Int64(characteristics[index].points[attribute])
            }
            for column in passed {
                output.append(field: reader[column].bytes)
                output.append(Self.comma)
            }
            output.append(min(max(rawScore, 0), 1000))
            output.append(Self.comma)
            output.append(rawScore)
            if tellsPoints {
                for index in columns.indices {
                    output.append(Self.comma)
                    output.append(Int64(characteristics[index].points[attributes[index]]))
                }
            }
            reasons.find(attributes, of: characteristics)
            for index in 0..<Score.maximumReasons {
                output.append(Self.comma)
                guard index < reasons.groups.count else { continue }
                card.reasonNames[reasons.groups[index]].withUnsafeBytes { output.append(field: $0) }
            }
            output.append(UInt8(ascii: "\n"))
        }
    }

    /// The names of the columns that are written behind those of the file.
    private var outputNames: [String] {
        ["score", "rawScore"] + (tellsPoints ? card.characteristics.map { "points_" + $0.name } : [])
            + (1...Score.maximumReasons).map { "reason\($0)" }
    }

    private func writeLine(_ names: [String], to output: BatchOutput) {
        for (index, name) in names.enumerated() {
            if index > 0 { output.append(Self.comma) }
            Array(name.utf8).withUnsafeBytes { output.append(field: $0) }
        }
        output.append(UInt8(ascii: "\n"))
    }

    private static let comma = UInt8(ascii: ",")
}
