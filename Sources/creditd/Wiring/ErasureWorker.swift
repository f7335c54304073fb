import Logging
import Services

/// Ends, in the background of a daemon, the erasures that other daemons have left, applies tombstones again once every
/// base can be asked, keeps the list of blocked subjects fresh, deletes the scores that are no longer to be kept,
/// heeds what operators accept, and notices when a key ring lacks a token key.
struct ErasureWorker: Sendable {
    private static let pause = Duration.seconds(1)
    /// How many pauses pass between two looks at the outbox.
    private static let pausesOfOutbox = 5

    /// How many pauses pass between two looks at the token keys that stores have seen.
    private static let pausesOfTokenKeys = 2

    /// How many pauses pass between two looks for what operators have accepted.
    private static let pausesOfAcceptances = 2

    /// How many pauses pass between two looks for old scores.
    private static let pausesOfRetention = 3600

    let erasures: ErasureService
    let blocks: BlockList
    let scores: ScoreService
    let tokenMoves: TokenMoves
    let seen: SeenVersions?
    /// Whether every base was asked for its tombstones at the start.
    let hasReapplied: Bool
    let log: Logger

    /// Starts working. The caller cancels the task before the stores close.
    func start() -> Task<Void, Never> {
        Task { [self] in
            var hasReapplied = hasReapplied
            var pauses = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.pause)
                if Task.isCancelled { return }
                await blocks.refresh()
                pauses += 1
                if pauses.isMultiple(of: Self.pausesOfTokenKeys) { await tokenMoves.lookForLackingKeys() }
                if pauses.isMultiple(of: Self.pausesOfAcceptances) { await seen?.heedAcceptances(everyDay: false) }
                if pauses % Self.pausesOfRetention == 1 { await deleteExpiredScores() }
                guard pauses.isMultiple(of: Self.pausesOfOutbox) else { continue }
                if !hasReapplied { hasReapplied = await erasures.reapply() }
                let count = await erasures.workOff()
                if count > 0 { log.notice("erasures have been ended", metadata: ["count": "\(count)"]) }
            }
        }
    }

    private func deleteExpiredScores() async {
        let count = await scores.deleteExpired()
        if count > 0 { log.notice("scores past their retention have been deleted", metadata: ["count": "\(count)"]) }
    }
}
