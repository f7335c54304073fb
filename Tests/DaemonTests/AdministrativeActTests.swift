import Foundation
import Testing
import Transcripts

/// What the audit log has of commands that look after keys, schemas and bases.
@Suite("Administrative acts")
struct AdministrativeActTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        _ = try ChildProcess.serve([], in: scratch)
    }

    private func run(_ arguments: String...) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(arguments, in: scratch).finish()
    }

    /// The outcomes of a command's records, in their order.
    private func outcomes(of act: String) throws -> [String] {
        let records = try run("audit", "export").text.split(separator: "\n")
            .filter { $0.contains(#""method":"\#(act)""#) }.map { try Tree($0.utf8) }
        return records.sorted { ($0["at"]?.string ?? "") < ($1["at"]?.string ?? "") }
            .compactMap { $0["outcome"]?.string }
    }

    @Test(
        "a command that tells of keys and schemas is recorded once it has told",
        arguments: [["keys", "list"], ["keys", "verify"], ["keys", "tokens", "list"], ["migrate", "status"]])
    func telling(command: [String]) throws {
        #expect(try ChildProcess.creditd(command, in: scratch).finish().exitReason == .exited(0))
        #expect(try outcomes(of: command.joined(separator: ".")) == ["done"])
    }

    @Test(
        "a command that changes keys and schemas is recorded before it begins, and done once it has ended",
        arguments: [
            ["keys", "rotate"], ["keys", "rewrap"], ["keys", "reseal"],
            ["keys", "tokens", "rotate"], ["keys", "tokens", "move"], ["migrate", "up"], ["migrate", "grant"],
        ])
    func changing(command: [String]) throws {
        #expect(try ChildProcess.creditd(command, in: scratch).finish().exitReason == .exited(0))
        #expect(try outcomes(of: command.joined(separator: ".")) == ["granted", "done"])
    }

    @Test("a command is recorded with its actor and role, and a role without the duty is refused and recorded")
    func roles() throws {
        #expect(try run("keys", "list", "--actor", "Ana", "--role", "owner").exitReason == .exited(0))
        let lists = try run("audit", "export").text.split(separator: "\n").filter { $0.contains(#""keys.list""#) }
        #expect(lists.count == 1 && lists[0].contains(#""actor":"Ana","role":"owner""#), "\(lists)")
        let ring = try String(contentsOfFile: "\(scratch.home)/base-a.keyring", encoding: .utf8)
        for (command, role) in [
            (["keys", "rotate"], "auditor"), (["keys", "verify"], "privacy_officer"), (["migrate", "up"], "data_feed"),
            (["audit", "head"], "collector"), (["consistency", "check"], "data_feed"),
            (["consistency", "repair"], "auditor"), (["consistency", "accept"], "auditor"),
        ] {
            let refused = try ChildProcess.creditd(command + ["--role", role, "--actor", "Rui"], in: scratch).finish()
            #expect(refused.exitReason == .exited(64), "\(command)")
            #expect(refused.errorText.contains("the role \(role) may not do this"), "\(refused.errorText)")
            #expect(try outcomes(of: command.joined(separator: ".")) == ["denied"])
        }
        #expect(try String(contentsOfFile: "\(scratch.home)/base-a.keyring", encoding: .utf8) == ring)
        let extract = ["features", "extract", "--study", "s", "--purpose", "credit_protection", "--role", "auditor"]
        #expect(try ChildProcess.creditd(extract, in: scratch).finish().exitReason == .exited(64))
        #expect(try outcomes(of: "features.extract --study s") == ["denied"])
        #expect(try run("keys", "list", "--role", "nobody").exitReason == .exited(64))
    }

    @Test("a command that makes base A's ring needs no log, nor a place for one")
    func first() throws {
        let rings = scratch.path("rings")
        let home = "/proc/no-home"
        let made = try ChildProcess.creditd(["keys", "init", "--keyring-dir", rings], home: home, in: scratch).finish()
        #expect(made.exitReason == .exited(0), "\(made.errorText)")
        let again = try ChildProcess.creditd(["keys", "init", "--keyring-dir", rings], home: home, in: scratch).finish()
        #expect(again.exitReason == .exited(0) && again.text.contains("is there already"), "nothing is made")
        try FileManager.default.removeItem(atPath: "\(rings)/base-b.keyring")
        let later = try ChildProcess.creditd(["keys", "init", "--keyring-dir", rings], home: home, in: scratch).finish()
        #expect(later.exitReason == .exited(69), "what cannot be recorded is not done")
        #expect(!FileManager.default.fileExists(atPath: "\(rings)/base-b.keyring"))
    }

    @Test("a start that refuses another base's ring is recorded with the base, unless it is base A's own")
    func foreignRings() throws {
        let other = scratch.path("other")
        let made = try ChildProcess.creditd(["call", "system.ping"], home: other, in: scratch).finish()
        #expect(made.exitReason == .exited(0))
        for base in ["b", "a"] {
            let path = "\(scratch.home)/base-\(base).keyring"
            let own = try String(contentsOfFile: path, encoding: .utf8)
            try String(contentsOfFile: "\(other)/base-\(base).keyring", encoding: .utf8)
                .write(toFile: path, atomically: false, encoding: .utf8)
            let refused = try ChildProcess.serve([], in: scratch)
            #expect(refused.exitReason == .exited(69) && refused.errorText.contains("another key ring"))
            try own.write(toFile: path, atomically: false, encoding: .utf8)
        }
        #expect(try outcomes(of: "ring.refused") == ["failed"])
        #expect(try run("audit", "export").text.contains(#""base":"B","method":"ring.refused""#))
    }

    @Test(
        "a command whose stores cannot be opened is recorded as failed",
        arguments: [
            (["consistency", "check"], "c"), (["consistency", "repair"], "c"), (["consistency", "accept"], "b"),
            (["consistency", "check"], "a"), (["audit", "verify"], "a"), (["audit", "head"], "a"),
            (["keys", "list"], "a"), (["migrate", "status"], "a"),
            (["import", "persons", "/dev/null", "--format", "ndjson"], "a"),
            (["features", "extract", "--study", "s", "--purpose", "credit_protection"], "b"),
        ])
    func unopened(command: [String], base: String) throws {
        let urls = [
            "a": "postgresql://127.0.0.1:1/none", "b": "dynamodb://none?endpoint=http://127.0.0.1:1&region=sa-east-1",
            "c": "redis://127.0.0.1:1",
        ]
        let url = try #require(urls[base])
        let refused = try ChildProcess.creditd(
            command + ["--base-\(base)", url, "--role", "owner"], in: scratch,
            environment: ["AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"]
        ).finish()
        #expect(refused.exitReason == .exited(69), "\(refused.errorText)")
        let act =
            switch command[0] {
            case "import": "import persons"
            case "features": "features.extract --study s"
            default: command.joined(separator: ".")
            }
        #expect(try outcomes(of: act) == ["failed"])
    }

    @Test("a status of schemas tells that a ring is another store's", arguments: ["a", "b", "c"])
    func statusOfForeignRing(base: String) throws {
        let other = scratch.path("other")
        _ = try ChildProcess.creditd(["call", "system.ping"], home: other, in: scratch).finish()
        let path = "\(scratch.home)/base-\(base).keyring"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: "\(other)/base-\(base).keyring", toPath: path)
        for arguments in [[], ["--only", base]] {
            let status = try ChildProcess.creditd(["migrate", "status"] + arguments, in: scratch).finish()
            #expect(status.exitReason == .exited(69) && status.text.contains("applied "), "\(status.text)")
            #expect(status.errorText.contains("another key ring"), "\(status.errorText)")
        }
    }

    @Test("`keys init` that has nothing to make is recorded, and refused to a role without the duty")
    func nothingToMake() throws {
        #expect(try run("keys", "init").exitReason == .exited(0))
        #expect(try outcomes(of: "keys.init") == ["done"])
        #expect(try run("keys", "init", "--role", "auditor").exitReason == .exited(64))
        #expect(try outcomes(of: "keys.init") == ["done", "denied"])
    }

    @Test("a method that tells of the rings is recorded")
    func statusOfKeys() throws {
        #expect(try run("call", "key.status", "{}").exitReason == .exited(0))
        #expect(try outcomes(of: "key.status") == ["granted"])
    }

    @Test("a key that was not retired is no key that was")
    func failed() throws {
        #expect(try run("keys", "retire", "9").exitReason == .exited(69))
        #expect(try outcomes(of: "keys.retire") == ["granted", "failed"])
    }

    @Test("keys that do not open are recorded as a verification that failed")
    func unverified() throws {
        let person =
            #"{"cpf":"52998224725","name":"Ana","birthDate":"1990-01-01","address":{"postalCode":"01310100","#
            + #""street":"Rua A","number":"1","district":"Centro","city":"São Paulo","state":"SP"}}"#
        #expect(try run("call", "person.create", person).exitReason == .exited(0))
        let damage =
            "import sqlite3; base = sqlite3.connect('\(scratch.home)/base-a.sqlite'); "
            + "base.execute('UPDATE person SET data_key = zeroblob(length(data_key))'); base.commit()"
        try #require(try ChildProcess.python(["-c", damage], in: scratch).exitReason == .exited(0))
        #expect(try run("keys", "verify").exitReason == .exited(69))
        #expect(try outcomes(of: "keys.verify") == ["failed"])
    }

    @Test("a check of bases and an import are recorded before they begin, and by how they end")
    func exits() throws {
        #expect(try run("consistency", "check").exitReason == .exited(0))
        #expect(try outcomes(of: "consistency.check") == ["granted", "done"])
        let rows = try scratch.write(text: "{\"cpf\":\"1\"}\n", to: "rows.ndjson")
        #expect(try run("import", "persons", rows, "--max-rejects", "0").exitReason == .exited(1))
        #expect(try outcomes(of: "import persons") == ["granted", "failed"])
    }
}
