import Platform

/// The methods of a connection that is read before its stores are open.
///
/// Until they are there, only messages of the foreign protocol are answered that need no store. Its calls that need one
/// are kept; at a plain message the reader waits.
public final class AwaitedMethods: Sendable {
    private enum Client { case unknown, plain, foreign }

    private struct State {
        var methods: MethodTable?
        /// Whether there will be no methods, because the start has failed.
        var isWithheld = false
        /// What is answered then; nil when nothing is.
        var refusal: Failure?
        var client = Client.unknown
    }

    private let state = Monitor(State())
    private let wake: WakePipe

    /// Nil when the system gives no descriptor.
    public init?() {
        guard let wake = WakePipe() else { return nil }
        self.wake = wake
    }

    public func provide(_ methods: MethodTable) {
        state.update { $0.methods = methods }
        wake.wake()
    }

    /// Notes that there will be no methods: every call is answered with `refusal`, and nothing is when that is nil.
    public func withhold(answering refusal: Failure? = nil) {
        state.update {
            $0.isWithheld = true
            $0.refusal = refusal
        }
        wake.wake()
    }

    /// Readable once the methods are there, or it is known that there will be none.
    var descriptor: Int32 { wake.readEnd }

    /// What calls are answered with when there will be no methods.
    var refusal: Failure? { state.withLock { $0.refusal } }

    /// Whether `wait` would not block.
    var isSettled: Bool { state.withLock { $0.methods != nil || $0.isWithheld } }

    /// Whether the client speaks the foreign protocol, as its first message tells; false when none comes within the
    /// time. Blocks the calling thread.
    public func hasForeignClient(within time: Duration) -> Bool {
        state.wait(until: .now + time) { $0.client == .unknown ? nil : $0.client == .foreign } ?? false
    }

    /// Returns the methods as soon as they are there; nil when there will be none.
    func wait() -> MethodTable? {
        noteClient(.plain)
        return state.wait { state in
            if let methods = state.methods { return .some(methods) }
            return state.isWithheld ? .some(nil) : nil
        }
    }

    /// Notes that a foreign message has come.
    func noteForeignMessage() { noteClient(.foreign) }

    /// Notes that no message comes any more.
    func noteEnd() { noteClient(.plain) }

    private func noteClient(_ client: Client) {
        state.update { if $0.client == .unknown { $0.client = client } }
    }
}
