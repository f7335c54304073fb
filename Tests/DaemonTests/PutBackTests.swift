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

    @Test("is told also after the next write, and profiles that were sealed anew are not")
    func writtenOn() throws {
        for cpf in ["52998224725", "39053344705"] { try put(cpf, 1) }
        func copy(_ from: String, _ to: String) throws {
            for end in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: to + end)
                if FileManager.default.fileExists(atPath: from + end) {
                    try FileManager.default.copyItem(atPath: from + end, toPath: to + end)
                }
            }
        }
        let base = "\(scratch.home)/base-b.sqlite"
        for _ in 0..<2 {
            #expect(try ChildProcess.creditd(["keys", "reseal"], in: scratch).finish().exitReason == .exited(0))
            let found = try consistency("check")
            #expect(found.exitReason == .exited(0))
            #expect(!found.text.contains(#""newer":2"#), "\(found.text)")
        }
        try copy(base, scratch.path("backup"))
        // What was sealed anew before is a former copy, too.
        #expect(try ChildProcess.creditd(["keys", "reseal"], in: scratch).finish().exitReason == .exited(0))
        let now = scratch.path("now")
        try copy(base, now)
        try copy(scratch.path("backup"), base)
        #expect(try consistency("check").text.contains(#""putBack":2"#))
        try copy(now, base)
        #expect(try consistency("check").exitReason == .exited(0))
        try copy(base, scratch.path("backup"))
        try put("52998224725", 2)
        try copy(scratch.path("backup"), base)
        try put("52998224725", 3)
        #expect(try consistency("check").text.contains(#""putBack":1"#), "one version was written twice")
    }
}
