import Foundation
import Testing

/// One case of a transcript: what goes in, and what must come out.
///
/// A transcript is a text file of such cases:
///
///     # a remark
///     == the row of the protocol, and what of it is tried
///     $ --ordered
///     --> a line of input, ended by LF
///     -->| a line of input that nothing ends
///     <-- an answer of which at least this must be said, in any order among the others
///     <== an answer byte for byte
///
/// An input may hold `\xHH` for a byte, `\*N{text}` for N times a text, and `\fill{N}` for as many spaces as the line
/// needs to have N bytes. JSON knows none of the three, so that everything else stands for itself.
struct Transcript: Sendable {
    enum Expectation: Sendable {
        case saying(Tree)
        case exactly([UInt8])
    }

    let title: String
    let file: String
    var arguments: [String] = []
    var input: [UInt8] = []
    var endsInLine = true
    var expectations: [Expectation] = []

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// All cases of a file in the folder Transcripts.
    static func cases(of file: String) throws -> [Transcript] {
        let path = Repository.path("Tests/DaemonTests/Transcripts/\(file).txt")
        var cases: [Transcript] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n") {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if line.hasPrefix("== ") {
                cases.append(Transcript(title: String(line.dropFirst(3)), file: file))
            } else if cases.isEmpty {
                throw Malformed(description: "\(file).txt begins without a title")
            } else {
                try cases[cases.count - 1].take(line)
            }
        }
        return cases
    }

    private mutating func take(_ line: String) throws {
        let mark = line.prefix { $0 != " " }
        let rest = line.dropFirst(mark.count + 1)
        switch mark {
        case "$": arguments = rest.split(separator: " ").map(String.init)
        case "-->": input += try Self.bytes(of: rest) + [0x0A]
        case "-->|":
            input += try Self.bytes(of: rest)
            endsInLine = false
        case "<--": expectations.append(.saying(try Tree(Array(rest.utf8))))
        case "<==": expectations.append(.exactly(Array(rest.utf8)))
        default: throw Malformed(description: "\(file).txt: no such mark: \(mark)")
        }
    }

    /// The input that a line of the file stands for.
    private static func bytes(of text: Substring) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var fill: (position: Int, length: Int)?
        var rest = text[...]
        while let backslash = rest.firstIndex(of: "\\") {
            bytes += Array(rest[..<backslash].utf8)
            rest = rest[backslash...]
            if let match = rest.prefixMatch(of: /\\x([0-9A-F]{2})/), let byte = UInt8(match.1, radix: 16) {
                bytes.append(byte)
                rest = rest[match.range.upperBound...]
            } else if let match = rest.prefixMatch(of: /\\\*([0-9]+)\{([^}]*)\}/), let count = Int(match.1) {
                bytes += Array(repeatElement(Array(match.2.utf8), count: count).joined())
                rest = rest[match.range.upperBound...]
            } else if let match = rest.prefixMatch(of: /\\fill\{([0-9]+)\}/), let length = Int(match.1) {
                fill = (bytes.count, length)
                rest = rest[match.range.upperBound...]
            } else {
                // An escape of JSON's own, both characters of it.
                bytes += Array(rest.prefix(2).utf8)
                rest = rest.dropFirst(2)
            }
        }
        bytes += Array(rest.utf8)
        if let fill {
            guard fill.length >= bytes.count else { throw Malformed(description: "no room to fill: \(text)") }
            bytes.insert(contentsOf: [UInt8](repeating: 0x20, count: fill.length - bytes.count), at: fill.position)
        }
        return bytes
    }
}

extension Transcript: CustomTestStringConvertible {
    var testDescription: String { title }
}
