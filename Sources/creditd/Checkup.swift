import Bureau
import Repositories
import Vault

/// What `creditd doctor` found out about one base.
struct Checkup {
    /// Why a store or key ring cannot be used.
    struct Fault: Error {
        var reason: String
    }

    var base: Base
    var store: Result<StoreHealth, Fault>
    var keyRing: Result<String, Fault>

    /// The base can be served.
    var isWell: Bool {
        guard case .success(let health) = store, case .success = keyRing else { return false }
        return health.isReady
    }

    /// One line for people.
    var text: String {
        let verdict = isWell ? "ok  " : "FAIL"
        return "\(verdict)  \(storeText); key ring \(keyRingText)"
    }

    /// Looks at a key ring's rights and form without keeping its keys.
    static func keyRing(of base: Base, at path: String) -> Result<String, Fault> {
        do throws(KeyRingError) {
            _ = try KeyRing.load(from: path, base: base)
            return .success("ok")
        } catch .notFound {
            return .success("not there yet, made at the first start")
        } catch {
            return .failure(Fault(reason: "\(error)"))
        }
    }

    private var storeText: String {
        switch store {
        case .failure(let fault): return fault.reason
        case .success(let health):
            let name = "base \(base.rawValue): "
            guard let engine = health.engine else { return name + "not reachable" }
            let encryption = health.isEncrypted.map { $0 ? ", TLS" : ", no TLS" } ?? ""
            let schema =
                health.migrationsKnown == 0
                ? "" : ", schema \(health.migrationsApplied) of \(health.migrationsKnown) steps"
            return name + "\(engine), round trip \(health.roundTripMicroseconds) µs\(schema)\(encryption)"
        }
    }

    private var keyRingText: String {
        switch keyRing {
        case .success(let text): text
        case .failure(let fault): fault.reason
        }
    }
}
