import Bureau
import Repositories
import Synchronization
import Testing

@Suite("The watch over a store")
struct StoreWatchTests {
    private let unreachable = StoreReason(.unreachable, code: "ECONNREFUSED", "the server does not answer")
    private let full = StoreReason(.full, code: "SQLITE_FULL", "the disk is full")

    /// The changes that a watch reported, without their times.
    private final class Reports: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ change: StoreWatch.Change) {
            lines.withLock {
                switch change {
                case .lost(let reason): $0.append("lost \(reason.cause.rawValue)")
                case .back(let reason, let time):
                    $0.append(time >= .zero ? "back \(reason.cause.rawValue)" : "back too early")
                }
            }
        }
    }

    private let reports = Reports()

    private func watch(settling: Duration = .zero) -> StoreWatch {
        StoreWatch(settlingTime: settling) { [reports] in reports.add($0) }
    }

    @Test("a loss is reported once, whatever fails after it, and so is the return")
    func once() {
        let watch = watch()
        watch.succeeded(.write)
        for _ in 0..<100 { watch.failed(unreachable) }
        #expect(watch.reason == unreachable)
        for _ in 0..<100 { watch.succeeded(.read) }
        #expect(watch.reason == nil)
        #expect(reports.all == ["lost unreachable", "back unreachable"])
    }

    @Test("a commit that was not confirmed is forgotten after a write, and not after a read or a check")
    func unconfirmedCommit() {
        let watch = watch()
        watch.failed(unreachable, committing: true)
        watch.succeeded(.read)
        watch.succeeded(.check)
        #expect(watch.reason == unreachable)
        watch.succeeded(.write)
        #expect(watch.reason == nil)
    }

    @Test("the latest reason is told, because the first may have gone")
    func latestReason() {
        let watch = watch()
        watch.failed(unreachable)
        watch.failed(full)
        #expect(watch.reason == full)
        #expect(reports.all == ["lost unreachable"])
    }

    @Test("a store that fails again and again is not back in between")
    func flapping() {
        let watch = watch(settling: .seconds(600))
        for _ in 0..<1000 {
            watch.failed(unreachable)
            watch.succeeded(.write)
        }
        #expect(watch.reason == unreachable)
        #expect(reports.all == ["lost unreachable"])
    }

    @Test("a read does not show that a full or read-only store takes writes again, and a write does")
    func writes() {
        for reason in [full, StoreReason(.readOnly, "a replica")] {
            let watch = watch()
            watch.failed(reason)
            watch.succeeded(.read)
            #expect(watch.reason == reason)
            watch.succeeded(.write)
            #expect(watch.reason == nil)
        }
        #expect(reports.all == ["lost full", "back full", "lost read_only", "back read_only"])
    }
}
