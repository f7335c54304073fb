import Foundation
import Testing

/// A program of README that keeps a daemon beside it, and how a reader would run it.
struct ClientExample: Sendable {
    struct NotFound: Error, CustomStringConvertible {
        let description: String
    }

    /// What its block of README is marked with.
    let language: String
    /// The program and its arguments, up to the example's file.
    let command: [String]
    let fileExtension: String
    /// A program that succeeds where the example can be run.
    let requirement: [String]
    let output: [String]

    static let all = [
        ClientExample(
            language: "python", command: ["python3"], fileExtension: "py",
            requirement: ["python3", "-c", "import asyncio, jsonrpcclient"], output: ["None not_found", "exit 0"]),
        ClientExample(
            language: "javascript", command: ["node"], fileExtension: "mjs", requirement: ["node", "--version"],
            output: ["null not_found", "exit 0"]),
        ClientExample(
            language: "bash", command: ["bash"], fileExtension: "sh", requirement: ["bash", "--version"],
            output: [
                #"{"jsonrpc":"2.0","id":2,"error":{"code":1001,"message":"There is no such subject or record.","#
                    + #""data":{"reason":"not_found"}}}"#,
                #"{"jsonrpc":"2.0","id":1,"result":{"bureau_query":null,"movement":null,"card_purchase":null}}"#,
                "exit 0",
            ]),
    ]

    /// The one block of README in that language.
    func code() throws -> String {
        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let parts = readme.components(separatedBy: "```\(language)\n")
        guard parts.count == 2, let end = parts[1].range(of: "\n```\n") else {
            throw NotFound(description: "README has not one block of \(language)")
        }
        return parts[1][..<end.lowerBound] + "\n"
    }
}

extension ClientExample: CustomTestStringConvertible {
    var testDescription: String { language }
}
