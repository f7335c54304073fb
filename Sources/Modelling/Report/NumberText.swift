/// Numbers as an auditor reads them: a fixed number of decimals, thousands apart.
enum NumberText {
    /// With `digits` decimals, rounded to the nearest; an en dash without a value.
    static func fixed(_ number: Double?, _ digits: Int) -> String {
        guard let number, number.isFinite else { return "–" }
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (number.magnitude * scale).rounded()
        guard scaled < 9e15 else { return "\(number)" }
        let (whole, part) = Int64(scaled).quotientAndRemainder(dividingBy: Int64(scale))
        let sign = number < 0 && scaled > 0 ? "\u{2212}" : ""
        guard digits > 0 else { return sign + grouped(Int(whole)) }
        let decimals = String(part)
        return sign + grouped(Int(whole)) + "." + String(repeating: "0", count: digits - decimals.count) + decimals
    }

    /// A share as a percentage with one decimal.
    static func percent(_ share: Double?, digits: Int = 1) -> String {
        guard let share, share.isFinite else { return "–" }
        return fixed(share * 100, digits) + "\u{202F}%"
    }

    static func percent(_ part: Int, of whole: Int) -> String {
        percent(whole > 0 ? Double(part) / Double(whole) : nil)
    }

    /// An integer with a narrow space between thousands.
    static func grouped(_ integer: Int) -> String {
        let digits = String(integer.magnitude)
        var result = integer < 0 ? "\u{2212}" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += "\u{202F}" }
            result.append(digit)
        }
        return result
    }

    /// A probability by chance, which is not told more exactly than it is known.
    static func chance(_ p: Double) -> String { p < 0.001 ? "< 0.001" : fixed(p, 3) }

    /// The shortest text of a bound or score: integers without decimals.
    static func plain(_ number: Double) -> String {
        guard number.magnitude < 1e15, let integer = Int64(exactly: number) else {
            return number < 0 ? "\u{2212}\(number.magnitude)" : "\(number)"
        }
        return grouped(Int(integer))
    }
}
