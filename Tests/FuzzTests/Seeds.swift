import Foundation
import FuzzTargets
import JSON

/// What the short round starts from: files of the repository alone, so that it is the same everywhere.
enum Seeds {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The seeds of a target, and as seeds too the words that its inputs are made of.
    static func inputs(of name: TargetName) throws -> [[UInt8]] {
        switch name {
        case .parse: try contracts().map(\.text) + words(["json"])
        case .pattern: try patterns() + words(["pattern"])
        case .validate: try contractInstances() + schemas() + words(["json", "schema"])
        case .pmml: try documents() + words(["pmml"])
        case .line: try requests() + words(["json", "line"])
        }
    }

    private static func contracts() throws -> [(method: String, text: [UInt8])] {
        let folder = root.appending(path: "schema/rpc")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (String(name.dropLast(".json".count)), Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }

    /// A method's name, and the params of its examples.
    private static func contractInstances() throws -> [[UInt8]] {
        try contracts().map { method, text in
            try Document(text).withRoot { root in
                let params = root["examples"]?.elements.compactMap { $0["params"].map(line) } ?? []
                return Array(([Array(method.utf8)] + params).joined(separator: [0x0A]))
            }
        }
    }

    /// The schemas of the params as schemas of anybody, and an example of each.
    private static func schemas() throws -> [[UInt8]] {
        try contracts().compactMap { _, text in
            try Document(text).withRoot { root in
                guard let schema = root["params"], let example = root["examples"]?.element(at: 0) else { return nil }
                return Array([line(schema), example["params"].map(line) ?? []].joined(separator: [0x0A]))
            }
        }
    }

    /// The examples of each contract, and what they need before them.
    private static func requests() throws -> [[UInt8]] {
        try contracts().flatMap { method, text in
            try Document(text).withRoot { root in
                root["examples"]?.elements.map { example in
                    let given = example["given"]?.elements.map { call in
                        request(call["method"]?.string ?? "", call["params"])
                    }
                    return Array(((given ?? []) + [request(method, example["params"])]).joined(separator: [0x0A]))
                } ?? []
            }
        }
    }

    private static func request(_ method: String, _ params: Value?) -> [UInt8] {
        Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":"#.utf8) + (params.map(line) ?? [0x7B, 0x7D])
            + [0x7D]
    }

    private static func documents() throws -> [[UInt8]] {
        let folder = root.appending(path: "Tests/ScorecardsTests/Fixtures")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".pmml") }
            .map { Array(try Data(contentsOf: folder.appending(path: $0))) }
    }

    private static func patterns() -> [[UInt8]] {
        [
            "^(?:[a-z]+(?<n>\\d)?)*$\nabc1\nab", "(a|b)*?(?=c)c\nabc\nbd", "[^\\s\\w-]{2,4}\\b\n--é a",
            "^\\p{Lu}\\x41?\nÁA",
        ]
        .map { Array($0.utf8) }
    }

    /// A value on one line.
    private static func line(_ value: Value) -> [UInt8] {
        value.rawText.filter { $0 != 0x0A }
    }

    /// The words of libFuzzer's dictionaries, which have each on a line, between quotes.
    private static func words(_ names: [String]) throws -> [[UInt8]] {
        try names.flatMap { name in
            let text = try Data(contentsOf: root.appending(path: "Tests/Fuzz/words/\(name).dict"))
            return text.split(separator: 0x0A).map { unescaped($0.dropFirst().dropLast()) }
        }
    }

    private static func unescaped(_ word: Data) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(word)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if escaped == UInt8(ascii: "x"), let value = UInt8(digits, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(escaped)
            }
        }
        return bytes
    }
}
