import JSON
import Platform
import Synchronization

/// A call on its way to its group: views into its line, valid while the line is.
struct IncomingCall {
    /// The text of its id; nil for a notification.
    var id: UnsafeBufferPointer<UInt8>?
    var target: ResponseTarget
    /// The size of the request.
    var bytes: Int
    var deadline: CallDeadline?
    var workDoneToken: Value?
    var idempotencyKey: Value?
    var trace: TraceParent?
    /// Whether another protocol made the call.
    var isForeign = false
}

/// What a group keeps of its calls beside their params: ids, response targets, deadlines, progress tokens and traces.
///
/// Calls are numbered in the order of their arrival.
struct PendingCalls: Sendable {
    private var idBytes: [UInt8] = []
    private var idEnds: [Int32] = []
    /// Empty while every response goes to the output.
    private var targets: [ResponseTarget] = []
    private(set) var deadlines: [(index: Int, deadline: CallDeadline)] = []
    /// The tokens of the calls whose clients want to know their progress.
    private(set) var tokens: [(index: Int, bytes: [UInt8])] = []
    /// The traces of the calls whose clients trace them.
    private(set) var traces: [(index: Int, trace: TraceParent)] = []

    var count: Int { idEnds.count }

    /// Whether every response goes to the output.
    var goToOutput: Bool { targets.isEmpty }

    mutating func append(_ call: IncomingCall) {
        let index = count
        if let id = call.id { idBytes.append(contentsOf: id) }
        idEnds.append(Int32(idBytes.count))
        if case .output = call.target, targets.isEmpty {
        } else {
            while targets.count < index { targets.append(.output) }
            targets.append(call.target)
        }
        if let deadline = call.deadline { deadlines.append((index, deadline)) }
        if let token = call.workDoneToken, call.id != nil { tokens.append((index, Array(token.rawText))) }
        if let trace = call.trace { traces.append((index, trace)) }
    }

    /// Calls `body` with a call's id as it was written; with no bytes for a notification.
    func withID<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let start = index == 0 ? 0 : Int(idEnds[index - 1])
        let end = Int(idEnds[index])
        return idBytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }

    /// Begins the response to a call, with its id. Lends no memory to a function that changes something beside these
    /// calls: they would be copied for each.
    func openResponse(to index: Int, in writer: inout Writer) {
        writer.openResponse()
        withID(of: index) { writer.source($0) }
    }

    func target(of index: Int) -> ResponseTarget {
        targets.isEmpty ? .output : targets[index]
    }

    func token(of index: Int) -> [UInt8]? {
        tokens.isEmpty ? nil : tokens.first { $0.index == index }?.bytes
    }

    func trace(of index: Int) -> TraceParent? {
        traces.isEmpty ? nil : traces.first { $0.index == index }?.trace
    }
}

/// Writes the responses of a group; those to the output share one buffer.
@usableFromInline
struct GroupResponses: ~Copyable {
    private let group: CallGroup
    private let calls: PendingCalls
    /// The calls that were answered ahead of their group.
    let closed: Set<Int>
    private var buffer: Writer
    /// Where responses to slots are written, one after the other.
    private var slotBuffer = Writer()
    /// The size of all responses so far.
    private(set) var bytes = 0
    /// The number of the responses that have a size; those of notifications and of calls answered ahead have none.
    private(set) var count = 0
    /// The errors so far, those of notifications included.
    private(set) var failures: [CallFailure] = []
    /// The size of the responses before the last part.
    private var bytesOfParts = 0

    /// The size from which the responses leave in parts.
    private static let partBytes = 256 << 10

    init(of group: CallGroup, without closed: Set<Int> = [], reserving capacity: Int = 0) {
        self.group = group
        calls = group.calls
        self.closed = closed
        buffer = Writer(reserving: calls.goToOutput ? min(capacity, Self.partBytes) : 0)
    }

    /// Answers a call with a result; `write` appends one JSON value.
    @usableFromInline
    mutating func result(of index: Int, _ write: (inout Writer) -> Void) {
        if !closed.isEmpty, closed.contains(index) { return }
        answer(index) { $0.closeResponse(write) }
    }

    /// Answers a call with an error.
    @usableFromInline
    mutating func error(of index: Int, _ failure: Failure) {
        if closed.contains(index) { return }
        failures.append(CallFailure(index: index, kind: FailureKind(failure)))
        if case .discarded = calls.target(of: index) { return }
        group.context.counters.countError()
        answer(index) { $0.closeResponse(failure) }
    }

    /// Sends what was written if much was since the last time; false when it was not.
    @usableFromInline
    mutating func sendPart() -> Bool {
        guard bytes - bytesOfParts >= Self.partBytes else { return false }
        bytesOfParts = bytes
        group.context.output.append(buffer.take())
        return true
    }

    /// Sends what was written.
    consuming func send() {
        group.context.output.append(buffer.take())
    }

    /// Answers a call; `close` ends the response behind its id.
    private mutating func answer(_ index: Int, _ close: (inout Writer) -> Void) {
        if group.isLong { LoneWork.giveWay() }
        switch calls.target(of: index) {
        case .output:
            let start = buffer.count
            calls.token(of: index)?.withUnsafeBufferPointer { buffer.progress(.end, token: $0) }
            calls.openResponse(to: index, in: &buffer)
            close(&buffer)
            buffer.raw("\n")
            bytes += buffer.count - start
            count += 1
        case .slot(let slots, let slot):
            group.tell(index, .end)
            calls.openResponse(to: index, in: &slotBuffer)
            close(&slotBuffer)
            bytes += slotBuffer.count
            count += 1
            // A copy, because a buffer that grew is larger than the response, which may wait.
            slots.fill(slot, with: slotBuffer.bytes, isLast: true)
            slotBuffer.removeAll()
        case .discarded:
            break
        }
    }
}

/// The latest time at which a call is answered.
struct CallDeadline: Sendable {
    let arrival: RoundArrival
    /// The time from the arrival, as the client or the program asked.
    let timeoutMilliseconds: Int

    var instant: ContinuousClock.Instant { arrival.instant + .milliseconds(timeoutMilliseconds) }
}

/// When the requests of a round arrived.
///
/// A class, because an instant has no layout that the compiler knows: what holds one in itself is copied by its
/// metadata, and each call is.
final class RoundArrival: Sendable {
    let instant = ContinuousClock.now
}

/// Answers calls when their deadlines pass, whatever their groups wait for.
final class Deadlines: Sendable {
    private struct State {
        /// The unfinished groups with a deadline, each with its earliest.
        var groups: [GroupID: (group: CallGroup, earliest: ContinuousClock.Instant)] = [:]
        /// When the next alarm rings.
        var alarm: ContinuousClock.Instant?

        /// Whether an alarm has to be set, because none rings early enough.
        mutating func setAlarm(at instant: ContinuousClock.Instant) -> Bool {
            if let alarm, alarm <= instant { return false }
            alarm = instant
            return true
        }
    }

    private let state = Mutex(State())
    private let alarms: Alarms

    init(alarms: Alarms) {
        self.alarms = alarms
    }

    /// Watches the deadlines of a group until it is finished.
    func watch(_ group: CallGroup) {
        guard let earliest = group.earliestDeadline else { return }
        let isNext = state.withLock { state in
            state.groups[group.id] = (group, earliest)
            return state.setAlarm(at: earliest)
        }
        if isNext { ring(at: earliest) }
    }

    /// Forgets a finished group.
    func forget(_ group: CallGroup) {
        state.withLock { state in
            if !state.groups.isEmpty { state.groups[group.id] = nil }
        }
    }

    private func ring(at instant: ContinuousClock.Instant) {
        alarms.ring(at: instant) { [weak self] in self?.expire() }
    }

    private func expire() {
        let now = ContinuousClock.now
        let due = state.withLock { $0.groups.values.filter { $0.earliest <= now }.map(\.group) }
        for group in due { group.expire(now) }
        let next: ContinuousClock.Instant? = state.withLock { state in
            for group in due where state.groups[group.id] != nil {
                state.groups[group.id] = group.earliestDeadline.map { (group, $0) }
            }
            state.alarm = nil
            guard let next = state.groups.values.lazy.map(\.earliest).min() else { return nil }
            return state.setAlarm(at: next) ? next : nil
        }
        if let next { ring(at: next) }
    }
}
