/// The memory of a compiled schema, freed as a whole.
///
/// A schema is a graph with cycles that is read at every request: plain pointers into memory of one owner cost neither
/// reference counts nor a search.
// Unchecked because of the pointers: all is written while one compiler owns the arena, and only read afterwards.
final class Arena: @unchecked Sendable {
    private var blocks: [() -> Void] = []

    deinit {
        for free in blocks { free() }
    }

    /// Keeps a copy of `elements` for as long as the arena lives.
    func store<T>(_ elements: some Collection<T>) -> UnsafeBufferPointer<T> {
        guard !elements.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        let block = UnsafeMutableBufferPointer<T>.allocate(capacity: elements.count)
        _ = block.initialize(from: elements)
        blocks.append {
            block.deinitialize()
            block.deallocate()
        }
        return UnsafeBufferPointer(block)
    }

    /// Keeps a copy of `element` for as long as the arena lives.
    func store<T>(one element: T) -> UnsafeMutablePointer<T> {
        let block = UnsafeMutablePointer<T>.allocate(capacity: 1)
        block.initialize(to: element)
        blocks.append {
            block.deinitialize(count: 1)
            block.deallocate()
        }
        return block
    }
}
