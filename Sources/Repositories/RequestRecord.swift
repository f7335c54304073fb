import Bureau

/// A request by which a person uses a right, as base A keeps it.
package struct RequestRecord: Hashable, Sendable {
    package var requestID: RecordID
    package var token: SubjectToken
    package var kind: RequestKind
    /// The debt that is contested.
    package var debtID: RecordID?
    package var receivedAt: Instant
    /// The instant at which the law's term is over.
    package var lateFrom: Instant
    /// What was asked for, under the person's data key; nil where base A held nobody.
    package var details: Sealed?
    /// Nil while the request is open.
    package var completion: RequestCompletion?

    package init(
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

    package var position: RequestPosition { RequestPosition(lateFrom: lateFrom, requestID: requestID) }
}

/// When and how a request ended.
package struct RequestCompletion: Hashable, Sendable {
    package var at: Instant
    package var outcome: RequestOutcome

    package init(at: Instant, outcome: RequestOutcome) {
        self.at = at
        self.outcome = outcome
    }
}

/// The opening or the end of a request.
package enum RequestFiling: Hashable, Sendable {
    /// `sealedBy` is the data key of the details, where no write of the person goes with the request that names it:
    /// when the person has another one, or is gone, the outcome is `overtaken`.
    case open(RequestRecord, sealedBy: WrappedDataKey? = nil)
    case finish(SubjectToken, requestID: RecordID, RequestCompletion)

    package var token: SubjectToken {
        switch self {
        case .open(let record, _): record.token
        case .finish(let token, _, _): token
        }
    }
}

/// A page of a subject's requests: at most `limit`, older than `before`.
package struct RequestQuery: Sendable {
    package var token: SubjectToken
    /// The only kind to read; nil for all kinds.
    package var kind: RequestKind?
    package var before: RecordID?
    package var limit: Int

    package init(token: SubjectToken, kind: RequestKind?, before: RecordID?, limit: Int) {
        self.token = token
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}

/// The place of a request in the order in which the law's terms end.
package struct RequestPosition: Hashable, Sendable, Comparable {
    package var lateFrom: Instant
    package var requestID: RecordID

    package init(lateFrom: Instant, requestID: RecordID) {
        self.lateFrom = lateFrom
        self.requestID = requestID
    }

    package static func < (one: RequestPosition, other: RequestPosition) -> Bool {
        (one.lateFrom, one.requestID) < (other.lateFrom, other.requestID)
    }
}

/// Which requests of all subjects are read.
package enum RequestState: String, TextValue, CaseIterable {
    /// Open, and in time.
    case due
    /// Open, and beyond the law's term.
    case late
    /// Every request, those that have ended included.
    case all
}

/// A page of all subjects' requests: at most `limit` after `after`, the first to become late first.
package struct DueQuery: Sendable {
    package var state: RequestState
    package var now: Instant
    package var after: RequestPosition?
    package var limit: Int

    package init(state: RequestState, now: Instant, after: RequestPosition?, limit: Int) {
        self.state = state
        self.now = now
        self.after = after
        self.limit = limit
    }
}
