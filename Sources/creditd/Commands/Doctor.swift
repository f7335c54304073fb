import ArgumentParser
import Bureau
import FoundationEssentials
import JSON
import Platform
import Repositories
import Vault

/// `creditd doctor`: walks the road that requests walk, base by base, and leaves no trace in the data.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell for each base whether it can be served, why not, and what to do about it.",
        discussion: """
            Tries what the daemon does, with the daemon's rights: connects, reads, writes what leaves no trace, and \
            compares the key ring. The exit code is 0 when every base can be served, 69 otherwise.
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await StartFailure.explained {
            let environment = ProcessInfo.processInfo.environment
            let files = try SchemaFiles(folder: options.schema.folder)
            let stores = try Stores(options, files: files, environment: environment)
            async let a = Checkup(.a, stores) { try await stores.openPersons() }
            async let b = Checkup(.b, stores) { try await stores.openProfiles() }
            async let c = Checkup(.c, stores) { try await stores.openEvents() }
            let checkups = await [a, b, c]
            if json {
                try FileDescriptor(1).put(Checkup.json(checkups))
            } else {
                for checkup in checkups { try FileDescriptor(1).put(checkup.text) }
            }
            if !checkups.allSatisfy(\.isWell) { throw ExitStatus.unavailable }
        }
    }
}

/// What `creditd doctor` found out about one base.
struct Checkup {
    let base: Base
    /// Nil when the store could not be opened, or is not there yet.
    private var health: StoreHealth?
    private var checks: [StoreCheck] = []

    /// Opens a base's store and tries it. Never throws: what fails is a check that failed.
    init(_ base: Base, _ stores: Stores, open: @Sendable () async throws -> any Store) async {
        self.base = base
        let vault = keyRing(stores)
        do {
            if try describeFile(stores) { return }
            let store = try await open()
            let health = await store.health()
            self.health = health
            let trials = await store.check()
            checks.append(Self.check(health, trials))
            checks += trials
            if let vault { checks.append(await Self.keyRing(vault, of: store)) }
        } catch {
            checks.append(StoreCheck("store", Self.failure(error)))
        }
    }

    /// The base can be served.
    var isWell: Bool { checks.allSatisfy(\.hasPassed) }

    /// Notes what the next start of the daemon does to an embedded file, and returns whether it does anything: such a
    /// store is not opened, because that would do it.
    private mutating func describeFile(_ stores: Stores) throws -> Bool {
        if stores.isNew(base) {
            if let flaw = stores.flawOfHome {
                let reason = StoreReason(.refused, flaw)
                checks.append(StoreCheck("store", .failed(reason, remedy: "Name another folder, or give the rights.")))
            } else {
                checks.append(StoreCheck("store", .passed(note: "a file that the first start makes")))
            }
            return true
        }
        guard stores.isEmbedded(base), let states = try stores.migrator(of: base)?.status() else { return false }
        let pending = states.count { $0.appliedAt == nil }
        if pending == 0 || states.contains(where: { $0.hasDrifted || !$0.isKnown }) { return false }
        checks.append(StoreCheck("store", .passed(note: "the next start applies \(pending) steps of the schema")))
        return true
    }

    /// Reads the key ring, and notes whether it can be used.
    private mutating func keyRing(_ stores: Stores) -> BaseVault? {
        guard stores.rings.isThere(base) || stores.rings.areMounted || !stores.isNew(base) else {
            checks.append(StoreCheck("key ring", .passed(note: "not there yet, made at the first start")))
            return nil
        }
        do {
            let vault = try stores.rings.vault(of: base)
            checks.append(StoreCheck("key ring", .passed(note: nil)))
            return vault
        } catch {
            checks.append(StoreCheck("key ring", Self.failure(error)))
            return nil
        }
    }

    /// Judges the health; against what the store's own trials met too, their remedy is the better one.
    private static func check(_ health: StoreHealth, _ trials: [StoreCheck]) -> StoreCheck {
        if let reason = health.reason {
            let known = trials.lazy.compactMap { $0.remedy(against: reason.cause) }.first
            return StoreCheck("store", .failed(reason, remedy: known ?? reason.cause.remedy))
        }
        guard health.engine != nil else {
            return StoreCheck(
                "store", .failed(StoreReason(.unreachable, "the store does not answer"), remedy: "Start the store."))
        }
        guard health.isReady else {
            let reason = StoreReason(.notReady, "the store lacks steps of the schema")
            return StoreCheck("store", .failed(reason, remedy: "Run `creditd migrate up`."))
        }
        return StoreCheck("store", .passed(note: nil))
    }

    /// Compares the ring with the mark of the store, and leaves a store without mark as it is.
    private static func keyRing(_ vault: BaseVault, of store: any Store) async -> StoreCheck {
        do throws(StoreError) {
            if let refusal = try await vault.refusal(by: store) {
                return StoreCheck("key ring of the store", failure(refusal))
            }
        } catch {
            let reason = error.reason ?? StoreReason(.failed, "the mark of the key ring has another shape")
            return StoreCheck("key ring of the store", .failed(reason, remedy: reason.cause.remedy))
        }
        return StoreCheck("key ring of the store", .passed(note: nil))
    }

    private static func failure(_ error: any Error) -> StoreCheck.Outcome {
        if let error = error as? StoreOpenError {
            return .failed(
                error.storeReason, remedy: error.remedy ?? error.cause.remedy ?? error.storeReason.cause.remedy)
        }
        let sentence = StartFailure(error)?.message ?? "\(error)"
        return .failed(StoreReason(.refused, sentence), remedy: StoreReason.Cause.refused.remedy)
    }
}

extension Checkup {
    /// One line for the base, and one for each check that failed or has something to tell.
    var text: String {
        var lines = ["\(isWell ? "ok  " : "FAIL")  base \(base.rawValue)\(healthText)"]
        for check in checks {
            switch check.outcome {
            case .passed(nil): continue
            case .passed(let note?): lines.append("      \(check.what): \(note)")
            case .failed(let reason, let remedy):
                lines.append("      \(check.what): \(reason.cause.rawValue): \(reason). \(remedy)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var healthText: String {
        guard let health, let engine = health.engine else { return "" }
        let encryption = health.isEncrypted.map { $0 ? ", TLS" : ", no TLS" } ?? ""
        let schema =
            health.migrationsKnown == 0
            ? "" : ", schema \(health.migrationsApplied) of \(health.migrationsKnown) steps"
        return ": \(engine), round trip \(health.roundTripMicroseconds) µs\(schema)\(encryption)"
    }

    /// One line with an object: `status`, and a member of `bases` for each checkup.
    static func json(_ checkups: [Checkup]) -> [UInt8] {
        var writer = Writer()
        writer.object { result in
            result.key("status")
            result.string(checkups.allSatisfy(\.isWell) ? "ok" : "failed")
            result.key("bases")
            result.array { list in
                for checkup in checkups { list.object { checkup.write(to: &$0) } }
            }
        }
        return writer.take() + [0x0A]
    }

    private func write(to item: inout Writer) {
        item.key("base")
        item.string(base.rawValue)
        item.key("status")
        item.string(isWell ? "ok" : "failed")
        if let health, let engine = health.engine {
            item.key("engine")
            item.string(engine)
            item.key("roundTripMicroseconds")
            item.number(health.roundTripMicroseconds)
            item.key("migrationsApplied")
            item.number(health.migrationsApplied)
            item.key("migrationsKnown")
            item.number(health.migrationsKnown)
            if let isEncrypted = health.isEncrypted {
                item.key("tls")
                item.bool(isEncrypted)
            }
        }
        item.key("checks")
        item.array { list in
            for check in checks { list.object { check.write(to: &$0) } }
        }
    }
}

extension StoreOpenError.Cause {
    /// What an operator does about what never passes by itself; nil for the causes of every day.
    fileprivate var remedy: String? {
        switch self {
        case .schemaBehind: "Run `creditd migrate up`."
        case .schemaDrifted, .schemaNewer: "Run the version of creditd that the schema belongs to."
        case .stepFailed: "Mend what the reason names, and run `creditd migrate up`."
        case .outOfResources: "Raise the limits of descriptors, threads and memory."
        case .configuration: "Mend the URL or the variable that the reason names."
        case .unreachable, .refused, .foreignKeyRing, .flawedKeyRing, .busy: nil
        }
    }
}

extension StoreReason.Cause {
    /// What an operator does when the store itself tells nothing better.
    fileprivate var remedy: String {
        switch self {
        case .unreachable: "Start the store, or mend its URL."
        case .notReady: "Wait for the store, or look at its own log."
        case .throttled: "Raise the store's limits, or lower `connections`."
        case .full: "Make room on the store."
        case .readOnly: "Name the store that takes writes."
        case .refused: "Mend what the reason names."
        case .locked: "End the session that holds the lock."
        case .failed: "Look at the store's own log."
        }
    }
}

extension StoreCheck {
    /// What helps, when the check failed for this cause.
    fileprivate func remedy(against cause: StoreReason.Cause) -> String? {
        guard case .failed(let reason, let remedy) = outcome, reason.cause == cause else { return nil }
        return remedy
    }

    fileprivate func write(to item: inout Writer) {
        item.key("check")
        item.string(what)
        item.key("passed")
        item.bool(hasPassed)
        switch outcome {
        case .passed(let note):
            if let note {
                item.key("note")
                item.string(note)
            }
        case .failed(let reason, let remedy):
            item.key("cause")
            item.string(reason.cause.rawValue)
            if let code = reason.code {
                item.key("code")
                item.string(code)
            }
            item.key("reason")
            item.string(reason.detail)
            item.key("remedy")
            item.string(remedy)
        }
    }
}
