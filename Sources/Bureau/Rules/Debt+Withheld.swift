/// Why a fact is kept and not given out any more.
public enum WithheldReason: String, TextValue, CaseIterable {
    /// What speaks against the person, after five years (CDC art. 43 §1, Súmula 323 of the STJ).
    case negative = "negative_after_five_years"
    /// What speaks for the person or for nobody, after fifteen years (Lei 12.414/2011 art. 14).
    case positive = "positive_after_fifteen_years"
    /// What speaks for the person or for nobody, while the person's register of it is closed (Lei 12.414/2011 art. 5
    /// I).
    case cadastroCancelled = "cadastro_cancelled"
}

extension Debt {
    /// Tells on a day of São Paulo whether the debt may still be given out; nil while it may.
    ///
    /// A term begins on the day that follows the fact and ends with the day of the same number, years later (Lei
    /// 810/1949), which is the last day on which the debt is given out. A debt that was due on 2021-11-28 is overdue
    /// from 2021-11-29 on and given out up to and including 2026-11-28. A dispute does not prolong the term of what it
    /// disputes, so that a disputed debt has the term of an overdue one.
    public func withheld(on day: CalendarDate) -> WithheldReason? {
        status.withheld(dueDate: dueDate, settledOn: settledOn, on: day)
    }

    /// Whether a term of the law has closed the debt to scores on a day of São Paulo.
    public func isClosedToScores(on day: CalendarDate) -> Bool {
        status.isClosedToScores(dueDate: dueDate, settledOn: settledOn, on: day)
    }

    /// Whether the debt is part of the register of positive data, which a person may close. What is overdue, disputed
    /// or lost is told by another law (CDC art. 43).
    public var isPositive: Bool { status.isPositive }
}

extension DebtStatus {
    /// Tells on a day of São Paulo whether a debt of this status may still be given out; nil while it may.
    func withheld(dueDate: CalendarDate, settledOn: CalendarDate?, on day: CalendarDate) -> WithheldReason? {
        switch self {
        case .overdue, .writtenOff, .disputed: dueDate.isLongerAgo(than: 5, on: day) ? .negative : nil
        case .open: dueDate.isLongerAgo(than: 15, on: day) ? .positive : nil
        case .settled, .renegotiated: (settledOn ?? dueDate).isLongerAgo(than: 15, on: day) ? .positive : nil
        }
    }

    /// An open debt that is past due has the term of what speaks against the person, although it may be given out.
    func isClosedToScores(dueDate: CalendarDate, settledOn: CalendarDate?, on day: CalendarDate) -> Bool {
        withheld(dueDate: dueDate, settledOn: settledOn, on: day) != nil
            || self == .open && dueDate.isLongerAgo(than: 5, on: day)
    }

    var isPositive: Bool {
        switch self {
        case .open, .settled, .renegotiated: true
        case .overdue, .disputed, .writtenOff: false
        }
    }
}

extension Payment {
    /// Whether the payment was made in full and in time.
    public var isPositive: Bool { paid.map { $0.day <= dueDate && $0.amount >= amount } ?? false }

    /// Tells on a day of São Paulo whether the payment may still be given out; nil while it may.
    ///
    /// What was not paid, not in full, or late speaks against the person, and has the term of such a debt, from its own
    /// due date on, because the debt may live for decades.
    public func withheld(on day: CalendarDate) -> WithheldReason? {
        !isPositive && dueDate.isLongerAgo(than: 5, on: day) ? .negative : nil
    }
}

extension CalendarDate {
    /// Whether so many years have gone by whole on `day` since the day that follows this one.
    func isLongerAgo(than years: Int, on day: CalendarDate) -> Bool {
        guard let next = CalendarDate(daysSinceEpoch: daysSinceEpoch + 1) else { return false }
        return next.years(until: day) >= years
    }
}
