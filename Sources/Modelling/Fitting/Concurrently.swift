import Platform
import Synchronization

/// Work in parts that several threads take one after the other.
enum Concurrently {
    /// Computes a result for each index below `count`; the results stand in the order of the indices, so that they do
    /// not depend on the number of threads. The calling thread is one of them.
    static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        guard count > 0 else { return [] }
        let next = Counter()
        let results = Monitor<(parts: [Result?], done: Int)>(([Result?](repeating: nil, count: count), 0))
        @Sendable func work() {
            while let index = next.take(below: count) {
                let result = body(index)
                results.update { state in
                    state.parts[index] = result
                    state.done += 1
                }
            }
        }
        for _ in 0..<min(max(1, threads), count) - 1 {
            // Without a further thread the others do its work.
            guard OSThread.start(work) else { break }
        }
        work()
        return results.wait { state in state.done == count ? state.parts.compactMap { $0 } : nil }
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)

        func take(below count: Int) -> Int? {
            let index = value.add(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }
    }
}
