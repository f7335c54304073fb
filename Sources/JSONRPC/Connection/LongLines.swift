/// Lines that are written in parts, and what waits for their ends.
///
/// The parts of one line leave together, because a line must not have another in its middle. The first line is on its
/// way; the parts of the others, and the whole lines that come meanwhile, are held in their order.
struct LongLines {
    private struct Entry {
        /// Who writes the line in parts; nil for whole lines.
        let owner: ObjectIdentifier?
        var held: [[UInt8]] = []
        var isComplete = false
    }

    private var entries: [Entry] = []
    /// The bytes that are held.
    private(set) var bytes = 0

    /// Whether the line that is on its way is the owner's.
    func isFirst(_ owner: ObjectIdentifier?) -> Bool { owner != nil && entries.first?.owner == owner }

    /// Whether no line is on its way.
    var isEmpty: Bool { entries.isEmpty }

    /// Takes whole lines, or a part of the line of an owner, and returns the buffers that may leave.
    mutating func add(_ buffer: [UInt8], of owner: ObjectIdentifier?, isLast: Bool) -> [[UInt8]] {
        let known = owner.flatMap { owner in entries.firstIndex { $0.owner == owner } }
        let index = known ?? entries.count
        if known == nil { entries.append(Entry(owner: isLast ? nil : owner)) }
        entries[index].held.append(buffer)
        bytes += buffer.count
        entries[index].isComplete = isLast
        return index == 0 ? advance() : []
    }

    /// Returns what may leave: everything up to the end of the first line that is not complete.
    private mutating func advance() -> [[UInt8]] {
        var freed: [[UInt8]] = []
        while let first = entries.first {
            freed += first.held
            for buffer in first.held { bytes -= buffer.count }
            entries[0].held = []
            if !first.isComplete { break }
            entries.removeFirst()
        }
        return freed
    }
}
