extension Format {
    /// A real calendar day such as `2026-11-22`: full-date of RFC 3339 §5.6.
    public static let date = Format("date", accepted: "a day of the calendar, as 2026-11-22") { $0.takesDay() }

    /// An instant such as `2026-11-22T15:35:45.5-03:00`: date-time of RFC 3339 §5.6.
    public static let dateTime = Format(
        "date-time", accepted: "a date and time of RFC 3339, as 2026-11-22T15:35:45-03:00"
    ) { $0.takesDay() && $0.takes("T", or: "t") && $0.takesTime() }

    /// A time of day with offset such as `15:35:45.5-03:00`: full-time of RFC 3339 §5.6.
    public static let time = Format("time", accepted: "a time of day with its offset of RFC 3339, as 15:35:45-03:00") {
        $0.takesTime()
    }

    /// A length of time such as `P1Y2M3DT4H5M6S` or `P2W`: duration of RFC 3339 Appendix A.
    public static let duration = Format("duration", accepted: "a duration of RFC 3339, as P1Y2M3DT4H5M6S or P2W") {
        scanner in
        guard scanner.takes("P"), let days = scanner.takesUnits(["Y", "M", "D", "W"]) else { return false }
        if days.contains("W") { return days.count == 1 }
        if scanner.isAtEnd { return !days.isEmpty }
        return scanner.takes("T") && scanner.takesUnits(["H", "M", "S"])?.isEmpty == false
    }
}

extension FormatScanner {
    fileprivate mutating func takesDay() -> Bool {
        guard let year = number(of: 4, upTo: 9999), takes("-") else { return false }
        guard let month = number(of: 2, upTo: 12), month > 0, takes("-") else { return false }
        guard let day = number(of: 2, upTo: 31), day > 0 else { return false }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return day <= (isLeapYear ? 29 : 28)
        case 4, 6, 9, 11: return day <= 30
        default: return true
        }
    }

    /// Consumes a time of day with offset. A leap second is valid only at 23:59:60 UTC.
    fileprivate mutating func takesTime() -> Bool {
        guard let hour = number(of: 2, upTo: 23), takes(":") else { return false }
        guard let minute = number(of: 2, upTo: 59), takes(":") else { return false }
        guard let second = number(of: 2, upTo: 60), !takes(".") || takeRun(of: .digits) > 0 else { return false }
        guard let offset = offsetMinutes() else { return false }
        let minuteUTC = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return second < 60 || minuteUTC == 1439
    }

    /// Consumes `Z` or an offset, and returns the offset from UTC in minutes.
    private mutating func offsetMinutes() -> Int? {
        if takes("Z", or: "z") { return 0 }
        let isBehind = takes("-")
        guard isBehind || takes("+") else { return nil }
        guard let hours = number(of: 2, upTo: 23), takes(":"), let minutes = number(of: 2, upTo: 59) else { return nil }
        return isBehind ? -(hours * 60 + minutes) : hours * 60 + minutes
    }

    /// Consumes numbers with units, and returns the units; nil if a unit is missing or out of order.
    ///
    /// Each unit must be the successor of the previous one in `units`, so that no unit between two others is missing.
    fileprivate mutating func takesUnits(_ units: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        var taken: [Unicode.Scalar] = []
        var next = 0
        while takeRun(of: .digits) > 0 {
            guard let index = units[next...].firstIndex(where: { takes($0) }) else { return nil }
            guard taken.isEmpty || index == next else { return nil }
            taken.append(units[index])
            next = index + 1
        }
        return taken
    }
}
