import Foundation
import FoundationXML
import Testing
import Transcripts

/// `creditd test`: transcripts of users, their reports and exit codes.
@Suite("creditd test")
struct TestCommandTests {
    private let scratch: ScratchFolder
    private let ping = #"--> {"jsonrpc":"2.0","id":1,"method":"system.ping"}"#

    init() throws {
        scratch = try ScratchFolder()
    }

    private func test(_ arguments: [String], input: String = "") throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["test"] + arguments, in: scratch).finish(writing: Array(input.utf8))
    }

    @Test("a value captured from an answer is sent in a later request and expected in later answers")
    func captures() throws {
        let person = #""cpf":"52998224725""#
        let debt =
            #""debt":{"creditor":"Banco Exemplar","creditorCnpj":"16727230000197","amountCents":642950,"#
            + #""annualInterestBasisPoints":2400,"dueDate":"2030-06-30","status":"open"}"#
        let file = try scratch.write(
            lines: [
                "-- a debt is settled",
                #"--> {"jsonrpc":"2.0","id":1,"method":"person.create","params":{\#(person),"name":"Ana","surname":"Lima","#
                    + #""birthDate":"1959-01-01","address":{"postalCode":"20040002","street":"Rua A","number":"1","#
                    + #""district":"Centro","city":"Rio de Janeiro","state":"RJ"}}}"#,
                #"<-- {"id":1,"result":{"version":"${=version}","createdAt":"${date-time}"}}"#,
                #"--> {"jsonrpc":"2.0","id":2,"method":"debt.add","params":{\#(person),\#(debt)}}"#,
                #"<-- {"id":2,"result":{"debtId":"${uuid=debt}"}}"#,
                "# The version is a number, so that the quotes around it must go.",
                #"--> {"jsonrpc":"2.0","id":"v${version}","method":"system.echo","params":{"version":"${version}"}}"#,
                #"<-- {"id":"v1","result":{"version":"${version}"}}"#,
                #"--> {"jsonrpc":"2.0","id":3,"method":"debt.update","params":{\#(person),"debtId":"${debt}","patch":{"status":"settled"}}}"#,
                #"<-- {"id":3,"result":{}}"#,
                #"--> {"jsonrpc":"2.0","id":4,"method":"debt.list","params":{\#(person),"purpose":"credit_protection"}}"#,
                #"<-- {"id":4,"result":{"debts":[{"debtId":"${debt}","status":"settled"}]}}"#,
            ], to: "debts.txt")
        let outcome = try test([file])
        #expect(outcome.text == "ok      \(file): a debt is settled\n1 of 1 cases passed\n")
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
    }

    @Test("the transcript of README passes")
    func readme() throws {
        let text = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let block = try #require(text.firstMatch(of: #/(?s)\n```\n(-- .*?)```\n/#))
        let outcome = try test(["-"], input: String(block.1))
        #expect(outcome.text.hasSuffix("1 of 1 cases passed\n"), "\(outcome.text)")
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
    }

    @Test(
        "an expected answer meets the value that it describes, and no other",
        arguments: [
            ("1", #""${any}""#, true), ("null", #""${any}""#, true),
            (#""a""#, #""${string}""#, true), ("1", #""${string}""#, false),
            ("1.5", #""${number}""#, true), ("1.5", #""${integer}""#, false),
            ("15", #""${integer}""#, true), ("true", #""${boolean}""#, true),
            ("[]", #""${array}""#, true), ("[]", #""${object}""#, false),
            (#""2026-01-02T03:04:05Z""#, #""${date-time}""#, true),
            (#""2026-01-02""#, #""${date-time}""#, false), (#""2026-01-02""#, #""${date}""#, true),
            (#""018f0000-0000-7000-8000-000000000000""#, #""${uuid}""#, true),
            (#""018f""#, #""${uuid}""#, false),
            (#"[1,1]"#, #"["${=a}","${a}"]"#, true), (#"[1,2]"#, #"["${=a}","${a}"]"#, false),
            (#""${any}""#, #""$${any}""#, true), (#""x""#, #""$${any}""#, false),
        ])
    func placeholders(value: String, expectation: String, isMet: Bool) throws {
        let sent = value.replacing("${", with: "$${")
        let text = """
            --> {"jsonrpc":"2.0","id":1,"method":"system.echo","params":{"value":\(sent)}}
            <-- {"id":1,"result":{"value":\(expectation)}}
            """
        let transcript = try #require(try TranscriptRow.parse(Array(text.utf8), file: "t").first?.transcripts.first)
        let player = TranscriptPlayer(program: try Binary.creditd(), environment: [:], contracts: [:])
        let mismatch = try player.play(transcript, .inOneWrite)
        #expect((mismatch == nil) == isMet, "\(mismatch?.description ?? "the case passed")")
    }

    @Test("a file without headings is one case with the name of the file, from stdin and with CR LF too")
    func bareFile() throws {
        let text = "\r\n# a remark\r\n\(ping)\r\n\r\n<== {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"pong\"}\r\n"
        let file = try scratch.write(text: text, to: "ping.txt")
        #expect(try test([file]).text == "ok      \(file)\n1 of 1 cases passed\n")
        #expect(try test(["-"], input: text).text == "ok      stdin\n1 of 1 cases passed\n")
    }

    @Test("a failed case ends with 1 and shows the lines and the members that differ")
    func difference() throws {
        let file = try scratch.write(
            lines: [
                "-- right", ping, #"<-- {"id":1}"#, "-- wrong",
                #"--> {"jsonrpc":"2.0","id":"a","method":"system.echo","params":{"a":{"b~/":[1,2]},"c":3}}"#,
                #"<-- {"id":"a","result":{"a":{"b~/":[1,3]},"c":"${string}","d":null}}"#,
            ], to: "cases.txt")
        let outcome = try test([file])
        #expect(outcome.exitReason == .exited(1))
        #expect(
            outcome.text == #"""
                ok      \#(file): right
                FAILED  \#(file): wrong
                    sent      {"jsonrpc":"2.0","id":"a","method":"system.echo","params":{"a":{"b~/":[1,2]},"c":3}}
                    expected  line 6: {"id":"a","result":{"a":{"b~/":[1,3]},"c":"${string}","d":null}}
                    got       {"jsonrpc":"2.0","id":"a","result":{"a":{"b~/":[1,2]},"c":3}}
                    differs   line 6, /result/a/b~0~1/1: expected 3, got 2
                              line 6, /result/c: expected "${string}", got 3
                              line 6, /result/d: expected null, but there is nothing
                1 of 2 cases passed

                """#)
    }

    @Test(
        "a malformed file ends with 65 and tells the line",
        arguments: [
            ("? x", "1: no line begins with this mark"), ("# nothing\n", "2: the file has no case"),
            ("-- a\n! dance", "2: there is no such action"), ("-->*0 x", "1: this is no count"),
            ("--> \\xZZ", "1: this is no escape"), ("<-- {", "1: the expected answer is not JSON"),
            ("--> ${id}", "1: no answer above captures this value"),
            (#"<-- {"id":"${nothing}"}"#, "1: no answer above captures this value"),
            (#"<-- {"id":"${=id}"}"# + "\n-- other\n--> ${id}", "3: no answer above captures this value"),
            (#"<-- {"id":"${=uuid}"}"#, "1: there is no such placeholder"),
            (#"<-- {"id":"${text=a}"}"#, "1: there is no such placeholder"),
            (#"<-- {"id":"a ${any}"}"#, "1: a placeholder of an answer must be a whole string"),
            (#"<== {"id":"${any}"}"#, "1: <== takes no placeholders"),
            ("--> \u{FF}", "1: the line is not UTF-8"),
            (#"--> \*-1{a}"#, "1: this is no count"), (#"--> \*99999999999{a}"#, "1: this is no count"),
            (#"--> \fill{99999999999}"#, "1: this is no count"), ("-->*99999999999 x", "1: this is no count"),
            ("! schema ../../victim.json {}", "1: a contract is rpc/NAME.json"),
            ("! schema rpc/../victim.json {}", "1: a contract is rpc/NAME.json"),
            ("$ --home /elsewhere", "1: a case has stores of its own"),
            ("$ --ordered --base-a=postgresql://x", "1: a case has stores of its own"),
            (#"<-- {"id":"\u0024{any}"}"#, "1: there is no such placeholder"),
        ])
    func malformed(text: String, message: String) throws {
        let path = scratch.path("file.txt")
        try Data(text.unicodeScalars.flatMap { $0.value == 0xFF ? [0xFF] : Array(String($0).utf8) })
            .write(to: URL(filePath: path))
        let outcome = try test([path])
        #expect(outcome.exitReason == .exited(65))
        #expect(outcome.errorText.contains("\(path):\(message)"), "\(outcome.errorText)")
        #expect(outcome.output.isEmpty)
    }

    @Test("a file that is not there ends with 66, and a filter without a case with 64")
    func nothingToPlay() throws {
        #expect(try test([scratch.path("none.txt")]).exitReason == .exited(66))
        #expect(try test([scratch.path]).exitReason == .exited(66))
        let file = try scratch.write(lines: ["-- a", ping, "<-- {}"], to: "file.txt")
        #expect(try test([file, "--filter", "b"]).exitReason == .exited(64))
        #expect(try test([file, "--filter", "A"]).exitReason == .exited(0))
    }

    @Test("a file may be a pipe, and may begin with a byte order mark")
    func pipeWithByteOrderMark() throws {
        #expect(try test(["/dev/stdin"], input: "\u{FEFF}\(ping)\n<-- {}\n").exitReason == .exited(0))
    }

    @Test("control characters of a title reach no terminal")
    func controlCharacters() throws {
        let outcome = try test(["-"], input: "-- a\u{1B}[2Jb\u{7}\n\(ping)\n<-- {}\n")
        #expect(outcome.text.hasPrefix("ok      stdin: a\u{FFFD}[2Jb\u{FFFD}\n"), "\(outcome.text)")
    }

    @Test("a daemon that cannot start is a failed case, with its exit code and its words")
    func noDaemon() throws {
        let file = try scratch.write(lines: ["$ --bogus", "$ --ordered", ping, #"<-- {"id":1}"#], to: "file.txt")
        let outcome = try test([file])
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.text.contains("exit 64"))
        #expect(outcome.text.contains("stderr    "))
    }

    @Test("--keep leaves the data of a failed case, and of no other")
    func keep() throws {
        let file = try scratch.write(lines: ["-- a", ping, "<-- {}", "-- b", ping], to: "file.txt")
        let outcome = try ChildProcess.creditd(
            ["test", file, "--keep"], in: scratch, environment: ["TMPDIR": scratch.path]
        ).finish()
        let kept = try #require(outcome.text.firstMatch(of: /kept +(\S+)/)?.1)
        #expect(FileManager.default.fileExists(atPath: "\(kept)/base-a.sqlite"))
        let folders = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(folders.count { $0.hasPrefix("creditd-test") } == 1)
    }

    @Test("--schema hands the contracts of a folder to the daemons")
    func schema() throws {
        let folder = scratch.path("schema")
        try FileManager.default.copyItem(atPath: Repository.path("schema"), toPath: folder)
        try FileManager.default.removeItem(atPath: "\(folder)/rpc/system.ping.json")
        let file = try scratch.write(lines: [ping, "<-- {}"], to: "file.txt")
        #expect(try test([file, "--schema", folder]).text.contains("exit 78"))
    }

    @Test("--clock and --seed make the answers known in advance")
    func reproducible() throws {
        let event = #""cpf":"52998224725","kind":"bureau_query","occurredAt":"2026-01-01T00:00:00Z","bureau":"B""#
        let file = try scratch.write(
            lines: [
                #"--> {"jsonrpc":"2.0","id":1,"method":"event.record","params":{\#(event),"requester":"R"}}"#,
                #"<-- {"id":1,"result":{"eventId":"${=id}"}}"#,
                #"--> {"jsonrpc":"2.0","id":2,"method":"system.echo","params":["${id}"]}"#,
                #"<== {"jsonrpc":"2.0","id":2,"result":["019b7ca9-8c88-"]}"#,
            ], to: "file.txt")
        func identifier(seed: String) throws -> Substring {
            let text = try test([file, "--clock", "2026-01-02T03:04:05Z", "--seed", seed]).text
            return try #require(text.firstMatch(of: /got +.*"(019b7ca9-8c88-[0-9a-f-]{22})"/)?.1, "\(text)")
        }
        #expect(try identifier(seed: "7") == identifier(seed: "7"))
        #expect(try identifier(seed: "7") != identifier(seed: "8"))
    }

    /// Two files with one failure, whose texts have characters that reports must escape.
    private func reportedFiles() throws -> [String] {
        [
            try scratch.write(
                lines: ["-- <a> & #1 \\ \"b\"", ping, #"<-- {"id":"<&>"}"#, "-- fine", ping, #"<-- {"id":1}"#],
                to: "one.txt"),
            try scratch.write(lines: [ping, #"<-- {"id":1}"#], to: "two.txt"),
        ]
    }

    @Test("TAP has a plan, a numbered line for each case, and what differs below a failed one")
    func tap() throws {
        let files = try reportedFiles()
        let outcome = try test(files + ["--format", "tap"])
        #expect(outcome.exitReason == .exited(1))
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["TAP version 14", "1..3"])
        #expect(
            lines.filter { $0.hasPrefix("ok") || $0.hasPrefix("not ok") } == [
                ##"not ok 1 - \##(files[0]): <a> & \#1 \\ "b""##, "ok 2 - \(files[0]): fine", "ok 3 - \(files[1])",
            ])
        #expect(lines.dropFirst(3).prefix(2) == ["  ---", "  message: |"])
        #expect(lines.contains("  ..."))
    }

    @Test("JUnit is XML with a suite for each file and the difference as a failure")
    func junit() throws {
        let files = try reportedFiles()
        let outcome = try test(files + ["--format", "junit"])
        #expect(outcome.exitReason == .exited(1))
        let document = try XMLDocument(data: Data(outcome.output))
        func values(_ path: String) throws -> [String] {
            try document.nodes(forXPath: path).map { $0.stringValue ?? "" }
        }
        #expect(try values("/testsuites/testsuite/@name") == files)
        #expect(try values("/testsuites/testsuite/@tests") == ["2", "1"])
        #expect(try values("/testsuites/@failures") == ["1"])
        #expect(try values("//testcase/@name") == [#"<a> & #1 \ "b""#, "fine", files[1]])
        #expect(try values("//failure").map { $0.contains(#"{"id":"<&>"}"#) } == [true])
    }
}
