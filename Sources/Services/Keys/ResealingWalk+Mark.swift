import Bureau
import Repositories
import Vault

/// The mark in the store.
extension ResealingWalk {
    /// Begins to replace all data keys, or goes on with what was begun before, unless everything is to be done anew.
    public func begin(anew: Bool = false) async throws -> Beginning {
        vault.refresh()
        var subjects = 0
        // A store may have lost its mark and still have younger keys. Each key is younger than the mark that was there
        // before it, so that the mark is read afterwards.
        var highest: UInt32 = 0
        try await walk.forEachPage { keys in
            subjects += keys.count
            let younger = keys.filter { $0.dataKey.generation ?? 0 > highest }
                .sorted { $0.dataKey.generation ?? 0 > $1.dataKey.generation ?? 0 }
            if let first = younger.first(where: { generation(of: $0.dataKey, $0.token) != nil }) {
                highest = first.dataKey.generation ?? 0
            }
        }
        while true {
            let mark = try await walk.retrying(repository.resealingMark)
            let isJoined = !mark.isComplete && !anew && highest <= mark.generation
            if isJoined { return Beginning(mark: mark, isJoined: true, subjects: subjects) }
            let former = max(mark.generation, highest)
            guard former < .max else { throw VaultError.malformed }
            let new = ResealingMark(generation: former + 1, begunAt: stamps.now())
            if try await set(new, from: mark) { return Beginning(mark: new, isJoined: false, subjects: subjects) }
        }
    }

    /// Notes that no key is left of those that were there at the beginning.
    public func end() async throws {
        while true {
            let present = try await walk.retrying(repository.resealingMark)
            if present.isComplete { return }
            if try await set(ResealingMark(generation: present.generation), from: present) { return }
        }
    }

    /// Sees to it that the mark has at least a generation, before a data key has it.
    func raise(to generation: UInt32) async throws {
        while true {
            let mark = try await walk.retrying(repository.resealingMark)
            if mark.generation >= generation { return }
            if try await set(mark.raised(to: generation), from: mark) { return }
        }
    }

    private func set(_ mark: ResealingMark, from former: ResealingMark) async throws -> Bool {
        try await walk.retrying { () async throws(StoreError) in
            try await repository.setResealingMark(mark, from: former)
        }
    }
}
