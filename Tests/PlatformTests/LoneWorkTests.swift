import Platform
import Testing

/// One after the other, because all share what the process knows of lone work.
@Suite("LoneWork", .serialized)
struct LoneWorkTests {
    @Test("long work gives way until lone work is done")
    func done() {
        LoneWork.begin()
        LoneWork.finish()
        #expect(!LoneWork.isWaitedFor)
        LoneWork.giveWay()
    }

    @Test("lone work that takes long is waited for no more")
    func patience() async throws {
        LoneWork.begin()
        try await Task.sleep(for: LoneWork.patience)
        #expect(!LoneWork.isWaitedFor)
        LoneWork.finish()
    }
}
