import Glibc

/// Finds the call that waits under an id, for `duplicate_id` and `$/cancelRequest`.
///
/// Ids are compared as they are written: `1` and `"1"` are two. The structure is a hash table with linear probing, used
/// by the reader alone. An id stays in the table until the reader learns that its group is finished. Slots hold numbers
/// because counting references would take longer than all other work.
struct IDsInFlight: ~Copyable {
    private struct Slot {
        var hash: UInt32 = 0
        /// The index of the call's group in `groups`; -1 in an empty slot.
        var group: Int32 = -1
        var index: Int32 = 0

        var isEmpty: Bool { group < 0 }
    }

    private var slots: [Slot]
    private var count = 0
    /// The groups whose ids are in the table, each at one index until it is finished.
    private var groups: [CallGroup?] = []
    private var freeIndices: [Int] = []
    private let seed = UInt64.random(in: 1...(.max))

    init() {
        slots = Array(repeating: Slot(), count: 1024)
    }

    /// Returns the call that waits under `id`.
    func find(_ id: UnsafeBufferPointer<UInt8>) -> (group: CallGroup, index: Int)? {
        if count == 0 { return nil }
        let slot = slots[self.slot(of: id, hash: hash(id))]
        guard !slot.isEmpty, let group = groups[Int(slot.group)], group.isOpen(Int(slot.index)) else { return nil }
        return (group, Int(slot.index))
    }

    /// Adds the id of the newest call of a group. No other call may wait under it.
    mutating func insert(_ id: UnsafeBufferPointer<UInt8>, of group: CallGroup) {
        if 2 * count >= slots.count { grow() }
        let hash = hash(id)
        let slot = slot(of: id, hash: hash)
        if slots[slot].isEmpty { count += 1 }
        slots[slot] = Slot(hash: hash, group: Int32(index(of: group)), index: Int32(group.calls.count - 1))
    }

    /// Removes the ids of all groups that are not among `unfinished`.
    mutating func keep(_ unfinished: Set<GroupID>) {
        for index in groups.indices {
            guard let group = groups[index], !unfinished.contains(group.id) else { continue }
            remove(group.calls, ofGroupAt: index)
            groups[index] = nil
            freeIndices.append(index)
        }
    }

    /// Returns the index of a group, which is added to `groups` at its first id.
    private mutating func index(of group: CallGroup) -> Int {
        if group.indexInTable >= 0 { return group.indexInTable }
        group.indexInTable = freeIndices.popLast() ?? groups.count
        if group.indexInTable == groups.count { groups.append(nil) }
        groups[group.indexInTable] = group
        return group.indexInTable
    }

    private mutating func remove(_ calls: PendingCalls, ofGroupAt group: Int) {
        for index in 0..<calls.count {
            calls.withID(of: index) { id in
                if id.isEmpty { return }
                if let slot = slot(of: index, ofGroupAt: group, hash: hash(id)) { vacate(slot) }
            }
        }
    }

    /// Returns the slot that holds the id, or the empty slot where it belongs.
    private func slot(of id: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while !slots[slot].isEmpty {
            if slots[slot].hash == hash, holds(slots[slot], id) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Returns the slot that holds a call; nil when another call waits under the same id by now.
    private func slot(of index: Int, ofGroupAt group: Int, hash: UInt32) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while !slots[slot].isEmpty {
            if slots[slot].index == index, slots[slot].group == group { return slot }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func holds(_ slot: Slot, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let group = groups[Int(slot.group)], let bytes = id.baseAddress else { return false }
        return group.calls.withID(of: Int(slot.index)) { held in
            held.count == id.count && held.baseAddress.map { memcmp($0, bytes, id.count) == 0 } ?? false
        }
    }

    /// Empties a slot, and moves later entries back so that no search stops at the gap (Knuth, TAOCP 6.4 R).
    private mutating func vacate(_ slot: Int) {
        let mask = slots.count - 1
        var gap = slot
        var next = (slot + 1) & mask
        while !slots[next].isEmpty {
            let home = Int(truncatingIfNeeded: slots[next].hash) & mask
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = slots[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        slots[gap] = Slot()
        count -= 1
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: 2 * old.count)
        let mask = slots.count - 1
        for entry in old where !entry.isEmpty {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while !slots[slot].isEmpty { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
    }

    /// Hashes all bytes but the last, eight at a time, with a random seed, so that nobody can choose ids that collide.
    /// The last byte is added, so that ids which count up lie side by side in memory.
    private func hash(_ id: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let bytes = UnsafeRawBufferPointer(id)
        guard let last = bytes.last else { return 0 }
        var hash = seed ^ UInt64(bytes.count)
        var offset = 0
        while offset + 8 < bytes.count {
            hash = Self.mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset + 1 < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return UInt32(truncatingIfNeeded: Self.mix(hash ^ rest)) &+ UInt32(last)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
