import Foundation
import Testing
import Transcripts

/// A suite that fills a home and extracts from it.
protocol ExtractionSuite {
    var scratch: ScratchFolder { get }
    var sample: BureauSample { get }
}

extension ExtractionSuite {
    func serve(_ requests: [TestRequest]) throws {
        let outcome = try ChildProcess.serve(requests.flatMap(\.line), in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
    }

    /// The writes of the sample for its first people.
    func fill(people: Int) throws {
        let cpfs = Set(sample.cpfs.prefix(people))
        try serve(
            sample.requests(of: "person.create", "profile.put", "event.record").filter { request in
                request.params["cpf"]?.string.map(cpfs.contains) ?? false
            })
    }

    func start(_ arguments: [String], study: String = "study") throws -> ChildProcess {
        try ChildProcess.creditd(
            ["features", "extract", "--study", study, "--purpose", "credit_protection"] + arguments, in: scratch)
    }

    func extract(_ arguments: String..., study: String = "study") throws -> ChildProcess.Outcome {
        let outcome = try start(arguments, study: study).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return outcome
    }

    /// The present instant to the microsecond.
    static func now() -> String { text(of: .now) }

    /// An instant to the microsecond.
    static func text(of date: Date) -> String {
        let microseconds = Int(date.timeIntervalSince1970.truncatingRemainder(dividingBy: 1) * 1_000_000)
        return date.ISO8601Format().dropLast() + String(format: ".%06dZ", microseconds)
    }

    func rows(_ outcome: ChildProcess.Outcome) -> [[String]] {
        outcome.text.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
