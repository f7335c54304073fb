import FuzzTargets
import Platform
import Testing

/// A short round of what `make fuzz` does at length, with mutations of our own: the same inputs in each run.
@Suite
struct FuzzTests {
    @Test(
        "Whatever the bytes, what is promised of them holds",
        arguments: [(TargetName.parse, 20_000), (.pattern, 500), (.validate, 2_000), (.line, 500), (.pmml, 500)])
    func promisesHold(of name: TargetName, for count: Int) async throws {
        let seeds = try Seeds.inputs(of: name)
        let mutations = Mutations(of: seeds, count: count, longestInput: name == .pmml ? 12_288 : 4096)
        let broken = await onThread { Self.broken(by: mutations, of: name) }
        #expect(broken == [])
    }

    /// The first promises that do not hold, each with its input.
    private static func broken(by mutations: Mutations, of name: TargetName) -> [String] {
        var target = name.make()
        let found = Monitor<[String]>([])
        for input in mutations {
            let isBroken = Promise.$onBroken.withValue({ promise in
                found.withLock {
                    $0.append("\(promise), by \(String(decoding: input, as: UTF8.self).debugDescription)")
                }
            }) {
                input.withUnsafeBufferPointer { target.run($0) }
                return found.withLock { $0.count > 8 }
            }
            if isBroken { break }
        }
        return found.withLock { $0 }
    }

    /// Awaits a body that blocks, on a thread of its own.
    private func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            let started = OSThread.start { continuation.resume(returning: body()) }
            precondition(started, "the system gives no thread")
        }
    }
}
