import Bureau
import Glibc
import JSON
import Platform
import Repositories
import Services

/// Tells on stderr how far an extraction has come: a bar on a terminal, otherwise a JSON line every ten seconds.
struct ProgressReport {
    private static let timeBetweenLines = Duration.seconds(10)
    private static let timeBetweenBars = Duration.milliseconds(100)
    private static let timeBeforeRetries = Duration.seconds(1)
    private static let barWidth = 30

    private let segments: Int
    private let isTerminal = isatty(2) == 1
    private let start = ContinuousClock.now
    private var toldAt = ContinuousClock.now
    private var firstMet: Int?
    private var hasToldRetry = false

    init(segments: Int) { self.segments = segments }

    /// Tells the state from time to time, and why a store is asked again as soon as it is.
    mutating func tell(_ state: ExtractionState, askingAgainAfter error: StoreError? = nil) {
        let first = firstMet ?? state.tally.met
        firstMet = first
        let now = ContinuousClock.now
        let isNew = error != nil && !hasToldRetry && now - toldAt >= Self.timeBeforeRetries
        guard isNew || now - toldAt >= (isTerminal ? Self.timeBetweenBars : Self.timeBetweenLines) else { return }
        toldAt = now
        hasToldRetry = error != nil
        let reason = error.map { StartFailure.sentence($0) }
        let ended = state.progress.begun - state.progress.open.count
        let rate = Int(Double(state.tally.met - first) / max(0.001, (now - start) / .seconds(1)))
        if isTerminal {
            let full = segments > 0 ? Self.barWidth * ended / segments : 0
            let retry = reason.map { ", asks again: \($0)" } ?? ""
            let bar = String(repeating: "#", count: full) + String(repeating: "-", count: Self.barWidth - full)
            FileDescriptor(2).offer("\r[\(bar)] \(state.tally.met) subjects, \(rate)/s\(retry) \u{1B}[K")
        } else {
            var writer = Writer()
            writer.object { line in
                line.member("subjects", state.tally.met)
                line.member("perSecond", rate)
                line.member("segmentsDone", ended)
                line.member("segments", segments)
                line.member("readUnits", Int(state.readUnits))
                guard let reason else { return }
                line.key("askingAgain")
                line.string(reason)
            }
            FileDescriptor(2).offer(String(decoding: writer.take(), as: UTF8.self) + "\n")
        }
    }

    /// Tells what became of all subjects.
    func finish(_ state: ExtractionState, _ counts: ExtractionWriter.Counts) {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var writer = Writer()
        writer.object { line in
            line.key("asOf")
            line.string(state.asOf.text)
            line.member("written", counts.written)
            line.member("inSmallCells", counts.inSmallCells)
            line.member("removedSince", counts.removed)
            for count in ExtractionState.counts(of: state.tally) {
                line.member(count.name, count.count)
            }
            line.member("readUnits", Int(state.readUnits))
            line.member("milliseconds", Int(seconds * 1000))
        }
        FileDescriptor(2).offer(
            (isTerminal ? "\r\u{1B}[K" : "") + String(decoding: writer.take(), as: UTF8.self) + "\n")
    }
}

extension Writer {
    fileprivate mutating func member(_ name: StaticString, _ number: Int) {
        key(name)
        self.number(number)
    }
}
