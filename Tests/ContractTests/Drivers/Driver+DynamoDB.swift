import Contracts
import Foundation
import Repositories
import StoreDynamoDB

extension Driver<ProfilePlace> {
    /// The DynamoDB API, by moto and by the stand-in of the bench. Servers that are not there are left out, unless
    /// stores are required.
    static var dynamoDB: [Self] {
        [
            dynamoDB("DynamoDB, moto", at: "CREDITD_TEST_DYNAMODB"),
            dynamoDB("DynamoDB, stand-in", at: "CREDITD_TEST_DYNAMODB_STAND_IN"),
        ].compactMap(\.self)
    }

    private static func dynamoDB(_ name: String, at variable: String) -> Self? {
        let environment = ProcessInfo.processInfo.environment
        let endpoint = environment[variable]
        guard endpoint != nil || environment["CREDITD_REQUIRE_STORES"] == "1" else { return nil }
        return Driver(name: name) {
            guard let endpoint else { throw MissingStore(variable: variable) }
            // The test server is a slow one, and all tests ask it at once.
            let table = "contract-\(UUID().uuidString)"
            let url = "dynamodb://\(table)?endpoint=\(endpoint)&region=sa-east-1&connections=4&timeout=60"
            let steps = MigrationStep.dynamoDB()
            try DynamoDBMigrator(url: url, steps: steps, environment: environment).up(nil) { _ in }
            return ProfilePlace(open: {
                try await DynamoDBProfileStore(url: url, steps: steps, environment: environment)
            })
        }
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
