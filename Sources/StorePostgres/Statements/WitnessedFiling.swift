import Bureau
import Repositories

/// A request to be opened or finished, if the write that it belongs to has taken place.
struct WitnessedFiling {
    /// What shows, later in the transaction, that a write has taken place.
    enum Sign {
        /// The person has this identity.
        case identity(Sealed)
        /// The debt has these details.
        case debt(RecordID, Sealed)
        /// The person with this key does not have the debt.
        case noDebt(RecordID, WrappedDataKey)
    }

    let filing: RequestFiling
    /// Nil for a filing on its own.
    let sign: Sign?

    init(_ filing: RequestFiling, sign: Sign? = nil) {
        self.filing = filing
        self.sign = sign
    }

    fileprivate var identity: Sealed? {
        if case .identity(let identity) = sign { identity } else { nil }
    }

    fileprivate var debtID: RecordID? {
        switch sign {
        case .debt(let debtID, _), .noDebt(let debtID, _): debtID
        case .identity, nil: nil
        }
    }

    fileprivate var details: Sealed? {
        if case .debt(_, let details) = sign { details } else { nil }
    }

    fileprivate var dataKey: WrappedDataKey? {
        if case .noDebt(_, let dataKey) = sign { dataKey } else { nil }
    }
}

extension [WitnessedFiling] {
    /// At most one statement for each kind of filing, each with a row for every filing that takes place.
    var statements: [BoundStatement] {
        let opened = filter { if case .open = $0.filing { true } else { false } }
        let finished = filter { if case .finish = $0.filing { true } else { false } }
        var statements: [BoundStatement] = []
        if !opened.isEmpty {
            statements.append(
                BoundStatement(.openRequests) { parameters in
                    let records = opened.compactMap(\.filing.record)
                    parameters.add(records) { $0.token }
                    parameters.add(records) { $0.requestID }
                    parameters.addSigns(opened)
                    parameters.add(records) { $0.kind.rawValue }
                    parameters.add(records) { $0.debtID }
                    parameters.add(records) { $0.receivedAt }
                    parameters.add(records) { $0.lateFrom }
                    parameters.add(records) { $0.details }
                    parameters.add(records) { $0.completion?.at }
                    parameters.add(records) { $0.completion?.outcome.rawValue }
                    parameters.add(opened) { $0.filing.sealedBy }
                })
        }
        if !finished.isEmpty {
            statements.append(
                BoundStatement(.finishRequests) { parameters in
                    parameters.add(finished) { $0.filing.token }
                    parameters.add(finished) { $0.filing.requestID }
                    parameters.addSigns(finished)
                    parameters.add(finished) { $0.filing.completion?.at }
                    parameters.add(finished) { $0.filing.completion?.outcome.rawValue }
                })
        }
        return statements
    }
}

extension RequestFiling {
    fileprivate var record: RequestRecord? {
        if case .open(let record, _) = self { record } else { nil }
    }

    /// The data key of the details, where it has to be the person's for the request to be opened.
    var sealedBy: WrappedDataKey? {
        if case .open(_, let dataKey) = self { dataKey } else { nil }
    }

    fileprivate var requestID: RecordID {
        switch self {
        case .open(let record, _): record.requestID
        case .finish(_, let requestID, _): requestID
        }
    }

    fileprivate var completion: RequestCompletion? {
        switch self {
        case .open(let record, _): record.completion
        case .finish(_, _, let completion): completion
        }
    }
}

extension Parameters {
    /// Adds the four arrays of signs.
    fileprivate mutating func addSigns(_ filings: [WitnessedFiling]) {
        add(filings) { $0.identity }
        add(filings) { $0.debtID }
        add(filings) { $0.details }
        add(filings) { $0.dataKey }
    }
}
