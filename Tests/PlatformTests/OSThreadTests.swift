import Glibc
import Testing
import Platform

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
}
