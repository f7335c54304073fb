/// The right that a person uses by a request.
public enum RequestKind: String, TextValue, CaseIterable {
    /// The person contests a debt (Lei 12.414/2011, art. 5, III).
    case dispute
    /// The person asks for their registration to be corrected (LGPD art. 18, III; CDC art. 43 §3).
    case correction
    /// The person closes the register of their positive data (Lei 12.414/2011, art. 5, I).
    case cadastroCancel = "cadastro_cancel"
    /// The person opens the register again (Lei 12.414/2011, art. 5, I).
    case cadastroReopen = "cadastro_reopen"

    /// The time that the law gives for an answer.
    public var term: LegalTerm {
        switch self {
        case .dispute, .correction: .correction
        case .cadastroCancel, .cadastroReopen: .cadastro
        }
    }
}

/// How a request ended.
public enum RequestOutcome: String, TextValue, CaseIterable {
    /// The entry was wrong and is right now.
    case corrected
    /// The entry was wrong and is no longer kept.
    case removed
    /// The entry stays as it was, because it is right.
    case kept
    /// What was asked for was done.
    case carriedOut = "carried_out"
}

/// Why a person contests a debt.
public enum DisputeReason: String, TextValue, CaseIterable {
    /// The person did not take the debt on.
    case notMine = "not_mine"
    /// Somebody took it on in the person's name.
    case fraud
    /// It is paid already.
    case paid
    /// The amount, or the interest, is wrong.
    case wrongAmount = "wrong_amount"
    /// A day is wrong.
    case wrongDate = "wrong_date"
    /// It is kept beyond the time that the law allows.
    case expired
    case other
}
