import Bureau
import Repositories
import Vault

/// What a base has otherwise than its latest writes have left it, by the audit log.
public struct WriteFindings: Hashable, Sendable {
    /// Records that have another content than the latest: a former copy was put back, or was written on.
    public var putBack: [Base: Int] = [:]
    /// Records that are gone, and that no daemon has deleted.
    public var removed: [Base: Int] = [:]
    /// Records that are newer than the log tells: their daemon was killed before it told, or its journal waits
    /// elsewhere. No differences.
    public var newer: [Base: Int] = [:]
    /// What `audit verify` finds.
    public var log = 0
    /// How many leaves the log lacks that the witness knows: base A was put back as a whole, or the log was cut off.
    public var missingLeaves: Int64 = 0

    public init() {}
}

/// Holds bases A and B against the audit log, which has a mark of each write: whoever puts a former copy of a record
/// back past the daemons, or deletes one, cannot change the log unnoticed.
///
/// Daemons may write meanwhile. What the log has nothing about is passed over: records of earlier versions, and those
/// whose last write was dropped by retention.
public struct WriteCheck: Sendable {
    /// The records that are held in memory at once; a subject has about 100 bytes.
    private static let most = 1_000_000
    private static let pageSize = 1000
    let persons: any PersonRepository
    let profiles: any ProfileRepository
    let log: AuditLog
    let trail: AuditTrail
    /// Gives the subject's present token in a base, since the log has each record under the token of its time.
    var present: @Sendable (Base, SubjectToken) -> SubjectToken = { _, token in token }
    let witnessed: @Sendable () -> [[UInt8]]
    /// Where it is recorded that everything was accepted; nil where nobody heeds it.
    var acceptances: Acceptances?
    var most = WriteCheck.most
    /// How long a journal of another machine takes at most to be carried, unless that machine is down.
    var carrying = Duration.seconds(2)

    /// Compares everything, except subjects who were erased: `erased` is given the tombstones that are found in the
    /// log, and tells the tokens of all who were erased. With `accepting`, what is found becomes what is expected from
    /// now on.
    public func findings(
        accepting: Bool = false, progress: @Sendable (Base, Int) -> Void = { _, _ in },
        erased: ([Tombstone]) -> [Base: Set<SubjectToken>] = { _ in [:] }
    ) async throws(StoreError) -> WriteFindings {
        var findings = WriteFindings()
        var first = 0
        while first < 256 {
            try await log.keepUp()
            var ledger = WriteLedger(octets: first..<256, most: most, present: present)
            var tombstones: [Tombstone] = []
            let verdict = try await log.verify(witnessed: first == 0 ? witnessed() : []) { line in
                ledger.add(line: line.line)
                if first == 0, let record = TombstoneRecord(line: line.line) { tombstones.append(record.tombstone) }
            }
            if first == 0 {
                findings.log = verdict.findings.count
                findings.missingLeaves = max(0, verdict.witnessed - verdict.size)
            }
            var tokens = erased(tombstones)
            for base in [Base.a, .b] {
                var suspects = try await compare(base, with: &ledger, progress)
                suspects.removeAll { tokens[base]?.contains($0.name.token) == true }
                // Whoever was erased meanwhile has a tombstone in the log by now.
                if !suspects.isEmpty { tokens = erased(try await self.tombstones(since: verdict.size)) }
                suspects.removeAll { tokens[base]?.contains($0.name.token) == true }
                try await judge(suspects, of: base, since: verdict.size, accepting: accepting, &findings)
            }
            first = ledger.octets.upperBound
        }
        if accepting { try await acceptances?.add() }
        return findings
    }

    /// A record that is otherwise than expected, and may have been written since the log was read.
    private struct Suspect: Hashable {
        let name: WriteLedger.Name
        let entry: WriteLedger.Entry
    }

    /// Compares a base's records with the ledger, and takes these out of it.
    private func compare(
        _ base: Base, with ledger: inout WriteLedger, _ progress: (Base, Int) -> Void
    ) async throws(StoreError) -> [Suspect] {
        let repository: any DataKeyRepository = base == .a ? persons : profiles
        var suspects: [Suspect] = []
        var (count, cursor) = (0, DataKeyCursor?.none)
        repeat {
            let page = try await repository.dataKeys(after: cursor, limit: Self.pageSize)
            let asked = page.keys.filter { ledger.entries[.init(base: base, token: $0.token, row: .subject)] != nil }
            let states: [WriteMark.State] =
                base == .a
                ? try await states(ofPersons: asked.map(\.token))
                : asked.map { .present(mark: $0.dataKey.writeMark, version: nil) }
            for (key, state) in zip(asked, states) {
                let name = WriteLedger.Name(base: base, token: key.token, row: .subject)
                guard let entry = ledger.take(name) else { continue }
                if !entry.state.isSame(as: state) || entry.hasGoneBack {
                    suspects.append(Suspect(name: name, entry: entry))
                }
            }
            count += page.keys.count
            progress(base, count)
            cursor = page.next
        } while cursor != nil
        // What is left of the subjects is not there.
        let left = ledger.entries.filter { $0.key.base == base }.map { Suspect(name: $0.key, entry: $0.value) }
        for suspect in left { _ = ledger.take(suspect.name) }
        suspects += left.filter { $0.name.row == .subject && !$0.entry.state.isAbsent && !$0.entry.mayBeAbsent }
        let payments = left.filter { $0.name.row != .subject }
        for start in stride(from: 0, to: payments.count, by: Self.pageSize) {
            let part = payments[start..<min(start + Self.pageSize, payments.count)]
            for (payment, found) in zip(part, try await states(of: part.map(\.name), in: base)) {
                guard let state = found, !payment.entry.state.isSame(as: state) || payment.entry.hasGoneBack
                else { continue }
                suspects.append(payment)
            }
        }
        return suspects
    }

    /// Looks at suspects again, then at what the log has got meanwhile, and counts those for whom nothing speaks.
    private func judge(
        _ suspects: [Suspect], of base: Base, since leaf: Int64, accepting: Bool, _ findings: inout WriteFindings
    ) async throws(StoreError) {
        if suspects.isEmpty { return }
        var found: [WriteMark] = []
        var unknown: [Suspect: WriteMark.State] = [:]
        for start in stride(from: 0, to: suspects.count, by: 100 * Self.pageSize) {
            let part = Array(suspects[start..<min(start + 100 * Self.pageSize, suspects.count)])
            var states: [WriteMark.State?] = []
            for start in stride(from: 0, to: part.count, by: Self.pageSize) {
                let names = part[start..<min(start + Self.pageSize, part.count)].map(\.name)
                states += try await self.states(of: names, in: base)
            }
            // Base B's writes are in journals first, also of other machines.
            if base == .b { try? await Task.sleep(for: carrying) }
            let later = try await writes(of: Set(part.map(\.name)), since: leaf)
            for (suspect, present) in zip(part, states) {
                guard let state = present else { continue }
                switch verdict(suspect, state, later[suspect.name] ?? []) {
                case .fits: continue
                case .newer: unknown[suspect] = state
                case .putBack: findings.putBack[base, default: 0] += 1
                case .removed: findings.removed[base, default: 0] += 1
                }
                found.append(WriteMark(token: suspect.name.token, row: suspect.name.row, state: state))
            }
        }
        let putBack = try await countFormer(unknown)
        if putBack > 0 { findings.putBack[base, default: 0] += putBack }
        if unknown.count > putBack { findings.newer[base, default: 0] += unknown.count - putBack }
        if accepting, !found.isEmpty { try await log.append(trail.acceptances(of: found, in: base)) }
    }

    private enum Verdict { case fits, newer, putBack, removed }

    private func verdict(
        _ suspect: Suspect, _ state: WriteMark.State, _ later: [WriteMark.State]
    ) -> Verdict {
        let entry = suspect.entry
        if later.contains(where: { $0.isSame(as: state) }) { return .fits }
        if state.isAbsent {
            return entry.state.isAbsent || entry.mayBeAbsent || later.contains(.leaving) ? .fits : .removed
        }
        if entry.state.isSame(as: state) { return entry.hasGoneBack ? .putBack : .fits }
        // Base A tells of its writes in their own transactions.
        guard suspect.name.base == .b, let version = state.version else { return .putBack }
        let isResealed = !entry.state.isAbsent && version == entry.version && state.generation > entry.state.generation
        return version > entry.version || isResealed ? .newer : .putBack
    }
}

/// What the bases and the log have.
extension WriteCheck {
    /// The states of records as they are now; nil for a payment that is gone with its debt.
    private func states(
        of names: [WriteLedger.Name], in base: Base
    ) async throws(StoreError) -> [WriteMark.State?] {
        guard base == .a else { return try await states(ofProfiles: names.map(\.token)) }
        let persons = names.filter { $0.row == .subject }
        let payments = names.compactMap(\.paymentKey)
        var personStates = try await states(ofPersons: persons.map(\.token)).makeIterator()
        var paymentStates = try await states(of: payments).makeIterator()
        return names.map { name in
            name.row == .subject ? personStates.next() : paymentStates.next() ?? nil
        }
    }

    private func states(ofPersons tokens: [SubjectToken]) async throws(StoreError) -> [WriteMark.State] {
        if tokens.isEmpty { return [] }
        return try await persons.read(tokens, audit: []).map { record in
            // A person of the first release has no state.
            record.map { .present(mark: $0.state?.nonce.writeMark ?? 0, version: $0.version) } ?? .absent(version: nil)
        }
    }

    private func states(ofProfiles tokens: [SubjectToken]) async throws(StoreError) -> [WriteMark.State?] {
        if tokens.isEmpty { return [] }
        return try await profiles.read(tokens).map { result in
            // What cannot be read is not what was written.
            guard let record = try? result.get() else {
                if case .success = result { return .absent(version: nil) }
                return .present(mark: 0, version: nil)
            }
            return .profile(under: record.content.dataKey, version: record.version)
        }
    }

    private func states(of payments: [PaymentKey]) async throws(StoreError) -> [WriteMark.State?] {
        if payments.isEmpty { return [] }
        let found = try await persons.find(payments)
        let missing = zip(payments, found).filter { $1.payment == nil }.map(\.0)
        let tokens = Array(Set(missing.map(\.token)))
        let records = tokens.isEmpty ? [] : try await persons.read(tokens, audit: [])
        let debts = records.map { $0?.debts.map(\.debtID) ?? [] }
        let owed = Dictionary(uniqueKeysWithValues: zip(tokens, debts))
        return zip(payments, found).map { payment, found in
            if let record = found.payment {
                return .present(mark: record.details.nonce.writeMark, version: record.version)
            }
            return owed[payment.token]?.contains(payment.debtID) == true ? .absent(version: nil) : nil
        }
    }

    /// The tombstones that the log has got since it was read up to a leaf.
    private func tombstones(since leaf: Int64) async throws(StoreError) -> [Tombstone] {
        var tombstones: [Tombstone] = []
        try await log.keepUp()
        try await log.readWrites(from: leaf) { line in
            if let record = TombstoneRecord(line: line) { tombstones.append(record.tombstone) }
        }
        return tombstones
    }

    /// The states of records that were written since the log was read up to a leaf.
    private func writes(
        of names: Set<WriteLedger.Name>, since leaf: Int64
    ) async throws(StoreError) -> [WriteLedger.Name: [WriteMark.State]] {
        var states: [WriteLedger.Name: [WriteMark.State]] = [:]
        try await log.keepUp()
        try await log.readWrites(from: leaf) { line in
            guard let record = WriteRecord(line: line) else { return }
            for mark in record.marks {
                let name = name(of: mark, in: record.base)
                if names.contains(name) { states[name, default: []].append(mark.state) }
            }
        }
        return states
    }

    private func name(of mark: WriteMark, in base: Base) -> WriteLedger.Name {
        WriteLedger.Name(base: base, token: present(base, mark.token), row: mark.row)
    }

    /// How many of records that seem newer than the log have a content that the log knows: a former one, put back with
    /// a higher version.
    private func countFormer(_ unknown: [Suspect: WriteMark.State]) async throws(StoreError) -> Int {
        if unknown.isEmpty { return 0 }
        var open = Dictionary(uniqueKeysWithValues: unknown.map { ($0.key.name, $0.value) })
        try await log.readWrites(from: 0) { line in
            guard let record = WriteRecord(line: line) else { return }
            for mark in record.marks {
                let name = name(of: mark, in: record.base)
                if open[name]?.isSame(as: mark.state) == true { open[name] = nil }
            }
        }
        return unknown.count - open.count
    }
}

extension WriteMark.State {
    /// A profile that is there, which each write gives a data key of the first generation.
    static func profile(under dataKey: WrappedDataKey, version: Int64) -> WriteMark.State {
        guard let generation = dataKey.generation, generation > 1 else {
            return .present(mark: dataKey.writeMark, version: version)
        }
        return .resealed(mark: dataKey.writeMark, version: version, generation: generation)
    }
}

extension WriteLedger.Name {
    fileprivate var paymentKey: PaymentKey? {
        if case .payment(let debtID, let key) = row { PaymentKey(token: token, debtID: debtID, key: key) } else { nil }
    }
}
