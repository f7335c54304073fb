import Bureau
import Repositories
import Vault

/// The steps of erasures.
extension ErasureService {
    /// Carries tasks out, and tells of each what has become of it.
    func work(_ tasks: [ErasureTask]) async -> [Erasure] {
        if tasks.isEmpty { return [] }
        var tasks = tasks
        var pending = tasks.map { _ in Set<Base>() }
        for base in Base.allCases {
            let store = store(of: base)
            let isPrepared = await prepare(&tasks, base)
            let tombstones = tombstones(of: tasks.map(\.note), base)
            let buried =
                tombstones.count < tasks.count || !isPrepared
                ? tasks.map { _ in false }
                : await each(tombstones) { (items) async throws(StoreError) in try await store.bury(items) }
            for (index, isBuried) in buried.enumerated() where !isBuried { pending[index].insert(base) }
        }
        // Base A last, because the others' data are of no use without its own, and it holds the task.
        for base in [Base.b, .c, .a] {
            // Another key may make the tokens since the tombstones were set.
            guard await prepare(&tasks, base) else {
                for index in tasks.indices { pending[index].insert(base) }
                continue
            }
            let open = tasks.indices.filter { !pending[$0].contains(base) }
            let store = store(of: base)
            let erased = await each(open.map { tasks[$0].note.tokens[base] }) { (items) async throws(StoreError) in
                try await store.erase(items)
            }
            for (index, isErased) in zip(open, erased) {
                if isErased {
                    noteErasure(of: tasks[index].note.tokens[base], in: base)
                } else {
                    pending[index].insert(base)
                }
            }
        }
        let whole = tasks.indices.filter { pending[$0].isEmpty }
        let completions = await finish(whole.map { tasks[$0] })
        var erasures = zip(tasks, pending).map { task, pending in
            task.note.erasure(pending: Base.allCases.filter(pending.contains))
        }
        for (index, completion) in zip(whole, completions) {
            erasures[index].completion = completion
            if completion == nil { erasures[index].pending = [.a] }
        }
        let done = erasures.indices.filter { erasures[$0].completion != nil }
        persons.control.blocks?.note(done.map { tasks[$0].note.tokens.a }, areErasing: false)
        return erasures
    }

    /// Has this machine refuse what comes back of a subject who was erased.
    func noteErasure(of token: SubjectToken, in base: Base) {
        let vault: BaseVault
        switch base {
        case .a: vault = vaultA
        case .b: vault = vaultB
        // Events have no version.
        case .c: return
        }
        persons.seen?.raise(FloorName(firstToken: vault.first(of: token), in: base), to: .erasure)
    }

    /// Has the tasks' subjects lie under their present tokens in a base; false when it cannot be asked.
    private func prepare(_ tasks: inout [ErasureTask], _ base: Base) async -> Bool {
        guard let notes = await prepared(tasks.map(\.note), base) else { return false }
        for (index, note) in notes.enumerated() { tasks[index].note = note }
        return true
    }

    /// Has subjects lie under their present tokens in a base, and returns the erasures with these; nil when the base
    /// cannot be asked.
    func prepared(_ notes: [ErasureNote], _ base: Base) async -> [ErasureNote]? {
        guard let moves = persons.moves else { return notes }
        guard let tokens = try? await moves.prepare(notes.map { $0.tokens[base] }, in: base) else { return nil }
        return zip(notes, tokens).map { note, token in
            var note = note
            note.tokens[base] = token
            return note
        }
    }

    /// Ends tasks whose subjects are gone from all bases; nil for one that stays in the outbox.
    private func finish(_ tasks: [ErasureTask]) async -> [Erasure.Completion?] {
        let at = persons.stamps.now()
        let entries = tasks.compactMap { task -> (entry: FinishedEntry, completion: Erasure.Completion)? in
            let audit = persons.trail.line(of: task.access, to: task.note.tokens.a, .done)
            let completion = Erasure.Completion(erasedAt: at, auditID: audit.recordID)
            var note = task.note
            note.completion = completion
            guard let tombstone = try? notes.tombstone(of: note, in: .a) else { return nil }
            return (FinishedEntry(entryID: task.entryID, tombstone: tombstone, audit: audit), completion)
        }
        guard entries.count == tasks.count, let ended = try? await persons.repository.finish(entries.map(\.entry))
        else { return tasks.map { _ in nil } }
        var completions = entries.map { Optional($0.completion) }
        // Another daemon may have ended a task meanwhile: its certificate counts.
        let others = tasks.indices.filter { !ended[$0] }
        let found = await certificates(of: others.map { tasks[$0].note.tokens.a })
        for (index, completion) in zip(others, found) { completions[index] = completion }
        return completions
    }

    private func certificates(of tokens: [SubjectToken]) async -> [Erasure.Completion?] {
        guard !tokens.isEmpty, let found = try? await persons.repository.tombstones(of: tokens) else {
            return tokens.map { _ in nil }
        }
        return found.map { tombstone in tombstone.flatMap { notes.note(in: $0, of: .a)?.completion } }
    }

    /// The tombstones of subjects in a base; none when the vault cannot seal, which fails its steps.
    func tombstones(of notes: [ErasureNote], _ base: Base) -> [Tombstone] {
        notes.compactMap { note in try? self.notes.tombstone(of: note, in: base) }
    }

    /// Hands items to a store, in halves when they fail together for the sake of one, and tells which were done.
    private func each<Item: Sendable>(
        _ items: [Item], _ call: ([Item]) async throws(StoreError) -> Void
    ) async -> [Bool] {
        if items.isEmpty { return [] }
        do throws(StoreError) {
            try await call(items)
            return items.map { _ in true }
        } catch .corrupt where items.count > 1 {
            let middle = items.count / 2
            return await each(Array(items[..<middle]), call) + each(Array(items[middle...]), call)
        } catch {
            return items.map { _ in false }
        }
    }
}
