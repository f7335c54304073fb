import Bureau
import FoundationEssentials
import Glibc
import Repositories
import Services
import Vault

/// The files of the three key rings: under the home, or in a folder of their own, such as mounted secrets.
struct KeyRings: Sendable {
    private let folder: String
    /// The folder was named by itself: its files may be links, belong to root and be read by the group.
    let areMounted: Bool
    /// What wraps the ring of a base; its file alone where there is none.
    private let providers: [Base: KeyRingProvider]

    init(folder: String?, home: String, providers: [Base: KeyRingProvider] = [:]) {
        self.providers = providers
        self.folder = folder ?? home
        areMounted = folder != nil
    }

    private func provider(_ base: Base) -> KeyRingProvider { providers[base] ?? .file }

    func path(of base: Base) -> String {
        "\(folder)/base-\(base.rawValue.lowercased()).keyring"
    }

    /// Whether there is anything of a ring's name, be it a link that leads nowhere.
    func isThere(_ base: Base) -> Bool {
        var status = stat()
        return lstat(path(of: base), &status) == 0
    }

    /// Reads the keys of a base.
    func vault(of base: Base) throws -> BaseVault {
        let watch = KeyRingWatch(path(of: base), base: base, isMounted: areMounted, provider: provider(base))
        return try BaseVault(ring: load(base), readIfChanged: watch.readIfChanged)
    }

    /// Adds a wrapping key to a ring.
    func rotate(_ base: Base) throws -> KeyRing {
        try changing(base) { path throws(KeyRingError) in
            try KeyRing.rotate(at: path, base: base, isMounted: areMounted, provider: provider(base))
        }
    }

    /// Adds a token key to a ring, which makes the tokens from `since` on.
    func addTokenKey(since: Instant, of base: Base) throws -> KeyRing {
        try changing(base) { path throws(KeyRingError) in
            try KeyRing.addTokenKey(
                since: since, at: path, base: base, isMounted: areMounted, provider: provider(base))
        }
    }

    /// Notes in a ring that nothing is kept under tokens of former keys any more.
    func completeTokenKey(of base: Base) throws {
        _ = try changing(base) { path throws(KeyRingError) in
            try KeyRing.completeTokenKey(at: path, base: base, isMounted: areMounted, provider: provider(base))
        }
    }

    /// The rings of some bases that have a wrapping key which can be taken out.
    ///
    /// Those that have it no more are left out. Throws where it is the newest key, and when no ring has ever had it.
    func retirable(_ number: UInt32, of bases: [Base]) throws -> [Base: KeyRing] {
        var rings: [Base: KeyRing] = [:]
        var wasEver = false
        for base in bases {
            let ring = try load(base)
            let numbers = ring.wrappingKeyNumbers
            if number == numbers.last { throw failure(base, .notRetirable(number)) }
            if numbers.contains(number) { rings[base] = ring }
            // Numbers go up from 1, and none is given again.
            if number > 0, number < numbers.last ?? 0 { wasEver = true }
        }
        if !wasEver, let base = bases.first { throw failure(base, .notRetirable(number)) }
        return rings
    }

    /// Takes a wrapping key out of a ring.
    func retire(_ number: UInt32, of base: Base) throws -> KeyRing {
        try changing(base) { path throws(KeyRingError) in
            try KeyRing.retire(number, at: path, base: base, isMounted: areMounted, provider: provider(base))
        }
    }

    /// Puts a ring back as it was read.
    func restore(_ ring: KeyRing) throws {
        try changing(ring.base) { path throws(KeyRingError) in
            try ring.restore(at: path, provider: provider(ring.base))
        }
    }

    private func changing<R>(_ base: Base, _ change: (String) throws(KeyRingError) -> R) throws -> R {
        do throws(KeyRingError) {
            return try change(path(of: base))
        } catch .notFound {
            throw missing(base)
        } catch {
            throw failure(base, error)
        }
    }

    func load(_ base: Base) throws -> KeyRing {
        do throws(KeyRingError) {
            return try KeyRing.load(from: path(of: base), base: base, isMounted: areMounted, provider: provider(base))
        } catch .notFound {
            throw missing(base)
        } catch {
            throw failure(base, error)
        }
    }

    /// Reads a ring, or makes it with new keys.
    func loadOrCreate(_ base: Base) throws(StartFailure) -> KeyRing {
        do throws(KeyRingError) {
            return try KeyRing.loadOrCreate(at: path(of: base), base: base, provider: provider(base))
        } catch {
            throw failure(base, error)
        }
    }

    /// Makes a ring of new keys; returns false when there is one that can be used.
    func create(_ base: Base) throws -> Bool {
        do throws(KeyRingError) {
            _ = try KeyRing.create(at: path(of: base), base: base, provider: provider(base))
            return true
        } catch .alreadyExists {
            _ = try load(base)
            return false
        } catch {
            throw failure(base, error)
        }
    }

    /// Makes the folder of the rings, for its owner alone.
    func makeFolder() throws(StartFailure) {
        try Self.makeFolder(folder)
    }

    /// Makes a folder for its owner alone, unless it is there.
    static func makeFolder(_ path: String) throws(StartFailure) {
        do throws(FolderFiles.Failure) {
            try FolderFiles.make(path)
        } catch {
            throw StartFailure(
                status: ExitStatus.unavailable,
                message: "the folder \(path) cannot be made: \(String(cString: strerror(error.code)))")
        }
    }

    /// A store without its ring is not served: with a new one, its data could not be found.
    func missing(_ base: Base) -> StoreOpenError {
        StoreOpenError(
            base, .configuration, "there is no key ring \(path(of: base))",
            remedy: "Put it there, or make it with `creditd keys init` if the store is new.")
    }

    private func failure(_ base: Base, _ error: KeyRingError) -> StartFailure {
        StartFailure(status: ExitStatus.unavailable, message: "\(path(of: base)): \(error)")
    }
}

extension StoreOpenError {
    static func flawedRing(_ base: Base, _ flaw: RingFlaw) -> StoreOpenError {
        StoreOpenError(
            base, .flawedKeyRing, "the \(flaw)", remedy: "Put the ring of the last `creditd keys rotate` in its place."
        )
    }

    /// Whether a key ring was refused, and base A's audit log can be told: under a foreign ring of base A itself nothing
    /// can be written that the log would take.
    var isRefusedRing: Bool { cause == .flawedKeyRing || cause == .foreignKeyRing && !isForeignRing(of: .a) }

    /// Whether the key ring of a base is another store's.
    func isForeignRing(of base: Base) -> Bool { cause == .foreignKeyRing && self.base == base }

    static func foreignRing(_ base: Base) -> StoreOpenError {
        StoreOpenError(
            base, .foreignKeyRing, "the store's data was made with another key ring than this one",
            remedy: "Put the key ring back that the store was first started with.")
    }
}

extension BaseVault {
    /// Refuses a store whose data was made with another ring; binds a store that knows no ring to this one.
    ///
    /// A store of the last release knows no ring: one of its data keys proves it. A ring that lacks a wrapping key that
    /// the store has seen is an old copy, which is refused unless nothing is to be written.
    func verify(_ store: any Store, evenOldCopy: Bool = false) async throws {
        let isOurs: Bool
        var flaw: RingFlaw?
        do throws(StoreError) {
            isOurs = try await isRing(of: store)
            if isOurs, !evenOldCopy { flaw = try await WrappingBudget(vault: self, register: store).check() }
        } catch {
            let reason = error.reason?.description ?? "the mark of its key ring has another shape"
            throw StoreOpenError(base, .unreachable, reason, code: error.reason?.code)
        }
        if !isOurs { throw StoreOpenError.foreignRing(base) }
        if let flaw { throw StoreOpenError.flawedRing(base, flaw) }
    }

    /// Why a store is not served with this ring; nil also for a store that knows no ring, which is left as it is.
    func refusal(by store: any Store) async throws(StoreError) -> StoreOpenError? {
        let seen = try await store.wrappingKeys()
        let isOurs =
            switch try await store.keyRingMark() {
            case .bound(let ring): ring == fingerprint
            case .unbound(let sample): sample.map(opens) ?? true
            }
        if !isOurs { return .foreignRing(base) }
        return flaw(beside: seen).map { .flawedRing(base, $0) }
    }

    private func isRing(of store: any Store) async throws(StoreError) -> Bool {
        switch try await store.keyRingMark() {
        case .bound(let ring): return ring == fingerprint
        case .unbound(let sample?) where !opens(sample): return false
        case .unbound(let sample):
            // A store that has nothing has nothing to move.
            if sample == nil { try await store.note(tokenKeyNotes) }
            return try await store.bind(fingerprint) == fingerprint
        }
    }
}
