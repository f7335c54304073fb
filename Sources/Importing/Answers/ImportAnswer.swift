import JSON

/// The answer to one request of an import, without any value of a record.
public struct ImportAnswer: Sendable {
    /// What an answer says.
    public enum Outcome: Sendable {
        case accepted
        /// The same is there already.
        case unchanged
        case failed(ImportFailure)
    }

    /// The request's id; nil when the answer has none, which no request of an import leads to.
    public let id: Int?
    public let outcome: Outcome

    /// Reads an answer; nil for a line that is none.
    public init?(_ root: Value) {
        id = root["id"]?.int64.flatMap { Int(exactly: $0) }
        if let result = root["result"] {
            if let reason = result["reason"]?.string {
                // An event that is older than a full history.
                outcome = .failed(ImportFailure(reason: reason))
            } else {
                outcome = result["recorded"]?.bool == false ? .unchanged : .accepted
            }
        } else if let error = root["error"] {
            outcome = .failed(ImportFailure(error))
        } else {
            return nil
        }
    }
}

/// An error object, as far as an import needs it.
public struct ImportFailure: Sendable {
    /// What an import does about an error.
    public enum Remedy: Equatable, Sendable {
        /// The row is rejected.
        case none
        /// The same request is sent again.
        case retry
        /// Something is there already: the policy decides.
        case policy
        /// Every row would be refused.
        case stop
    }

    public let reason: String
    public let cause: String?
    public let base: String?
    public let debtID: String?
    public let places: [RowRefusal.Place]

    public init(reason: String) {
        self.reason = reason
        cause = nil
        base = nil
        debtID = nil
        places = []
    }

    init(_ error: Value) {
        let data = error["data"]
        reason = data?["reason"]?.string ?? "internal_error"
        cause = data?["cause"]?.string
        base = data?["base"]?.string
        debtID = data?["debtId"]?.string
        var places: [RowRefusal.Place] = []
        if let violations = data?["violations"] {
            for violation in violations.elements {
                places.append(
                    RowRefusal.Place(
                        reason: violation["reason"]?.string ?? reason, pointer: violation["pointer"]?.string ?? "",
                        accepted: violation["accepted"]?.string))
            }
        }
        self.places = places
    }

    /// What to do about the error of the row's first request, or of the one that changes what was there.
    public func remedy(for kind: ImportKind, rowHasVersion: Bool = false) -> Remedy {
        switch reason {
        case "store_unavailable", "outcome_unknown", "audit_unavailable", "busy", "deadline_exceeded": .retry
        case "already_exists", "event_conflict": .policy
        case "version_conflict": kind == .profiles && !rowHasVersion ? .policy : .none
        case "forbidden": cause == "erased" || cause == "blocked" ? .none : .stop
        default: .none
        }
    }

    /// Why the row is rejected. Pointers lead into the row, also where its members lie deeper in the params.
    public func refusal(of kind: ImportKind) -> RowRefusal {
        let named = reason == "forbidden" ? cause ?? reason : reason
        let places = places.map { place in
            guard let nested = kind.nestedMember.map({ "/\($0)" }), place.pointer.hasPrefix("\(nested)/") else {
                return place
            }
            return RowRefusal.Place(
                reason: place.reason, pointer: String(place.pointer.dropFirst(nested.count)), accepted: place.accepted)
        }
        guard let first = places.first else { return RowRefusal(reason: named) }
        return RowRefusal(first, others: Array(places.dropFirst()))
    }
}
