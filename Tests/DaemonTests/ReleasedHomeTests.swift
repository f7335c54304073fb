import Foundation
import Testing
import Transcripts

/// Data that a release of this program wrote: what users have keeps working.
@Suite("Released homes")
struct ReleasedHomeTests {
    private static let cpf = "52998224725"

    /// The home of an earlier release; a base that it lacks is made anew.
    private func home(_ version: String, in scratch: ScratchFolder) throws {
        let released = Repository.path("Tests/DaemonTests/Released/\(version)/home")
        try FileManager.default.copyItem(atPath: released, toPath: scratch.home)
        // A checkout does not keep the mode that a key ring must have.
        for file in try FileManager.default.contentsOfDirectory(atPath: released) where file.hasSuffix(".keyring") {
            #expect(chmod("\(scratch.home)/\(file)", 0o600) == 0)
        }
    }

    private func file(_ name: String, of version: String) throws -> Data {
        try Data(contentsOf: URL(filePath: Repository.path("Tests/DaemonTests/Released/\(version)/\(name).ndjson")))
    }

    @Test("a home of an earlier release answers as it did", arguments: ["0.1.0", "plain-scores"])
    func answers(version: String) throws {
        let scratch = try ScratchFolder()
        try home(version, in: scratch)
        let requests = try file("requests", of: version)
        let outcome = try ChildProcess.serve(Array(requests), ["--ordered"], in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let lines = outcome.output.split(separator: 0x0A)
        let expectedLines = try Array(file("answers", of: version)).split(separator: 0x0A)
        try #require(lines.count == expectedLines.count)
        for (line, expectedLine) in zip(lines, expectedLines) {
            #expect(String(decoding: line, as: UTF8.self) == String(decoding: expectedLine, as: UTF8.self))
        }
    }

    @Test("scores of a release that did not hide their times lie in one order with later ones")
    func scores() throws {
        let scratch = try ScratchFolder()
        try home("plain-scores", in: scratch)
        func results(_ requests: [TestRequest], clock: String = "2026-12-02T00:00:00Z") throws -> [Tree] {
            let outcome = try ChildProcess.serve(
                requests.flatMap(\.line), ["--ordered", "--clock", clock], in: scratch)
            #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
            return try Responses(outcome.output).all.map { try #require($0["result"], "\($0)") }
        }
        func request(_ method: String, _ more: String = "", id: Int = 1) throws -> TestRequest {
            try TestRequest(id: id, method, #"{"cpf":"\#(Self.cpf)"\#(more)}"#)
        }
        func scores(_ page: Tree) -> [Tree] { page["scores"]?.elements ?? [] }
        var expected = try scores(Responses(Array(file("answers", of: "plain-scores"))).all[0]["result"] ?? .null)
        try #require(expected.count == 5)
        // Before, between and after the former ones; the last becomes one of the day after.
        let clocks = ["11-28T09:00:00", "11-29T07:00:00", "11-30T06:00:00", "11-30T18:00:00", "11-30T23:59:59.999999"]
        for clock in clocks {
            let score = try #require(results([request("score.compute")], clock: "2026-\(clock)Z").first)
            expected.append(.object(score.members.filter { $0.key != "inconsistencies" }))
        }
        // The identifiers that clients know sort by time.
        expected.sort { ($1["scoreId"]?.string ?? "") < ($0["scoreId"]?.string ?? "") }
        let ids = expected.compactMap { $0["scoreId"]?.string }
        #expect(Set(ids).count == 10)

        #expect(try scores(results([request("score.history")])[0]) == expected)
        for start in ids.indices.dropLast() {
            let page = try results([request("score.history", #","cursor":"\#(ids[start])","limit":3"#)])[0]
            #expect(scores(page) == Array(expected[(start + 1)...].prefix(3)))
        }
        let explained = try results(
            ids.enumerated().map { number, id in
                try request(
                    "score.explain", #","scoreId":"\#(id)","language":"en","purpose":"data_subject_request""#,
                    id: number)
            })
        #expect(explained.map { $0["scoreId"]?.string } == ids)
        for (from, to, count) in [
            ("11-28T00:00:00", "12-02T00:00:00", "11"), ("11-29T00:00:00", "11-30T00:00:00", "4"),
            ("11-30T12:00:00", "11-30T18:00:00", "2"), ("12-01T00:00:00", "12-01T00:00:00.000001", "1"),
        ] {
            let span = #"{"from":"2026-\#(from)Z","to":"2026-\#(to)Z"}"#
            let monitor = try results([TestRequest(id: 1, "model.monitor", span)])[0]
            #expect("\(monitor["window"]?["scores"] ?? .null)" == count, "\(from)")
        }
    }
}
