import ArgumentParser
import Foundation
import Repositories

/// Where each base is.
struct StoreURLs {
    /// The folder of the key rings, and of the embedded stores.
    let home: String
    let baseA: StoreURL
    let baseB: StoreURL
    let baseC: StoreURL

    /// Flags win over the environment, which wins over the embedded default.
    init(_ options: StoreOptions, environment: [String: String]) throws {
        let home = options.homeFolder(environment)
        func url(_ given: StoreURL?, _ base: Base) throws -> StoreURL {
            if let given { return given }
            let variable = "CREDITD_BASE_\(base.rawValue)"
            guard let text = environment[variable], !text.isEmpty else {
                return .sqlite(path: "\(home)/base-\(base.rawValue.lowercased()).sqlite")
            }
            guard let url = StoreURL(argument: text) else {
                throw ValidationError("\(variable) is not the URL of a store; see creditd --help.")
            }
            return url
        }
        self.home = home
        baseA = try url(options.baseA, .a)
        baseB = try url(options.baseB, .b)
        baseC = try url(options.baseC, .c)
    }

    subscript(base: Base) -> StoreURL {
        switch base {
        case .a: baseA
        case .b: baseB
        case .c: baseC
        }
    }

    /// The key ring of a base.
    func keyRing(of base: Base) -> String {
        "\(home)/base-\(base.rawValue.lowercased()).keyring"
    }

    /// Makes the home folder, for its owner alone, when it is not there.
    func makeHome() throws {
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// What to tell somebody who named a store for a base that it cannot keep.
    static func mismatch(_ base: Base) -> StartFailure {
        let accepted =
            switch base {
            case .a: "sqlite: or postgresql://"
            case .b: "sqlite: or dynamodb://"
            case .c: "sqlite:, redis://, rediss://, redis+cluster:// or rediss+cluster://"
            }
        return StartFailure(status: .validationFailure, message: "base \(base.rawValue) takes \(accepted)")
    }
}
