extension Format {
    /// A real calendar day, `2026-11-22`: full-date of RFC 3339 §5.6.
    package static let date = Format(name: "date") { text in
        var reader = DigitReader(text)
        return reader.takesDay() && reader.isAtEnd
    }

    /// An instant, `2026-11-22T15:35:45.5-03:00`: date-time of RFC 3339 §5.6, a leap second only at 23:59:60 UTC.
    package static let dateTime = Format(name: "date-time") { text in
        var reader = DigitReader(text)
        guard reader.takesDay(), reader.takes("T", or: "t") else { return false }
        guard let hour = reader.number(of: 2, upTo: 23), reader.takes(":") else { return false }
        guard let minute = reader.number(of: 2, upTo: 59), reader.takes(":") else { return false }
        guard let second = reader.number(of: 2, upTo: 60), reader.takesFraction() else { return false }
        guard let offset = reader.offsetMinutes(), reader.isAtEnd else { return false }
        let minuteUTC = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return second < 60 || minuteUTC == 1439
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

    /// Takes a fraction of a second if there is one; false when a point has no digit after it.
    fileprivate mutating func takesFraction() -> Bool {
        guard takes(".") else { return true }
        guard number(of: 1, upTo: 9) != nil else { return false }
        while number(of: 1, upTo: 9) != nil {}
        return true
    }

    /// Takes `Z` or an offset, and gives the minutes by which the time is ahead of UTC.
    fileprivate mutating func offsetMinutes() -> Int? {
        if takes("Z", or: "z") { return 0 }
        let isBehind = takes("-")
        guard isBehind || takes("+") else { return nil }
        guard let hours = number(of: 2, upTo: 23), takes(":"), let minutes = number(of: 2, upTo: 59) else { return nil }
        return isBehind ? -(hours * 60 + minutes) : hours * 60 + minutes
    }
}
