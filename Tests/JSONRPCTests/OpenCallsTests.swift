import Testing

@testable import JSONRPC

@Suite("Open calls")
struct OpenCallsTests {
    @Test("each call is closed once, and not after its group has answered")
    func closesOnce() {
        var calls = OpenCalls()
        let isClosed = [calls.close(1), calls.close(1)]
        #expect(isClosed == [true, false])
        #expect(!calls.isOpen(1) && calls.isOpen(0))
        calls.settle()
        let isClosedLate = calls.close(0)
        #expect(!isClosedLate)
        #expect(!calls.isOpen(0))
    }

    @Test("what is closed before the group runs is not among what is left to do")
    func leavesOut() {
        var calls = OpenCalls()
        let all = calls.begin(3)
        #expect(all == nil)
        calls = OpenCalls()
        _ = calls.close(1)
        let left = calls.begin(3)
        #expect(left == [0, 2])
    }

    @Test("a group is abandoned when it runs and all its calls are closed")
    func abandoned() {
        var calls = OpenCalls()
        _ = calls.close(0)
        _ = calls.begin(2)
        #expect(!calls.isAbandoned(of: 2))
        _ = calls.close(1)
        #expect(calls.isAbandoned(of: 2))
        calls.settle()
        #expect(!calls.isAbandoned(of: 2))
    }
}
