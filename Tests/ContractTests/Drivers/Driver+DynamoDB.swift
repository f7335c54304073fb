import Contracts
import Foundation
import Repositories
import StoreDynamoDB

extension Driver<ProfilePlace> {
    /// The DynamoDB API at `CREDITD_TEST_DYNAMODB`. It is left out when there is none, unless stores are required.
    static var dynamoDB: [Self] {
        let environment = ProcessInfo.processInfo.environment
        let endpoint = environment["CREDITD_TEST_DYNAMODB"]
        guard endpoint != nil || environment["CREDITD_REQUIRE_STORES"] == "1" else { return [] }
        return [
            Driver(name: "DynamoDB") {
                guard let endpoint else { throw MissingStore(variable: "CREDITD_TEST_DYNAMODB") }
                // The test server is a slow one, and all tests ask it at once.
                let table = "contract-\(UUID().uuidString)"
                let url = "dynamodb://\(table)?endpoint=\(endpoint)&region=sa-east-1&connections=4&timeout=60"
                let steps = MigrationStep.dynamoDB()
                try DynamoDBMigrator(url: url, steps: steps, environment: environment).up(nil) { _ in }
                return ProfilePlace(open: {
                    try await DynamoDBProfileStore(url: url, steps: steps, environment: environment)
                })
            }
        ]
    }
}

/// A store that the tests need and nobody has started.
struct MissingStore: Error {
    let variable: String
}

extension MigrationStep {
    /// The steps of the table that the binary carries, in order.
    static func dynamoDB() -> [MigrationStep] {
        let folder = "dynamodb/"
        let end = ".json"
        return EmbeddedFile.all
            .filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(end) }
            .sorted { $0.path < $1.path }
            .map { file in
                let name = String(file.path.dropFirst(folder.count).dropLast(end.count))
                // Any text that is the same each time does for a checksum here.
                return MigrationStep(name: name, up: "\(file.text)", down: "", checksum: name)
            }
    }
}
