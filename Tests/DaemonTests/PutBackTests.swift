import Foundation
import Testing
import Transcripts

/// `creditd consistency` after somebody has put a former copy back.
@Suite("A base that was put back")
struct PutBackTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func put(_ cpf: String, _ value: Int) throws {
        let params = """
            {"cpf":"\(cpf)","birthDate":"1959-01-01","address":{"postalCode":"20040002","street":"Rua Um",\
            "number":"1","district":"Centro","city":"Rio","state":"RJ"},\
            "assets":[{"kind":"savings","valueCents":\(value)}],"incomeSources":[]}
            """
        let outcome = try ChildProcess.creditd(["call", "profile.put", params], in: scratch).finish()
        try #require(outcome.exitReason == .exited(0), "\(outcome.text)")
    }

    private func consistency(_ command: String) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["consistency", command, "--json"], in: scratch).finish()
    }

    @Test("is told by the audit log, and taken as it is once an operator accepts it")
    func accepted() throws {
        let backup = scratch.path("backup")
        let base = "\(scratch.home)/base-b.sqlite"
        for cpf in ["52998224725", "39053344705"] { try put(cpf, 1) }
        try FileManager.default.copyItem(atPath: base, toPath: backup)
        try put("52998224725", 2)
        #expect(try consistency("check").exitReason == .exited(0))
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: base + end) }
        try FileManager.default.copyItem(atPath: backup, toPath: base)
        let found = try consistency("check")
        #expect(found.exitReason == .exited(1))
        #expect(found.text.contains(#""putBack":1,"removed":0"#) && found.text.contains(#""differences":1"#))
        let repair = try consistency("repair")
        #expect(repair.text.contains(#""differences":1,"repaired":0"#), "nobody has the newer one")
        #expect(repair.exitReason == .exited(1))
        #expect(try consistency("accept").exitReason == .exited(0))
        #expect(try consistency("check").exitReason == .exited(0))
        try put("52998224725", 3)
        #expect(try consistency("check").exitReason == .exited(0))
    }
}
