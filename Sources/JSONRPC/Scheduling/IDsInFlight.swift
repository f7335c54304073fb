import Glibc

/// Finds the call that waits under an id, for `duplicate_id` and `$/cancelRequest`.
///
/// Ids are compared as they are written: `1` and `"1"` are two. The structure is a hash table with linear probing, used
/// by the reader alone. The entries of finished groups stay until the table is full, and then leave at once, because
/// taking each out would take longer than all other work. Slots hold numbers for the same reason: none is counted.
struct IDsInFlight: ~Copyable {
    private struct Slot {
        var hash: UInt32 = 0
        /// The index of the call's group in `groups`; -1 in an empty slot.
        var group: Int32 = -1
        var index: Int32 = 0

        var isEmpty: Bool { group < 0 }
    }

    /// The slot for an id that no call waits under. It holds until the table changes.
    struct Vacancy {
        fileprivate let slot: Int
        fileprivate let hash: UInt32
    }

    private var slots: [Slot]
    /// The slots that are not empty.
    private var count = 0
    /// The groups whose ids are in the table, each at one index; nil once it is finished.
    private var groups: [CallGroup?] = []
    /// The indices of groups that are not finished.
    private var current: [Int] = []
    /// The indices of finished groups, which slots still name.
    private var finished: [Int] = []
    /// The indices that no slot names.
    private var free: [Int] = []
    private let seed = UInt64.random(in: 1...(.max))

    init() {
        slots = Array(repeating: Slot(), count: 1024)
    }

    /// Returns the call that waits under `id`.
    func find(_ id: UnsafeBufferPointer<UInt8>) -> (group: CallGroup, index: Int)? {
        waiting(at: slot(of: id, hash: hash(id)))
    }

    /// Returns where `id` may be inserted; nil when a call waits under it.
    mutating func vacancy(for id: UnsafeBufferPointer<UInt8>) -> Vacancy? {
        if 2 * count >= slots.count { sweep() }
        let hash = hash(id)
        let slot = slot(of: id, hash: hash)
        return waiting(at: slot) == nil ? Vacancy(slot: slot, hash: hash) : nil
    }

    /// Adds the id of the newest call of a group. No other call may wait under it.
    mutating func insert(_ id: UnsafeBufferPointer<UInt8>, of group: CallGroup) {
        if let vacancy = vacancy(for: id) { fill(vacancy, by: group) }
    }

    /// Adds the id of the newest call of a group where there is a vacancy for it.
    mutating func fill(_ vacancy: Vacancy, by group: CallGroup) {
        if slots[vacancy.slot].isEmpty { count += 1 }
        slots[vacancy.slot] = Slot(
            hash: vacancy.hash, group: Int32(index(of: group)), index: Int32(group.calls.count - 1))
    }

    /// Forgets all groups that are not among `unfinished`.
    mutating func keep(_ unfinished: Set<GroupID>) {
        current.removeAll { index in
            guard let group = groups[index], !unfinished.contains(group.id) else { return false }
            groups[index] = nil
            finished.append(index)
            return true
        }
    }

    /// Returns the index of a group, which is added to `groups` at its first id.
    private mutating func index(of group: CallGroup) -> Int {
        if group.indexInTable >= 0 { return group.indexInTable }
        let index = free.popLast() ?? groups.count
        if index == groups.count { groups.append(nil) }
        groups[index] = group
        group.indexInTable = index
        current.append(index)
        return index
    }

    /// Returns the call of a slot that still waits.
    private func waiting(at slot: Int) -> (group: CallGroup, index: Int)? {
        let slot = slots[slot]
        guard !slot.isEmpty, let group = groups[Int(slot.group)], group.isOpen(Int(slot.index)) else { return nil }
        return (group, Int(slot.index))
    }

    /// Returns the slot that holds the id, or the one where it belongs: the first on its way that names a finished
    /// group, so that an id which comes again and again has one slot, or else the empty one.
    private func slot(of id: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        var abandoned: Int?
        while !slots[slot].isEmpty {
            if groups[Int(slots[slot].group)] == nil {
                abandoned = abandoned ?? slot
            } else if slots[slot].hash == hash, holds(slots[slot], id) {
                return slot
            }
            slot = (slot + 1) & mask
        }
        return abandoned ?? slot
    }

    /// Drops the entries of finished groups, and makes the table larger if the others fill a quarter of it.
    private mutating func sweep() {
        let kept = slots.filter { !$0.isEmpty && groups[Int($0.group)] != nil }
        slots = Array(repeating: Slot(), count: 4 * kept.count >= slots.count ? 2 * slots.count : slots.count)
        let mask = slots.count - 1
        for entry in kept {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while !slots[slot].isEmpty { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
        count = kept.count
        free += finished
        finished.removeAll(keepingCapacity: true)
    }

    private func holds(_ slot: Slot, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let group = groups[Int(slot.group)], let bytes = id.baseAddress else { return false }
        return group.calls.withID(of: Int(slot.index)) { held in
            held.count == id.count && held.baseAddress.map { memcmp($0, bytes, id.count) == 0 } ?? false
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
