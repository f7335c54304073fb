import Glibc
import Platform
import Testing

@Suite("OSThread")
struct OSThreadTests {
    @Test("its body runs on another thread")
    func runs() async {
        let (caller, callee) = await onThread {
            let caller = UInt(pthread_self())
            let callee = Monitor<UInt?>(nil)
            _ = OSThread.start {
                callee.change { callee in
                    callee = UInt(pthread_self())
                    return ((), true)
                }
            }
            return (caller, callee.wait { $0 })
        }
        #expect(caller != callee)
    }

    @Test("a thousand threads, one after the other, leave none behind")
    func leavesNothing() async {
        var sum = 0
        for index in 0..<1000 { sum += await onThread { index } }
        #expect(sum == 499_500)
    }

    @Test("a blocking body suspends its caller, and no thread of the cooperative pool")
    func suspends() async {
        let gate = Monitor(0)
        // More bodies than the pool has threads: they meet only when none of them holds one.
        let count = 200
        let met = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    await OSThread.run {
                        gate.change { arrived in
                            arrived += 1
                            return ((), true)
                        }
                        return gate.wait { $0 == count ? $0 : nil }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(met == [Int?](repeating: count, count: count))
    }
}

/// Awaits a body that blocks, on a new thread.
func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    guard let result = await OSThread.run(body) else { preconditionFailure("the system gives no thread") }
    return result
}
