import Repositories
import Platform

/// Sends requests to one endpoint, on one thread of its own. Any thread and any task may hand them in.
final class Driver: Sendable {
    let settings: DriverSettings
    private let mailbox: Mailbox

    init(_ settings: DriverSettings) throws(DynamoDBOpenError) {
        guard let multi = Multi(connections: settings.concurrency) else { throw .system }
        self.settings = settings
        let mailbox = Mailbox(multi)
        self.mailbox = mailbox
        guard OSThread.start({ DriverLoop(settings, mailbox, multi).run() }) else { throw .system }
    }

    deinit {
        mailbox.stop()
    }

    /// Sends requests and gives an outcome for each; suspends once for all of them.
    ///
    /// As long as the endpoint answers, requests wait for their turn; each has an outcome within the time limit of a
    /// call from its start, or from the endpoint's last answer.
    ///
    /// When the task is cancelled, requests that wait are dropped, reads on the way too, and writes on the way get
    /// their outcomes.
    ///
    /// - Parameter isCancellable: false for what has to be done once the call has written.
    func run(_ requests: [APIRequest], isUrgent: Bool = false, isCancellable: Bool = true) async -> [APIOutcome] {
        if requests.isEmpty { return [] }
        let cancellation = Cancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(requests, isUrgent, cancellation) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            guard isCancellable else { return }
            cancellation.cancel()
            mailbox.noteCancelled()
        }
    }

    /// Sends a request and blocks the calling thread; never on Swift's cooperative pool.
    func runBlocking(_ request: APIRequest) -> APIOutcome {
        let outcome = Monitor<APIOutcome?>(nil)
        submit([request], false, Cancellation()) { outcomes in
            outcome.change { state in
                state = outcomes.first
                return ((), true)
            }
        }
        return outcome.wait { $0 }
    }

    private func submit(
        _ requests: [APIRequest], _ isUrgent: Bool, _ cancellation: Cancellation,
        _ completion: @escaping @Sendable ([APIOutcome]) -> Void
    ) {
        mailbox.put(
            Submission(requests: requests, isUrgent: isUrgent, cancellation: cancellation, completion: completion))
    }
}
