import Foundation
import Testing
import Transcripts

/// Every personal text of the sample, in each form in which it could lie somewhere.
struct PersonalTexts {
    let lines: [String]

    /// Short texts keep their quotes, as in a JSON text, because any four bytes occur in megabytes of ciphertext.
    /// `others` are texts that have another reason to be there.
    init(of sample: BureauSample, but others: Set<String> = []) {
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
        lines = texts.subtracting(others).sorted()
    }

    /// Writes the texts into a file for `FileSearch`, and returns its path.
    func write(in scratch: ScratchFolder) throws -> String {
        try scratch.write(lines: lines, to: "personal")
    }
}

/// A search of files for fixed texts, byte by byte, by `grep`.
struct FileSearch {
    private let patterns: String
    private let scratch: ScratchFolder
    private let options: [String]

    /// `patterns` is a file with one text a line.
    init(_ patterns: String, in scratch: ScratchFolder, options: [String] = []) {
        (self.patterns, self.scratch, self.options) = (patterns, scratch, options)
    }

    /// The texts that are in a file, or in any file of a folder.
    func texts(below path: String) throws -> Set<String> {
        Set(try found(below: path, options: ["-h"]).split(separator: "\n").map(String.init))
    }

    /// What is found in a file, or in any file of a folder: a line for each, after the name of its file.
    func found(below path: String, options: [String] = []) throws -> String {
        let outcome = try ChildProcess.start(
            "/usr/bin/grep", ["-a", "-F", "-r", "-o", "-f", patterns] + self.options + options + ["--", path],
            in: scratch, environment: ["LC_ALL": "C"]
        ).finish()
        // A daemon that runs removes what its base has taken.
        let isWhole = outcome.errorText.split(separator: "\n").allSatisfy { $0.hasSuffix("No such file or directory") }
        guard [.exited(0), .exited(1)].contains(outcome.exitReason) || isWhole && outcome.exitReason == .exited(2)
        else { throw Failure(text: outcome.errorText) }
        return outcome.text
    }

    /// Records an issue with the file and the text when something is found.
    func expectNothing(below path: String, _ place: Comment) throws {
        let found = try found(below: path).prefix(500)
        #expect(found.isEmpty, "\(place): \(found)")
    }

    struct Failure: Error {
        let text: String
    }
}
