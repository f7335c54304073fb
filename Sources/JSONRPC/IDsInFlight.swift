import Glibc

/// Finds the call that waits under an id: for `duplicate_id` and `$/cancelRequest`.
///
/// Ids are compared as they are written: `1` and `"1"` are two. A hash table with linear probing, which the reader
/// alone uses; an id stays in it until the reader learns that its group is finished. Slots hold numbers rather than
/// references: counting references would take longer than all the rest.
struct IDsInFlight: ~Copyable {
    private struct Slot {
        var hash: UInt32 = 0
        /// Where the call's group is in `groups`; -1 in an empty slot.
        var group: Int32 = -1
        var index: Int32 = 0

        var isEmpty: Bool { group < 0 }
    }

    private var slots: [Slot]
    private var count = 0
    /// The groups of which ids are in the table, each at its place until it is finished.
    private var groups: [(id: GroupID, calls: PendingCalls)?] = []
    private var freePlaces: [Int] = []
    /// The group of the newest id, to which the next one most often belongs.
    private var newest = (id: GroupID(0), place: -1)
    private let seed = UInt64.random(in: 1...(.max))

    init() {
        slots = Array(repeating: Slot(), count: 1024)
    }

    /// The call that waits under `id`.
    func find(_ id: UnsafeBufferPointer<UInt8>) -> (calls: PendingCalls, index: Int)? {
        if count == 0 { return nil }
        let slot = slots[self.slot(of: id, hash: hash(id))]
        guard !slot.isEmpty, let calls = groups[Int(slot.group)]?.calls, calls.isOpen(Int(slot.index)) else {
            return nil
        }
        return (calls, Int(slot.index))
    }

    /// Notes that the newest call of a group waits under `id`, under which no other does.
    mutating func insert(_ id: UnsafeBufferPointer<UInt8>, of group: GroupID, _ calls: PendingCalls) {
        if 2 * count >= slots.count { grow() }
        let hash = hash(id)
        let slot = slot(of: id, hash: hash)
        if slots[slot].isEmpty { count += 1 }
        slots[slot] = Slot(hash: hash, group: Int32(place(of: group, calls)), index: Int32(calls.count - 1))
    }

    /// Forgets the ids of all groups that are not among `unfinished`.
    mutating func keep(_ unfinished: Set<GroupID>) {
        for place in groups.indices {
            guard let group = groups[place], !unfinished.contains(group.id) else { continue }
            remove(group.calls, at: place)
            groups[place] = nil
            freePlaces.append(place)
            if newest.place == place { newest.place = -1 }
        }
    }

    private mutating func place(of group: GroupID, _ calls: PendingCalls) -> Int {
        if newest.place >= 0, newest.id == group { return newest.place }
        var place = groups.firstIndex { $0?.id == group }
        if place == nil {
            place = freePlaces.popLast() ?? groups.count
            if place == groups.count { groups.append(nil) }
            groups[place ?? 0] = (group, calls)
        }
        newest = (group, place ?? 0)
        return newest.place
    }

    private mutating func remove(_ calls: PendingCalls, at place: Int) {
        for index in 0..<calls.count {
            calls.withID(of: index) { id in
                if id.isEmpty { return }
                let slot = slot(of: id, hash: hash(id))
                // Another call may wait under the same id by now.
                if slots[slot].group == place, slots[slot].index == index { vacate(slot) }
            }
        }
    }

    /// The slot that holds the id, or the empty one where it belongs.
    private func slot(of id: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while !slots[slot].isEmpty {
            if slots[slot].hash == hash, holds(slots[slot], id) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func holds(_ slot: Slot, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let group = groups[Int(slot.group)], let bytes = id.baseAddress else { return false }
        return group.calls.withID(of: Int(slot.index)) { held in
            held.count == id.count && held.baseAddress.map { memcmp($0, bytes, id.count) == 0 } ?? false
        }
    }

    /// Empties a slot, and moves what comes after it back, so that no search stops at the gap (Knuth, TAOCP 6.4 R).
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

    /// All but the last byte, eight at a time, multiplied and folded, from a random seed, so that nobody can choose ids
    /// that collide; the last byte is added, so that ids which count up lie side by side in memory.
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
