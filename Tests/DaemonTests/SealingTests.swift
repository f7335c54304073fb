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

        let personal = try scratch.write(lines: Self.personalTexts(of: sample), to: "personal")
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

    @Test("the search finds a text in a file")
    func search() throws {
        let scratch = try ScratchFolder()
        let sample = try BureauSample.shared.get()
        let patterns = try scratch.write(lines: Self.personalTexts(of: sample), to: "personal")
        let cpf = try #require(sample.cpfs.first)
        _ = try scratch.write(lines: ["\u{0}\u{1}\(cpf)\u{2}"], to: "found")
        #expect(try grep(patterns, at: scratch.path("found"), in: scratch).contains(cpf))
    }

    /// Every personal text of the sample in each form in which it could lie somewhere.
    ///
    /// Short texts keep their quotes, as in a JSON text, because any four bytes occur in megabytes of ciphertext.
    private static func personalTexts(of sample: BureauSample) -> [String] {
        var texts: Set<String> = []
        for cpf in sample.cpfs {
            let digits = Array(cpf).map(String.init)
            let mask = [digits[0...2], digits[3...5], digits[6...8]].map { $0.joined() }.joined(separator: ".")
            texts.formUnion([cpf, mask + "-" + digits[9...10].joined()])
        }
        for person in sample.persons {
            let address = person["address"]
            for field in [person["name"], person["surname"], person["phone"], person["email"], address?["street"]] {
                guard let text = field?.string else { continue }
                texts.insert(text.utf8.count >= 6 ? text : "\"\(text)\"")
                if text.hasPrefix("+") { texts.insert(String(text.dropFirst())) }
            }
        }
        return texts.sorted()
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
        let homes = try grep(patterns, at: scratch.home, in: scratch, options: options)
        #expect(homes.isEmpty, "found under the home: \(homes.prefix(500))")
        for log in try files(below: scratch.path) where log.contains("/stderr-") {
            let found = try grep(patterns, at: log, in: scratch, options: options)
            #expect(found.isEmpty, "found in the log: \(found.prefix(500))")
        }
    }

    /// What `grep` finds of the patterns, byte by byte.
    private func grep(
        _ patterns: String, at path: String, in scratch: ScratchFolder, options: [String] = []
    ) throws -> String {
        let outcome = try ChildProcess.start(
            "/usr/bin/grep", ["-a", "-F", "-r", "-o", "-f", patterns] + options + ["--", path], in: scratch,
            environment: ["LC_ALL": "C"]
        ).finish()
        #expect(outcome.exitReason == .exited(0) || outcome.exitReason == .exited(1), "\(outcome.errorText)")
        return outcome.text
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
