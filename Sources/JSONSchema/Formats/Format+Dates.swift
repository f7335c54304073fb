extension Format {
    /// A real calendar day, `2026-11-22`: full-date of RFC 3339 §5.6.
    package static let date = Format(name: "date") { text in
        var reader = DigitReader(text)
        return reader.takesDay() && reader.isAtEnd
    }

    /// An instant, `2026-11-22T15:35:45.5-03:00`: date-time of RFC 3339 §5.6, a leap second only at 23:59:60 UTC.
    package static let dateTime = Format(name: "date-time") { text in
        var reader = DigitReader(text)
        return reader.takesDay() && reader.takes("T", or: "t") && reader.takesTime() && reader.isAtEnd
    }

    /// A time of day with its offset, `15:35:45.5-03:00`: full-time of RFC 3339 §5.6, a leap second only at 23:59:60
    /// UTC.
    package static let time = Format(name: "time") { text in
        var reader = DigitReader(text)
        return reader.takesTime() && reader.isAtEnd
    }
}

extension DigitReader {
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

    fileprivate mutating func takesTime() -> Bool {
        guard let hour = number(of: 2, upTo: 23), takes(":") else { return false }
        guard let minute = number(of: 2, upTo: 59), takes(":") else { return false }
        guard let second = number(of: 2, upTo: 60), takesFraction() else { return false }
        guard let offset = offsetMinutes() else { return false }
        let minuteUTC = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return second < 60 || minuteUTC == 1439
    }

    /// Takes a fraction of a second if there is one; false when a point has no digit after it.
    private mutating func takesFraction() -> Bool {
        !takes(".") || takeRun(of: .digits) > 0
    }

    /// Takes `Z` or an offset, and gives the minutes by which the time is ahead of UTC.
    private mutating func offsetMinutes() -> Int? {
        if takes("Z", or: "z") { return 0 }
        let isBehind = takes("-")
        guard isBehind || takes("+") else { return nil }
        guard let hours = number(of: 2, upTo: 23), takes(":"), let minutes = number(of: 2, upTo: 59) else { return nil }
        return isBehind ? -(hours * 60 + minutes) : hours * 60 + minutes
    }
}
