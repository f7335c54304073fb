import Testing
import Transcripts

/// `creditd schema`: exit codes and the lines that people read.
@Suite("The schema command")
struct SchemaCommandTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func schema(_ arguments: [String], input: String = "") throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["schema"] + arguments, in: scratch).finish(writing: Array(input.utf8))
    }

    private func file(_ name: String, _ text: String) throws -> String { try scratch.write(text: text, to: name) }

    private static let person = ##"""
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["name"],
         "properties": {"name": {"type": "string", "pattern": "^\\p{L}+$"}, "born": {"type": "string", "format": "date"},
                        "state": {"enum": ["open", "settled"]}},
         "unevaluatedProperties": false}
        """##

    @Test("a valid schema and a valid document give no output")
    func valid() throws {
        let person = try file("person.json", Self.person)
        let instance = try file("instance.json", #"{"name": "Zoë", "state": "open"}"#)
        for arguments in [["check", person], ["check", "--strict", person], ["validate", person, instance]] {
            let outcome = try schema(arguments)
            #expect(outcome.exitReason == .exited(0), "\(arguments): \(outcome.text)\(outcome.errorText)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test(
        "documents may come by a pipe of the shell, a link, a folder that ends in a slash, and with a byte order mark",
        arguments: [
            #""$0" schema check <(cat person.json)"#, #""$0" schema validate <(cat person.json) <(cat good.json)"#,
            #""$0" schema check person.link"#, #""$0" schema check marked.json"#,
            #""$0" schema validate person.json marked-good.json"#,
            #""$0" schema validate person.json - < marked-good.json"#,
            #""$0" schema validate refers.json good.json --register types"#,
            #""$0" schema validate refers.json good.json --register types/"#,
            #""$0" schema validate refers.json good.json --register "$PWD/types//""#,
            #""$0" schema validate types.link/refers.json good.json --register types.link/"#,
        ])
    func unusualFiles(script: String) throws {
        _ = try file("person.json", Self.person)
        _ = try file("marked.json", "\u{FEFF}" + Self.person)
        let good = #"{"name": "Zoë"}"#
        _ = try file("good.json", good)
        _ = try file("marked-good.json", "\u{FEFF}" + good)
        let outcome = try ChildProcess.start(
            "/usr/bin/env",
            [
                "bash", "-c",
                """
                cd "$1" && mkdir types && ln -s types types.link && ln -s person.json person.link && ln -s . types/loop
                cp person.json types/ && echo '{"$ref": "types/person.json"}' > refers.json
                echo '{"$ref": "person.json"}' > types/refers.json
                \(script)
                """, try Binary.creditd(), scratch.path,
            ], in: scratch
        ).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.output.isEmpty)
    }

    @Test("each violation is one line, and none contains a value of the document")
    func violations() throws {
        let person = try file("person.json", Self.person)
        let outcome = try schema(["validate", person, "-"], input: #"{"name": "x1x", "born": 7, "state": "secret"}"#)
        #expect(outcome.exitReason == .exited(1))
        #expect(
            outcome.text == """
                #/name: pattern_mismatch, accepted pattern ^\\p{L}+$ (#/properties/name/pattern)
                #/born: wrong_type, accepted string (#/properties/born/type)
                #/state: not_in_enum, accepted one of open, settled (#/properties/state/enum)

                """)
        let unknown = try schema(["validate", person, "-"], input: #"{"name": "x", "secret": 1}"#)
        #expect(
            unknown.text == "#/secret: unknown_member, accepted one of name, born, state (#/unevaluatedProperties)\n")
    }

    @Test("a format is checked only with --assert-format", arguments: [true, false])
    func formats(isAsserted: Bool) throws {
        let person = try file("person.json", Self.person)
        let flags = isAsserted ? ["--assert-format"] : []
        let outcome = try schema(["validate", person, "-"] + flags, input: #"{"name": "x", "born": "yesterday"}"#)
        #expect(outcome.exitReason == .exited(isAsserted ? 1 : 0))
        #expect(outcome.text.contains("invalid_format") == isAsserted)
    }

    @Test(
        "a text that is no schema is refused with the place of the error",
        arguments: [
            (
                #"{"properties": {"a": {"type": "int"}}}"#,
                "#/properties/a/type: not_in_enum, accepted one of array, boolean"
            ),
            (#"{"minLength": -1}"#, "#/minLength: too_small, accepted at least 0"),
            (#"{"pattern": "("}"#, "#/pattern: invalid_format, accepted a regular expression of ECMA-262, as ^[a-z]+$"),
            (##"{"$ref": "#/$defs/none"}"##, "#/$ref: unresolved_reference"),
            (##"{"$ref": "#"}"##, "endless_reference"), (#"{"$ref": "https://x.example/"}"#, "unresolved_reference"),
            (#"{"$schema": "https://x.example/"}"#, "unresolved_reference"),
            (#"{"type": "null", "type": "null"}"#, "duplicate_key"), ("1", "#: wrong_type, accepted boolean or object"),
        ])
    func invalidSchemas(text: String, line: String) throws {
        let outcome = try schema(["check", file("schema.json", text)])
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.text.contains(line), "\(outcome.text)")
        #expect(outcome.errors.isEmpty)
    }

    @Test("an unknown keyword is refused only with --strict", arguments: [true, false])
    func strict(isStrict: Bool) throws {
        let path = try file("schema.json", #"{"tpye": "string"}"#)
        let outcome = try schema(["check", path] + (isStrict ? ["--strict"] : []))
        #expect(outcome.exitReason == .exited(isStrict ? 1 : 0))
        #expect(outcome.text.contains("#/tpye: unknown_keyword") == isStrict)
    }

    @Test("references lead to registered documents by $id or path, and nowhere else")
    func references() throws {
        let main = try file("main.json", #"{"prefixItems": [{"$ref": "https://x.example/a"}, {"$ref": "b.json"}]}"#)
        let named = try file("a.json", #"{"$id": "https://x.example/a", "type": "string"}"#)
        let placed = try file("b.json", #"{"type": "integer"}"#)
        let both = ["--register", named, "--register", placed]
        for references in [both, ["--register", scratch.path]] {
            #expect(try schema(["check", main] + references).exitReason == .exited(0))
            let outcome = try schema(["validate", main, "-"] + references, input: "[1, 1]")
            #expect(outcome.text == "#/0: wrong_type, accepted string (#/prefixItems/0/$ref/type)\n")
        }
        let alone = try schema(["validate", main, "-"], input: "[1, 1]")
        #expect(alone.exitReason == .exited(65))
        #expect(alone.errorText.contains("main.json#/prefixItems/0/$ref: unresolved_reference"))
    }

    @Test("a schema is checked by the meta-schema of its $schema")
    func metaSchema() throws {
        let meta = try file("meta.json", #"{"$id": "https://x.example/meta", "required": ["title"]}"#)
        let path = try file("schema.json", #"{"$schema": "https://x.example/meta"}"#)
        let outcome = try schema(["check", path, "--register", meta])
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.text == "#: missing_member, accepted required: title (#/required)\n")
    }

    @Test("the draft's own meta-schemas, and the contract's types, are schemas")
    func ownSchemas() throws {
        for name in ["schema", "core", "applicator", "unevaluated", "validation", "meta-data", "format-assertion"] {
            let outcome = try schema(["check", Repository.path("schema/draft2020-12/\(name).json")])
            #expect(outcome.exitReason == .exited(0), "\(name): \(outcome.text)")
        }
        let types = ["--strict", "--register", Repository.path("schema/types")]
        for name in ["person", "profile", "event"] {
            let outcome = try schema(["check", Repository.path("schema/types/\(name).json")] + types)
            #expect(outcome.exitReason == .exited(0), "\(name): \(outcome.text)\(outcome.errorText)")
        }
    }

    @Test("a file that is not JSON is reported with the byte, a missing file with its path")
    func unusableFiles() throws {
        let good = try file("good.json", "true")
        let bad = try file("bad.json", #"{"a": tru}"#)
        for arguments in [["check", bad], ["validate", bad, good], ["validate", good, bad]] {
            let outcome = try schema(arguments)
            #expect(outcome.exitReason == .exited(65))
            #expect(
                outcome.errorText.contains("bad.json is not JSON: unexpected_byte at byte 9"), "\(outcome.errorText)")
            #expect(outcome.output.isEmpty)
        }
        let missing = scratch.path("none.json")
        for arguments in [["check", missing], ["validate", missing, good], ["validate", good, missing]] {
            let outcome = try schema(arguments)
            #expect(outcome.exitReason == .exited(66))
            #expect(outcome.errorText.contains("none.json: No such file or directory"))
        }
    }

    @Test("documents nested far deeper than the wire allows are judged")
    func depth() throws {
        let path = try file("schema.json", ##"{"type": ["array", "null"], "items": {"$ref": "#"}}"##)
        let (open, close) = (String(repeating: "[", count: 500), String(repeating: "]", count: 500))
        #expect(try schema(["validate", path, "-"], input: open + "null" + close).exitReason == .exited(0))
        let outcome = try schema(["validate", path, "-"], input: open + "1" + close)
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.text.hasPrefix("#/0/0/0"))
    }
}
