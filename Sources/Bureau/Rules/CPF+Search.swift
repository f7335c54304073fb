extension CPF {
    /// Whether a text holds a CPF anywhere: eleven digits with valid check digits, with white space, dashes, dots and
    /// slashes between them or without. The digits of any script count. A CNPJ is none, whatever digits it has.
    package static func isHeld(in text: String) -> Bool {
        if text.utf8.allSatisfy({ !$0.isDigit && $0 < 0x80 }) { return false }
        var run = DigitRun()
        for scalar in text.unicodeScalars {
            if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue {
                run.append(UInt64(value))
            } else if isSeparator(scalar) {
                run.endsInSeparator = true
            } else {
                if run.holdsCPF { return true }
                run = DigitRun()
            }
        }
        return run.holdsCPF
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "-", "/", "\u{2212}", "\u{FF0E}", "\u{FF0F}": true
        default: scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation
        }
    }
}

/// Digits that nothing but separators parts.
private struct DigitRun {
    private var digits: [UInt64] = []
    /// Of each digit, whether a separator stands before it.
    private var isParted: [Bool] = []
    var endsInSeparator = true

    mutating func append(_ digit: UInt64) {
        digits.append(digit)
        isParted.append(endsInSeparator)
        endsInSeparator = false
    }

    var holdsCPF: Bool {
        guard digits.count >= 11 else { return false }
        return (0...digits.count - 11).contains { start in
            CPF(number: digits[start..<start + 11].reduce(0) { $0 * 10 + $1 }) != nil
                && !(max(0, start - 3)...start).contains(where: isCNPJ)
        }
    }

    /// Whether a CNPJ of fourteen digits starts at a place, plain or with separators where its form has them.
    private func isCNPJ(at start: Int) -> Bool {
        let end = start + 14
        guard end <= digits.count, isParted[start], end == digits.count || isParted[end] else { return false }
        let isFormed = (1..<14).allSatisfy { !isParted[start + $0] || [2, 5, 8, 12].contains($0) }
        return isFormed && CNPJ(digits[start..<end].map { "\($0)" }.joined()) != nil
    }
}
