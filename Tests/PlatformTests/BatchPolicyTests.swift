import Glibc
import Testing

@testable import Platform

extension LoneWorkTests {
    /// SCHED_BATCH of <sched.h>.
    private static let batch: Int32 = 3

    /// The policy of this thread after it has taken one.
    private func taken() -> Int32 {
        BatchPolicy.take()
        return sched_getscheduler(0)
    }

    @Test("threads are a batch's from a large round on to a small one, but while there is lone work")
    func batch() {
        while LoneWork.isThere { LoneWork.giveWay() }
        BatchPolicy.note(roundOf: 255)
        #expect(taken() == SCHED_OTHER)
        BatchPolicy.note(roundOf: 256)
        #expect(taken() == Self.batch)
        BatchPolicy.note(roundOf: 33)
        #expect(taken() == Self.batch)
        LoneWork.begin()
        #expect(taken() == SCHED_OTHER)
        LoneWork.finish()
        #expect(taken() == SCHED_OTHER, "more is expected")
        while LoneWork.isThere { LoneWork.giveWay() }
        #expect(taken() == Self.batch)
        BatchPolicy.note(roundOf: 32)
        #expect(taken() == SCHED_OTHER)
    }

    @Test("a thread that one of a batch has started takes its own policy")
    func inherited() async {
        while LoneWork.isThere { LoneWork.giveWay() }
        BatchPolicy.note(roundOf: 256)
        let policies = await OSThread.run {
            BatchPolicy.take()
            let policies = [sched_getscheduler(0)]
            BatchPolicy.note(roundOf: 1)
            let started = Monitor<Int32?>(nil)
            let hasStarted = OSThread.start {
                BatchPolicy.take()
                started.update { $0 = sched_getscheduler(0) }
            }
            return hasStarted ? policies + [started.wait { $0 }] : []
        }
        #expect(policies == [Self.batch, SCHED_OTHER])
    }
}
