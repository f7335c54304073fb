extension Format {
    /// A length of time, `P1Y2M3DT4H5M6S` or `P2W`: duration of RFC 3339 Appendix A, in which no unit between two
    /// others may be left out.
    package static let duration = Format(name: "duration") { text in
        var reader = DigitReader(text)
        guard reader.takes("P"), let days = reader.takesUnits(["Y", "M", "D", "W"]) else { return false }
        if days.contains("W") { return days.count == 1 && reader.isAtEnd }
        if reader.isAtEnd { return !days.isEmpty }
        return reader.takes("T") && reader.takesUnits(["H", "M", "S"])?.isEmpty == false && reader.isAtEnd
    }
}

extension DigitReader {
    /// Takes numbers with units, as far as they go, each unit the one that follows the last in the list; nil when a
    /// unit is out of this order, or missing.
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
