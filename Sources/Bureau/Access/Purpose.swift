/// The purpose of an access, from a closed list.
///
/// Personal data may be used for a stated purpose only (Lei Geral de Proteção de Dados, LGPD, Law 13.709/2018,
/// Art. 6, I).
public enum Purpose: String, TextValue, CaseIterable {
    /// Keeping and reporting credit records: protection of credit (Art. 7, X).
    case creditProtection = "credit_protection"
    /// Deciding on credit at the person's request: steps before a contract (Art. 7, V) and protection of credit
    /// (Art. 7, X).
    case creditApplication = "credit_application"
    /// Carrying out a contract with the person (Art. 7, V).
    case contractPerformance = "contract_performance"
    /// Collecting a debt: regular exercise of rights in proceedings (Art. 7, VI) and protection of credit (Art. 7, X).
    case debtCollection = "debt_collection"
    /// Preventing fraud: legitimate interest (Art. 7, IX), within the limits of Art. 10.
    case fraudPrevention = "fraud_prevention"
    /// Complying with a legal or regulatory obligation (Art. 7, II).
    case legalObligation = "legal_obligation"
    /// Answering a court: regular exercise of rights in judicial, administrative or arbitral proceedings (Art. 7, VI).
    case judicialOrder = "judicial_order"
    /// Giving the person access to their own data (Art. 18, II).
    case dataSubjectRequest = "data_subject_request"
}
