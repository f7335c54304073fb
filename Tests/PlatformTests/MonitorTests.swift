import Platform
import Synchronization
import Testing

@Suite("Monitor")
struct MonitorTests {
    @Test("no change is lost when several threads make changes at once")
    func excludes() async {
        let monitor = Monitor(0)
        let done = Monitor(0)
        for _ in 0..<4 {
            let started = OSThread.start {
                for _ in 0..<10_000 { monitor.withLock { $0 += 1 } }
                done.change { done in
                    done += 1
                    return ((), true)
                }
            }
            #expect(started)
        }
        await onThread { done.wait { $0 == 4 ? () : nil } }
        #expect(monitor.withLock { $0 } == 40_000)
    }

    @Test("a waiter takes what a change says there is to see")
    func wakes() async {
        let queue = Monitor([Int]())
        async let taken = onThread {
            (0..<1000).map { _ in queue.wait { $0.isEmpty ? nil : $0.removeFirst() } }
        }
        for number in 0..<1000 {
            queue.change { queue in
                queue.append(number)
                return ((), true)
            }
        }
        #expect(await taken == Array(0..<1000))
    }

    @Test("a wait ends at its deadline without a value, and before it with one")
    func deadlines() async {
        let gate = Monitor(false)
        func open(until deadline: ContinuousClock.Instant) async -> Bool? {
            await onThread { gate.wait(until: deadline) { $0 ? true : nil } }
        }
        #expect(await open(until: .now) == nil)
        #expect(await open(until: .now + .milliseconds(1)) == nil)
        async let isOpen = open(until: .now + .seconds(3600))
        gate.update { $0 = true }
        #expect(await isOpen == true)
    }

    @Test("every waiter is woken by one change")
    func wakesAll() async {
        let gate = Monitor(false)
        await withTaskGroup(of: Int.self) { group in
            for index in 0..<8 {
                group.addTask { await onThread { gate.wait { $0 ? index : nil } } }
            }
            gate.change { isOpen in
                isOpen = true
                return ((), true)
            }
            var woken: Set<Int> = []
            for await index in group { woken.insert(index) }
            #expect(woken == Set(0..<8))
        }
    }

    @Test("a change gives back what its body does")
    func givesBack() {
        let monitor = Monitor(["a"])
        let count = monitor.change { list in
            list.append("b")
            return (list.count, false)
        }
        #expect(count == 2 && monitor.withLock { $0 } == ["a", "b"])
    }
}
