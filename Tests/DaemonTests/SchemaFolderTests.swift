import Foundation
import Testing
import Transcripts

/// `--schema DIR`: contracts from a folder instead of those in the binary.
@Suite("A schema folder")
struct SchemaFolderTests {
    private let scratch: ScratchFolder
    private let folder: String

    init() throws {
        scratch = try ScratchFolder()
        folder = scratch.path("schema")
        try FileManager.default.copyItem(atPath: Repository.path("schema"), toPath: folder)
    }

    private func replace(_ text: String, by other: String, in file: String) throws {
        let path = "\(folder)/\(file)"
        let old = try String(contentsOfFile: path, encoding: .utf8)
        try #require(old.contains(text))
        try old.replacingOccurrences(of: text, with: other).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func serve(_ request: TestRequest) throws -> ChildProcess.Outcome {
        try ChildProcess.serve(request.line, ["--schema", folder], in: scratch)
    }

    @Test("requests are validated by a stricter contract in the folder")
    func stricter() throws {
        let request = try TestRequest(id: 1, "event.history", #"{"cpf":"52998224725","limit":50}"#)
        #expect(try Responses(serve(request).output).result("1") != nil)
        try replace(#""maximum": 100"#, by: #""maximum": 10"#, in: "types/page-limit.json")
        let answer = try Responses(serve(request).output).byID["1"]
        #expect(answer?["error"]?["data"]?["violations"]?.elements.first?["reason"]?.string == "too_large")
        #expect(try Responses(ChildProcess.serve(request.line, in: scratch).output).result("1") != nil)
    }

    @Test("openrpc describes the folder's contracts")
    func document() throws {
        try replace(
            "Describes all methods as an OpenRPC 1.3 document.", by: "Says what there is.", in: "rpc/rpc.discover.json")
        let outcome = try ChildProcess.creditd(["openrpc", "--schema", folder], in: scratch).finish()
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.text.contains("Says what there is."))
    }

    @Test("the daemon refuses to start with an unknown keyword, and tells its place")
    func unknownKeyword() throws {
        try replace(#""maximum": 100"#, by: #""maximun": 100"#, in: "types/page-limit.json")
        try expectRefusal(naming: "types/page-limit.json")
    }

    @Test("the daemon refuses to start with an unknown format, and tells its place")
    func unknownFormat() throws {
        try replace(#""format": "cpf""#, by: #""format": "cfp""#, in: "types/cpf.json")
        try expectRefusal(naming: "types/cpf.json")
    }

    @Test("the daemon refuses to start with a reference that leads nowhere")
    func brokenReference() throws {
        try replace("../types/cpf.json", by: "../types/none.json", in: "rpc/event.latest.json")
        try expectRefusal(naming: "rpc/event.latest.json#/params/properties/cpf")
    }

    @Test("the daemon refuses to start with a file that is not JSON")
    func notJSON() throws {
        try replace(#""maximum": 100"#, by: #""maximum": 100,,"#, in: "types/page-limit.json")
        try expectRefusal(naming: "types/page-limit.json")
    }

    @Test("the daemon refuses to start without the contract of a method")
    func missingContract() throws {
        try FileManager.default.removeItem(atPath: "\(folder)/rpc/person.get.json")
        try expectRefusal(naming: "person.get")
    }

    @Test(
        "the folder may be a link with links inside, as Kubernetes mounts it, and end in a slash", arguments: ["", "/"])
    func links(end: String) throws {
        try replace(#""maximum": 100"#, by: #""maximum": 10"#, in: "types/page-limit.json")
        let mount = scratch.path("mount")
        try FileManager.default.createDirectory(atPath: "\(mount)/rpc", withIntermediateDirectories: true)
        for name in ["types", "scorecards"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(mount)/\(name)", withDestinationPath: "\(folder)/\(name)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/rpc") {
            try FileManager.default.createSymbolicLink(
                atPath: "\(mount)/rpc/\(name)", withDestinationPath: "\(folder)/rpc/\(name)")
        }
        try FileManager.default.createSymbolicLink(atPath: "\(mount)/loop", withDestinationPath: mount)
        try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: mount)
        let request = try TestRequest(id: 1, "event.history", #"{"cpf":"52998224725","limit":50}"#)
        let outcome = try ChildProcess.serve(request.line, ["--schema", scratch.path("link") + end], in: scratch)
        let error = try Responses(outcome.output).byID["1"]?["error"]
        #expect(error?["data"]?["violations"]?.elements.first?["reason"]?.string == "too_large", "\(outcome.errorText)")
    }

    @Test("a byte order mark at the start of a contract is passed over")
    func byteOrderMark() throws {
        for file in ["types/page-limit.json", "rpc/event.history.json", "scorecards/default.json"] {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            try ("\u{FEFF}" + text).write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
        }
        #expect(try serve(TestRequest(id: 1, "system.ping")).exitReason == .exited(0))
    }

    private func expectRefusal(naming place: String) throws {
        let outcome = try serve(TestRequest(id: 1, "system.ping"))
        #expect(outcome.exitReason == .exited(78))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorText.contains(place), "\(outcome.errorText)")
    }

    @Test("a folder that is missing or empty is refused by its name", arguments: ["serve", "openrpc", "docs"])
    func missingFolder(command: String) throws {
        try FileManager.default.createDirectory(atPath: scratch.path("empty"), withIntermediateDirectories: false)
        for name in ["none", "empty"] {
            let outcome = try ChildProcess.creditd([command, "--schema", scratch.path(name)], in: scratch).finish()
            #expect(outcome.exitReason == .exited(78))
            #expect(outcome.output.isEmpty)
            #expect(outcome.errorText.contains("/\(name)"), "\(outcome.errorText)")
        }
    }
}
