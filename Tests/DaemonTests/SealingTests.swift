import Foundation
import Testing
import Transcripts

/// No personal text is readable in databases, their logs and indexes, in key rings or on stderr.
///
/// `grep -a` searches the files while the daemon holds them open, with full write-ahead logs, and again after its end.
@Suite("Sealed at rest")
struct SealingTests {
    @Test("no CPF, name, street or phone of the sample is in any file or in the log at level trace")
    func plaintext() throws {
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        let daemon = try ChildProcess.creditd(["--log-level", "trace"], in: scratch)
        daemon.write(sample.bytes)
        try #require(daemon.read(lines: sample.requests.count))

        let personal = try PersonalTexts(of: sample).write(in: scratch)
        let digests = try scratch.write(lines: Self.digests(of: sample.cpfs.prefix(20), in: scratch), to: "digests")
        #expect(try files(below: scratch.home).contains { $0.hasSuffix("-wal") }, "the logs are searched too")
        try expectNone(of: personal, in: scratch)
        try expectNone(of: digests, in: scratch, options: ["-i"])
        #expect(daemon.finish().exitReason == .exited(0))
        #expect(!daemon.errors.isEmpty)
        try expectNone(of: personal, in: scratch)
        try expectNone(of: digests, in: scratch, options: ["-i"])
    }

    @Test("no CPF is in any file as a number or as an unkeyed digest")
    func binary() throws {
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        #expect(try ChildProcess.serve(sample.bytes, in: scratch).exitReason == .exited(0))
        let cpfs = sample.cpfs.prefix(20)
        var needles = try Self.digests(of: cpfs, in: scratch).compactMap(Self.bytes(ofHexadecimal:))
        for cpf in cpfs.compactMap({ UInt64($0) }) {
            // Eight bytes in either order, and the six bytes of an SQLite column.
            needles += [Self.bytes(of: cpf.littleEndian), Self.bytes(of: cpf.bigEndian)]
            needles.append(Data(Self.bytes(of: cpf.bigEndian).suffix(6)))
        }
        let paths = try files(below: scratch.home)
        #expect(paths.count >= 6, "three databases and three key rings")
        for path in paths {
            let contents = try Data(contentsOf: URL(filePath: path))
            for needle in needles { #expect(contents.range(of: needle) == nil, "\(path)") }
        }
    }

    @Test("bases A and B have no moment of a person, debt, access, profile or score by which they could be joined")
    func times() throws {
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        let computed = sample.cpfs.prefix(100).enumerated().map { number, cpf in
            #"{"jsonrpc":"2.0","id":"score-\#(number)","method":"score.compute","params":{"cpf":"\#(cpf)"},"#
                + #""meta":{"idempotencyKey":"key"}}"#
        }
        let input = sample.bytes + Array((computed.joined(separator: "\n") + "\n").utf8)
        #expect(try ChildProcess.serve(input, in: scratch).exitReason == .exited(0))
        let script = """
            import sqlite3, sys
            DAY = 86_400_000_000
            def rows(base, sql): return sqlite3.connect(f"{sys.argv[1]}/base-{base}.sqlite").execute(sql).fetchall()
            for base, table in [("a", "person"), ("a", "debt"), ("b", "profile")]:
                times = rows(base, f"SELECT created_at, updated_at FROM {table}")
                print(table, bool(times), sum(time < 2**57 for row in times for time in row))
                # The highest bits, which moments of one run share, are all different.
                print(len({time >> 40 for row in times for time in row}) > 20)
            print(sum(bytes[6] >> 4 != 4 for bytes, in rows("a", "SELECT debt_id FROM debt")))
            records = rows("a", "SELECT at, line FROM audit_record")
            print(bool(records), sum(at % DAY != 0 or line[0] != 1 for at, line in records))
            def number(bytes):
                value = sum((byte & 127) << 7 * place for place, byte in enumerate(bytes[1:10]))
                return value >> 1 ^ -(value & 1)
            scores = rows("b", "SELECT score_id, computed_at, packed FROM kept_score")
            print(len(scores) >= 100, sum(id[6] >> 4 != 8 or at % DAY != 0 for id, at, _ in scores))
            print(sum(number(packed) < 2**57 for *_, packed in scores))
            # Those of one run are all over the day, and not where the run is.
            print(len({int.from_bytes(id[:6], "big") // 3_600_000 % 24 for id, *_ in scores}) > 12)
            receipts = [row for row in rows("b", "SELECT at, body FROM receipt") if len(row[1]) > 16]
            ids = {id for id, *_ in scores}
            print(len(receipts) >= 50, sum(at % DAY != 0 or body[1:17] not in ids for at, body in receipts))
            """
        let outcome = try ChildProcess.start("/usr/bin/env", ["python3", "-c", script, scratch.home], in: scratch)
            .finish()
        #expect(
            outcome.text == """
                person True 0
                True
                debt True 0
                True
                profile True 0
                True
                0
                True 0
                True 0
                0
                True
                True 0

                """, "\(outcome.errorText)")
    }

    @Test("the search finds a text in a file")
    func search() throws {
        let scratch = try ScratchFolder()
        let sample = try BureauSample.shared.get()
        let patterns = try PersonalTexts(of: sample).write(in: scratch)
        let cpf = try #require(sample.cpfs.first)
        _ = try scratch.write(lines: ["\u{0}\u{1}\(cpf)\u{2}"], to: "found")
        #expect(try FileSearch(patterns, in: scratch).found(below: scratch.path("found")).contains(cpf))
    }

    /// SHA-256, SHA-1 and MD5 of plain and masked CPFs in hexadecimal, by the system's own programs.
    private static func digests(of cpfs: some Collection<String>, in scratch: ScratchFolder) throws -> [String] {
        let inputs = try cpfs.map { try scratch.write(text: $0, to: "cpf-\($0)") }
        return try ["sha256sum", "sha1sum", "md5sum"].flatMap { program in
            let outcome = try ChildProcess.start("/usr/bin/\(program)", inputs, in: scratch).finish()
            try #require(outcome.exitReason == .exited(0), "\(program): \(outcome.errorText)")
            return outcome.text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        }
    }

    private func expectNone(of patterns: String, in scratch: ScratchFolder, options: [String] = []) throws {
        let search = FileSearch(patterns, in: scratch, options: options)
        try search.expectNothing(below: scratch.home, "under the home")
        for log in try files(below: scratch.path) where log.contains("/stderr-") {
            try search.expectNothing(below: log, "in the log")
        }
    }

    private func files(below path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).map { "\(path)/\($0)" }.filter { path in
            (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeRegular
        }
    }

    private static func bytes(of number: UInt64) -> Data {
        withUnsafeBytes(of: number) { Data($0) }
    }

    private static func bytes(ofHexadecimal text: String) -> Data? {
        var bytes = Data()
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
