import Bureau

/// A request by which a person uses a right, as base A keeps it.
public struct RequestRecord: Hashable, Sendable {
    public var requestID: RecordID
    public var token: SubjectToken
    public var kind: RequestKind
    /// The debt that is contested.
    public var debtID: RecordID?
    public var receivedAt: Instant
    /// The instant at which the law's term is over.
    public var lateFrom: Instant
    /// What was asked for, under the person's data key; nil where base A held nobody.
    public var details: Sealed?
    /// Nil while the request is open.
    public var completion: RequestCompletion?

    public init(
        requestID: RecordID, token: SubjectToken, kind: RequestKind, debtID: RecordID? = nil, receivedAt: Instant,
        lateFrom: Instant, details: Sealed? = nil, completion: RequestCompletion? = nil
    ) {
        self.requestID = requestID
        self.token = token
        self.kind = kind
        self.debtID = debtID
        self.receivedAt = receivedAt
        self.lateFrom = lateFrom
        self.details = details
        self.completion = completion
    }

    public var position: RequestPosition { RequestPosition(lateFrom: lateFrom, requestID: requestID) }
}

/// When and how a request ended.
public struct RequestCompletion: Hashable, Sendable {
    public var at: Instant
    public var outcome: RequestOutcome

    public init(at: Instant, outcome: RequestOutcome) {
        self.at = at
        self.outcome = outcome
    }
}

/// The opening or the end of a request.
public enum RequestFiling: Hashable, Sendable {
    /// `sealedBy` is the data key of the details, where no write of the person goes with the request that names it:
    /// when the person has another one, or is gone, the outcome is `overtaken`.
    case open(RequestRecord, sealedBy: WrappedDataKey? = nil)
    case finish(SubjectToken, requestID: RecordID, RequestCompletion)

    public var token: SubjectToken {
        switch self {
        case .open(let record, _): record.token
        case .finish(let token, _, _): token
        }
    }
}

/// A page of a subject's requests: at most `limit`, older than `before`.
public struct RequestQuery: Sendable {
    public var token: SubjectToken
    /// The only kind to read; nil for all kinds.
    public var kind: RequestKind?
    public var before: RecordID?
    public var limit: Int

    public init(token: SubjectToken, kind: RequestKind?, before: RecordID?, limit: Int) {
        self.token = token
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}

/// The place of a request in the order in which the law's terms end.
public struct RequestPosition: Hashable, Sendable, Comparable {
    public var lateFrom: Instant
    public var requestID: RecordID

    public init(lateFrom: Instant, requestID: RecordID) {
        self.lateFrom = lateFrom
        self.requestID = requestID
    }

    public static func < (one: RequestPosition, other: RequestPosition) -> Bool {
        (one.lateFrom, one.requestID) < (other.lateFrom, other.requestID)
    }
}

/// Which requests of all subjects are read.
public enum RequestState: String, TextValue, CaseIterable {
    /// Open, and in time.
    case due
    /// Open, and beyond the law's term.
    case late
    /// Every request, those that have ended included.
    case all
}

/// A page of all subjects' requests: at most `limit` after `after`, the first to become late first.
public struct DueQuery: Sendable {
    public var state: RequestState
    public var now: Instant
    public var after: RequestPosition?
    public var limit: Int

    public init(state: RequestState, now: Instant, after: RequestPosition?, limit: Int) {
        self.state = state
        self.now = now
        self.after = after
        self.limit = limit
    }
}
