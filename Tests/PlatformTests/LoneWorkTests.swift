import Testing

@testable import Platform

/// One after the other, because all share what the process knows of its work.
@Suite("LoneWork and BatchPolicy", .serialized)
struct LoneWorkTests {
    @Test("long work gives way until lone work is done, and then now and then for a moment")
    func done() {
        LoneWork.begin()
        let now = LoneWork.monotonicNanoseconds
        LoneWork.finish()
        #expect(!LoneWork.isWaitedFor(at: now))
        #expect(LoneWork.isExpected(at: now) && !LoneWork.isExpected(at: now + 20_000_000))
        LoneWork.giveWay()
    }

    @Test("lone work that takes long is waited for no more")
    func patience() {
        let before = LoneWork.monotonicNanoseconds
        LoneWork.begin()
        let after = LoneWork.monotonicNanoseconds
        #expect(LoneWork.isWaitedFor(at: before) && !LoneWork.isWaitedFor(at: after + 500_000))
        LoneWork.finish()
    }
}
