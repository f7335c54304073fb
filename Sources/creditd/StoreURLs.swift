import ArgumentParser
import Bureau
import Foundation
import Repositories
import Vault

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
        func url(_ given: String?, _ base: Base) throws -> StoreURL {
            let variable = environment["CREDITD_BASE_\(base.rawValue)"].flatMap { $0.isEmpty ? nil : $0 }
            guard let text = given ?? variable else {
                return .sqlite(path: "\(home)/base-\(base.rawValue.lowercased()).sqlite")
            }
            // Not told what it was: a URL may hold a secret that has no business there.
            guard let url = StoreURL(text) else {
                throw ValidationError("What is given for base \(base.rawValue) is not the URL of a store.")
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

    /// Whether every base is an embedded file.
    var areEmbedded: Bool {
        Base.allCases.allSatisfy { if case .sqlite = self[$0] { true } else { false } }
    }

    /// The key ring of a base.
    func keyRing(of base: Base) -> String {
        "\(home)/base-\(base.rawValue.lowercased()).keyring"
    }

    /// Makes what the embedded stores need before they are opened: the home folder, for its owner alone, and the key
    /// rings, so that a store's file is never there without the ring that goes with it.
    ///
    /// Refuses a file whose ring is gone: with a new one its data could not be opened, nor found to be there.
    func prepareHome() throws(StartFailure) {
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure(
                status: ExitStatus.unavailable,
                message: "the home \(home) cannot be made: \(error.localizedDescription)")
        }
        for base in Base.allCases {
            let ring = keyRing(of: base)
            guard case .sqlite(let path) = self[base], !manager.fileExists(atPath: ring) else { continue }
            // The ring is looked for once more: another daemon may have made both in between.
            if manager.fileExists(atPath: path), !manager.fileExists(atPath: ring) {
                throw StartFailure(
                    status: ExitStatus.unavailable,
                    message: "\(ring) is missing, and \(path) is sealed with it; put the key ring back")
            }
            do throws(KeyRingError) {
                _ = try KeyRing.loadOrCreate(at: ring, base: base)
            } catch {
                throw StartFailure(status: ExitStatus.unavailable, message: "\(ring): \(error)")
            }
        }
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
