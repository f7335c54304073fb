import Foundation
import Testing
import Transcripts

/// Which key ring a daemon takes, and which stores take it.
@Suite("Key rings and their stores")
struct KeyRingTests {
    private let scratch: ScratchFolder
    private let ping = Array((#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n").utf8)

    init() throws {
        scratch = try ScratchFolder()
    }

    private func run(_ arguments: [String], home: String? = nil) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(arguments, home: home, in: scratch).finish(writing: ping)
    }

    private func ring(_ base: String) -> String { "\(scratch.home)/base-\(base).keyring" }

    /// Puts the ring of another home in the place of a base's ring.
    private func replaceRing(_ base: String) throws {
        let other = scratch.path("other")
        _ = try run(["keys", "init"], home: other)
        try FileManager.default.removeItem(atPath: ring(base))
        try FileManager.default.copyItem(atPath: "\(other)/base-\(base).keyring", toPath: ring(base))
    }

    @Test("a store refuses another ring than its own, and doctor says so", arguments: ["a", "b", "c"])
    func foreignRing(base: String) throws {
        #expect(try run([]).exitReason == .exited(0))
        let kept = try Data(contentsOf: URL(filePath: ring(base)))
        try replaceRing(base)
        let refused = try run([])
        #expect(refused.exitReason == .exited(69))
        #expect(refused.output.isEmpty)
        #expect(
            refused.errorText.contains("base \(base.uppercased()): the store's data was made with another key ring"))
        let doctor = try run(["doctor"])
        #expect(doctor.exitReason == .exited(69))
        #expect(doctor.text.contains("another key ring than this one. Put the key ring back"))
        try kept.write(to: URL(filePath: ring(base)))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: ring(base))
        #expect(try run([]).exitReason == .exited(0), "nothing was changed by the refusal")
        #expect(try run(["doctor"]).exitReason == .exited(0))
    }

    @Test("a home of the last release, which knows no ring, refuses another ring than the one that sealed it")
    func releasedHome() throws {
        try FileManager.default.copyItem(
            atPath: Repository.path("Tests/DaemonTests/Released/0.1.0/home"), toPath: scratch.home)
        for base in ["a", "b", "c"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: ring(base))
        }
        let kept = try Data(contentsOf: URL(filePath: ring("a")))
        try replaceRing("a")
        let refused = try run([])
        #expect(refused.exitReason == .exited(69))
        #expect(refused.errorText.contains("another key ring"))
        try kept.write(to: URL(filePath: ring("a")))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: ring("a"))
        #expect(try run([]).exitReason == .exited(0))
    }

    @Test("no ring is made for a server, and nothing is asked of it")
    func server() throws {
        let refused = try run(["--role", "owner", "--base-a", "postgresql://127.0.0.1:1/none"])
        #expect(refused.exitReason == .exited(69))
        #expect(refused.errorText.contains("there is no key ring \(ring("a"))"))
        #expect(refused.errorText.contains("creditd keys init"))
        #expect(!FileManager.default.fileExists(atPath: ring("a")))
    }

    @Test("keys init makes the missing rings, private, and leaves those that are there")
    func initialise() throws {
        let first = try run(["keys", "init", "--only", "b"])
        #expect(first.exitReason == .exited(0))
        #expect(first.text == "B  \(ring("b"))  made\n")
        let kept = try Data(contentsOf: URL(filePath: ring("b")))
        let second = try run(["keys", "init"])
        #expect(
            second.text == """
                A  \(ring("a"))  made
                B  \(ring("b"))  is there already
                C  \(ring("c"))  made

                """)
        #expect(try Data(contentsOf: URL(filePath: ring("b"))) == kept)
        for base in ["a", "b", "c"] {
            let mode = try FileManager.default.attributesOfItem(atPath: ring(base))[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(try run([]).exitReason == .exited(0))
    }

    @Test("rings in a folder of their own may be mounted secrets: links, read by the group")
    func mounted() throws {
        let folder = scratch.path("secrets")
        #expect(try run(["keys", "init", "--keyring-dir", folder]).exitReason == .exited(0))
        let hidden = "\(folder)/..data"
        try FileManager.default.createDirectory(atPath: hidden, withIntermediateDirectories: false)
        for name in ["base-a.keyring", "base-b.keyring", "base-c.keyring"] {
            try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: "\(hidden)/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: "\(hidden)/\(name)")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: "..data/\(name)")
        }
        #expect(try run(["--keyring-dir", folder]).exitReason == .exited(0))
        #expect(!FileManager.default.fileExists(atPath: ring("a")), "the home has no ring")
        let daemon = try ChildProcess.creditd(in: scratch, environment: ["CREDITD_KEYRING_DIR": folder])
        #expect(daemon.finish(writing: ping).exitReason == .exited(0))
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: "\(hidden)/base-c.keyring")
        #expect(try run(["--keyring-dir", folder]).exitReason == .exited(69))
    }

    @Test("a ring that is missing in a folder of its own is never made by the daemon")
    func missingMounted() throws {
        let refused = try run(["--keyring-dir", scratch.path("none")])
        #expect(refused.exitReason == .exited(69))
        #expect(refused.errorText.contains("there is no key ring"))
    }
}
