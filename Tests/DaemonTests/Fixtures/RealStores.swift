import Foundation
import Transcripts

/// PostgreSQL, the DynamoDB API and Redis, started for one test and empty, and the key rings for daemons on them.
final class RealStores {
    /// What made the stores unusable.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What a daemon needs to find the stores.
    let environment: [String: String]
    /// Where the stores are, as `with-stores` tells it.
    private let values: [String: String]
    private let servers: ChildProcess
    /// Held, because the key rings are there.
    private let scratch: ScratchFolder

    /// Starts the servers, and brings each to the schema of the program under test.
    init() throws {
        let scratch = try ScratchFolder()
        // The servers end when their command does: at the end of its input.
        let servers = try ChildProcess.start(
            "/usr/bin/env",
            [
                "python3", Repository.path("Tests/Stores/with-stores"), "/bin/sh", "-c",
                "env | grep -E '^(CREDITD_TEST|AWS)_'; echo; exec cat",
            ], in: scratch)
        guard servers.advance(until: { servers.output.lines.contains([]) || servers.exitReason != nil }),
            servers.exitReason == nil
        else {
            throw Failure(description: "no stores: \(String(decoding: servers.errors.suffix(2000), as: UTF8.self))")
        }
        let lines = servers.output.lines.map { String(decoding: $0, as: UTF8.self) }
        var values: [String: String] = [:]
        for line in lines {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        guard let postgres = values["CREDITD_TEST_POSTGRES"], let dynamoDB = values["CREDITD_TEST_DYNAMODB"],
            let redis = values["CREDITD_TEST_REDIS"]
        else { throw Failure(description: "with-stores does not tell where its stores are") }
        var environment = values.filter { $0.key.hasPrefix("AWS_") }
        environment["CREDITD_ROLE"] = "owner"
        environment["CREDITD_BASE_A"] = postgres
        environment["CREDITD_BASE_B"] = "dynamodb://creditd?endpoint=\(dynamoDB)&region=sa-east-1"
        environment["CREDITD_BASE_C"] = redis
        environment["CREDITD_KEYRING_DIR"] = scratch.path("rings")
        (self.environment, self.values, self.servers, self.scratch) = (environment, values, servers, scratch)
        for command in [["keys", "init"], ["migrate", "up"]] {
            let outcome = try ChildProcess.creditd(command, in: scratch, environment: environment).finish()
            guard outcome.exitReason == .exited(0) else {
                throw Failure(description: "creditd \(command.joined(separator: " ")): \(outcome.errorText)")
            }
        }
    }

    /// Has the stores write everything that they hold, and returns the folder.
    func writeOut() throws -> String {
        let outcome = try ChildProcess.start(
            "/usr/bin/env", ["python3", Repository.path("Tests/Stores/write-out")], in: scratch, environment: values
        ).finish()
        guard outcome.exitReason == .exited(0), let folder = values["CREDITD_TEST_FOLDER"] else {
            throw Failure(description: "write-out: \(outcome.errorText)")
        }
        return folder
    }

    /// Stops the servers.
    func stop() {
        servers.input.end()
        _ = servers.waitForExit()
    }
}
