/// Finds the call that waits under an id: for `duplicate_id` and `$/cancelRequest`.
///
/// Ids are compared as they are written: `1` and `"1"` are two. A hash table with linear probing, which the reader
/// alone uses; an id stays in it until the reader learns that its group is finished.
struct IDsInFlight: ~Copyable {
    private struct Entry {
        var hash: UInt64
        var calls: PendingCalls
        var index: Int
    }

    private var slots: [Entry?]
    private var count = 0
    /// The groups of which ids are in the table.
    private var groups: [GroupID: PendingCalls] = [:]
    private let seed = UInt64.random(in: 1...(.max))

    init() {
        slots = Array(repeating: nil, count: 1024)
    }

    /// The call that waits under `id`.
    func find(_ id: UnsafeBufferPointer<UInt8>) -> (calls: PendingCalls, index: Int)? {
        if count == 0 { return nil }
        guard let entry = slots[slot(of: id, hash: hash(id))], entry.calls.isOpen(entry.index) else { return nil }
        return (entry.calls, entry.index)
    }

    /// Notes that the newest call of a group waits under `id`, under which no other does.
    mutating func insert(_ id: UnsafeBufferPointer<UInt8>, of group: any CallGroup) {
        let calls = group.calls
        if calls.count == 1 || groups[group.id] == nil { groups[group.id] = calls }
        if 2 * count >= slots.count { grow() }
        let hash = hash(id)
        let slot = slot(of: id, hash: hash)
        if slots[slot] == nil { count += 1 }
        slots[slot] = Entry(hash: hash, calls: calls, index: calls.count - 1)
    }

    /// Forgets the ids of all groups that are not among `unfinished`.
    mutating func keep(_ unfinished: Set<GroupID>) {
        for (id, calls) in groups where !unfinished.contains(id) {
            remove(calls)
            groups[id] = nil
        }
    }

    private mutating func remove(_ calls: PendingCalls) {
        for index in 0..<calls.count {
            calls.withID(of: index) { id in
                let slot = slot(of: id, hash: hash(id))
                // Another call may wait under the same id by now.
                if let entry = slots[slot], entry.calls === calls, entry.index == index { vacate(slot) }
            }
        }
    }

    /// The slot that holds the id, or the empty one where it belongs.
    private func slot(of id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while let entry = slots[slot] {
            if entry.hash == hash, entry.calls.withID(of: entry.index, { $0.elementsEqual(id) }) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Empties a slot, and moves what comes after it back, so that no search stops at the gap (Knuth, TAOCP 6.4 R).
    private mutating func vacate(_ slot: Int) {
        let mask = slots.count - 1
        var gap = slot
        var next = (slot + 1) & mask
        while let entry = slots[next] {
            let home = Int(truncatingIfNeeded: entry.hash) & mask
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = entry
                gap = next
            }
            next = (next + 1) & mask
        }
        slots[gap] = nil
        count -= 1
    }

    private mutating func grow() {
        let entries = slots.compactMap(\.self)
        slots = Array(repeating: nil, count: 2 * slots.count)
        let mask = slots.count - 1
        for entry in entries {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[slot] != nil { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
    }

    /// FNV-1a from a random seed, its bits mixed once more, so that nobody can choose ids that collide.
    private func hash(_ id: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = seed
        for byte in id { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ (hash >> 29)
    }
}
