import Bureau
import Repositories
import Synchronization

/// Subjects under other tokens.
///
/// A server without slots renames a subject's keys at once. Elsewhere the keys have to change slots, and no command
/// reaches two of them: the contents are read, restored under the other token with a note of where they come from, and
/// deleted under the former one. Whoever comes next ends what was not ended: the note tells that what is left is a copy.
///
/// Nobody knows the names of a subject's receipts. Those move that the last page of `tokens` has met; the others stay
/// under the former token until a walk meets them or they end, after `Receipt.retentionDays`.
extension RedisEventStore {
    public func rename(_ subjects: [SubjectRename]) async throws(StoreError) {
        let met = metReceipts.withLock { $0 }
        let moves = subjects.map { KeyMove($0, receipts: met[$0.from] ?? []) }
        let found = try await read(commands.look(for: moves), LookDecoder())
        var kept: [KeyMove] = []
        var tombstones: [(subject: SubjectRename, note: [UInt8])] = []
        for (index, move) in moves.enumerated() {
            if case .keys(1...) = found[2 * index] { kept.append(move) }
            if case .note(let note?) = found[2 * index + 1] { tombstones.append((move.subject, note)) }
        }
        if !tombstones.isEmpty { try await move(tombstones) }
        if !kept.isEmpty { try await move(kept) }
    }

    private func move(_ moves: [KeyMove]) async throws(StoreError) {
        if topology.cluster == nil {
            let call = await run(commands.rename(moves), SkippingDecoder())
            guard let failure = call.firstFailure else { return }
            // A cluster of one server has slots as well.
            guard failure.fault == .other(code: "CROSSSLOT") else { throw failure.storeError(writes: true) }
        }
        for start in stride(from: 0, to: moves.count, by: RedisLimits.historiesInCall) {
            let packed = try await pack(Array(moves[start...].prefix(RedisLimits.historiesInCall)))
            try await drop(packed, restored: try await restore(packed))
        }
    }

    /// Reads what is there under the former tokens.
    func pack(_ moves: [KeyMove]) async throws(StoreError) -> [PackedKeys] {
        let contents = try await read(commands.pack(moves), TextsDecoder())
        return zip(moves, contents).map { PackedKeys(move: $0, parts: $1) }
    }

    /// Restores it under the others; tells of each subject's keys whether what is left under the former name is a copy.
    func restore(_ packed: [PackedKeys]) async throws(StoreError) -> [[UInt8]] {
        let call = await run(commands.unpack(packed), TextDecoder())
        if let failure = call.firstFailure { throw failure.storeError(writes: true) }
        return call.values.map { $0 ?? [] }
    }

    /// Deletes the copies.
    func drop(_ packed: [PackedKeys], restored: [[UInt8]]) async throws(StoreError) {
        var dropping = CommandBuffer()
        for (packed, outcomes) in zip(packed, restored) {
            let copies = zip(packed.move.from, outcomes).filter { $1 == UInt8(ascii: "1") }.map(\.0)
            if !copies.isEmpty { commands.drop(copies, of: packed.move.subject, to: &dropping) }
        }
        try await change(dropping)
    }

    /// Moves tombstones, each from one hash to another: a copy first.
    private func move(_ tombstones: [(subject: SubjectRename, note: [UInt8])]) async throws(StoreError) {
        try await change(
            TombstoneCommands.keep(tombstones.map { Tombstone(token: $0.subject.to, note: Sealed($0.note)) }))
        let standing = try await read(TombstoneCommands.find(tombstones.map(\.subject.to)), TextDecoder())
        let copies = zip(tombstones, standing).filter { $0.note == $1 }.map(\.0.subject.from)
        try await change(TombstoneCommands.remove(copies))
    }
}

extension RedisCall {
    fileprivate var firstFailure: RedisCallFailure? { failures.min { $0.key < $1.key }?.value }
}
