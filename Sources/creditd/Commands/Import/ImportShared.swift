import Glibc
import Importing
import JSON
import Platform

/// Why an import ended before its file did.
enum ImportStop {
    case signal(Int32)
    case maximumRejects
    /// The role may not do what a row needs.
    case forbidden(String)
    /// A store stayed away: its base and the reason of the last error.
    case storeAway(String)
    case failed(StartFailure)
}

/// What the thread that sends requests does next.
enum ImportStep {
    case read(room: Int, number: Int)
    case resend([UInt8])
    case finish
    case wait
}

/// What the threads of an import share.
struct ImportShared {
    /// The most rows that are on their way when one reject more than is allowed is found.
    static let rowsBehindRejects = 64

    var ledger: ImportLedger
    var stop: ImportStop?
    /// Whether the last row was read.
    var hasEnded = false
    private(set) var retries = 0
    /// The rows whose next request can be sent.
    private var ready: [Int] = []
    private let maximumRejects: Int?
    /// The rows whose request is sent again after a pause.
    private var delayed: [Int] = []
    private var resumesAt: ContinuousClock.Instant?
    private var backoff = Backoff(first: .milliseconds(200), limit: .seconds(4))
    private var random = SystemRandomNumberGenerator()
    /// Since when the store has given no answer but that it is away.
    private var awaySince: ContinuousClock.Instant?
    /// Why a store is asked again.
    private(set) var retry: String?

    init(_ ledger: ImportLedger, maximumRejects: Int?) {
        self.ledger = ledger
        self.maximumRejects = maximumRejects
    }

    /// Nil while there is nothing to do.
    mutating func nextStep(at now: ContinuousClock.Instant) -> ImportStep? {
        if let maximumRejects, ledger.tally.rejected > maximumRejects { stop = stop ?? .maximumRejects }
        if stop != nil { return .finish }
        if !ready.isEmpty {
            defer { ready.removeAll() }
            return .resend(requests(of: ready))
        }
        if let resumesAt {
            guard now >= resumesAt else { return nil }
            self.resumesAt = nil
            defer { delayed.removeAll() }
            return .resend(requests(of: delayed.sorted()))
        }
        if hasEnded { return ledger.isEmpty ? .finish : nil }
        return room > 0 ? .read(room: room, number: ledger.nextNumber) : nil
    }

    /// How many further rows can be read. With a limit of rejects these become fewer as it comes near, because all
    /// that are on their way are imported behind it.
    private var room: Int {
        guard let maximumRejects else { return ledger.room }
        let window = max(Self.rowsBehindRejects, maximumRejects - ledger.tally.rejected)
        return min(ledger.room, window - ledger.count)
    }

    private func requests(of numbers: [Int]) -> [UInt8] {
        numbers.reduce(into: []) { $0 += ledger[$1]?.request ?? [] }
    }

    /// Takes an answer to the request of a row.
    mutating func settle(_ answer: ImportAnswer, _ builder: ImportRequest, _ retryFor: Duration) {
        guard let number = answer.id, let row = ledger[number] else { return }
        switch answer.outcome {
        case .accepted: end(number, row.isUpdate ? .updated : .imported)
        case .unchanged: end(number, .unchanged)
        case .failed(let failure):
            switch failure.remedy(for: builder.kind, rowHasVersion: Self.hasVersion(row, failure)) {
            case .none: end(number, .rejected(failure.refusal(of: builder.kind)))
            case .retry:
                if failure.reason == "outcome_unknown", !builder.hasKeys { ledger.becomesUncertain(number) }
                again(number, failure, retryFor)
            case .policy: meet(number, row, failure, builder)
            case .stop: stop = stop ?? .forbidden(failure.cause ?? failure.reason)
            }
        }
    }

    private mutating func end(_ number: Int, _ ending: RowEnding) {
        ledger.end(number, ending)
        if awaySince != nil {
            awaySince = nil
            retry = nil
        }
        backoff.reset()
    }

    /// Decides about a row whose record is there already.
    private mutating func meet(
        _ number: Int, _ row: ImportLedger.Row, _ failure: ImportFailure, _ builder: ImportRequest
    ) {
        switch builder.policy {
        // What is there is most likely what the first request has written.
        case _ where row.isUncertain && !row.isUpdate: end(number, .imported)
        case .skip where !row.isUpdate: end(number, .skipped)
        // The version is the person's, of which an update of the debt knows nothing.
        case .update where builder.kind == .debts && Self.statesVersion(row):
            end(number, .rejected(RowRefusal(reason: "already_exists")))
        case .update where !row.isUpdate:
            let update = builder.update(of: row.request, id: number, row: row.line, debtID: failure.debtID)
            guard let update else { return end(number, .unchanged) }
            ledger.goOn(number, with: update)
            ready.append(number)
        default:
            let isThere = failure.reason == "version_conflict"
            let refusal = failure.refusal(of: builder.kind)
            end(number, .rejected(isThere ? RowRefusal(reason: "already_exists") : refusal))
        }
    }

    /// Sends the request of a row again after a pause, unless its store has been away for too long.
    private mutating func again(_ number: Int, _ failure: ImportFailure, _ retryFor: Duration) {
        let now = ContinuousClock.now
        let since = awaySince ?? now
        awaySince = since
        let base = failure.base.map { "base \($0): " } ?? ""
        let reason = base + failure.reason
        retry = reason
        guard now - since < retryFor else {
            stop = stop ?? .storeAway(reason)
            return
        }
        retries += 1
        delayed.append(number)
        if resumesAt == nil { resumesAt = now + max(.milliseconds(50), backoff.next(using: &random)) }
    }

    /// Whether a profile's row states a version of its own that did not hold.
    private static func hasVersion(_ row: ImportLedger.Row, _ failure: ImportFailure) -> Bool {
        failure.reason == "version_conflict" && statesVersion(row)
    }

    private static func statesVersion(_ row: ImportLedger.Row) -> Bool {
        guard let document = try? Document(row.request) else { return false }
        return document.withRoot { ($0["params"]?["expectedVersion"]?.int64 ?? 0) != 0 }
    }
}

/// Rows that were read, and are entered and sent together.
final class ImportBatch {
    struct Row {
        enum Content {
            case request([UInt8])
            case refused(RowRefusal)
        }

        let line: Int
        let end: ImportLedger.Place
        let mayGrow: Bool
        let content: Content
    }

    var params = Writer(reserving: 4096)
    /// The number of the next row.
    var next = 0
    var isLast = false
    private(set) var rows: [Row] = []
    private(set) var bytes: [UInt8] = []

    /// Enters a row, with the digest of the file up to its end, or 0.
    func add(_ finding: RowFinding, of rows: any ImportRows, digest: UInt64, mayGrow: Bool, by builder: ImportRequest) {
        let end = ImportLedger.Place(offset: rows.position, line: rows.lastLine, digest: digest)
        switch finding {
        case .params:
            let request = params.withBytes { builder.line(id: next, params: $0, row: rows.line) }
            bytes += request
            self.rows.append(Row(line: rows.line, end: end, mayGrow: mayGrow, content: .request(request)))
        case .refused(let refusal):
            self.rows.append(Row(line: rows.line, end: end, mayGrow: mayGrow, content: .refused(refusal)))
        }
        next += 1
    }

    func removeAll() {
        rows.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}

/// The two pipes between an import and its connection.
struct ImportPipes {
    let requests: (read: Int32, write: Int32)
    let answers: (read: Int32, write: Int32)

    private static let bytes: Int32 = 1 << 20

    init() throws(StartFailure) {
        var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard pipe(&input) == 0, pipe(&output) == 0 else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        for end in [input[1], output[1]] { FileDescriptor(end).widenPipe(to: Self.bytes) }
        requests = (input[0], input[1])
        answers = (output[0], output[1])
    }
}
