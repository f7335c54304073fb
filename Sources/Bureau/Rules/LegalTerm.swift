/// The time that the law gives for an answer to a request of the person concerned.
///
/// A term does not count the day of the request, ends with its last day in São Paulo, and goes on to the next business
/// day when that is none (Código Civil, art. 132).
public enum LegalTerm: Hashable, Sendable {
    case days(Int32)
    case businessDays(Int)

    /// A wrong or contested entry is corrected or cancelled within ten days (Lei 12.414/2011, art. 5, III).
    public static let correction = LegalTerm.days(10)
    /// A register is closed or opened again within two business days (Lei 12.414/2011, art. 5 §6, by Lei Complementar
    /// 166/2019).
    public static let cadastro = LegalTerm.businessDays(2)
    /// Those who were given a wrong entry are told of its correction within five business days (CDC art. 43 §3).
    public static let notice = LegalTerm.businessDays(5)

    /// The last day on which a request of `day` is answered in time.
    public func lastDay(from day: CalendarDate) -> CalendarDate {
        switch self {
        case .days(let count): day.adding(days: count).orNextBusinessDay
        case .businessDays(let count): day.adding(businessDays: count)
        }
    }

    /// The last day for a request that was received at an instant, by São Paulo's day.
    public func lastDay(from instant: Instant) -> CalendarDate {
        lastDay(from: .inSaoPaulo(instant))
    }
}
