extension CPF {
    /// Whether a text holds a CPF anywhere: eleven digits with valid check digits, with white space, punctuation and
    /// signs between them or without. The digits of any script count, raised and circled ones too. The digits of a CNPJ
    /// are none, alone or with digits beside them, unless a CPF stands there in its own form. What percent-encoding,
    /// quoted-printable and character references stand for counts as written, and tags count as nothing.
    public static func isHeld(in text: String) -> Bool {
        if text.utf8.allSatisfy({ !$0.isDigit && $0 < 0x80 }) { return false }
        if isWritten(in: text) { return true }
        return EncodedText.mayBe(text) && EncodedText.readings(of: text).contains(where: isWritten)
    }

    private static func isWritten(in text: String) -> Bool {
        var run = DigitRun()
        for scalar in text.unicodeScalars {
            if let digit = digit(scalar) {
                run.append(digit)
            } else if isSeparator(scalar) {
                run.endsInSeparator = true
            } else {
                if run.holdsCPF { return true }
                run = DigitRun()
            }
        }
        return run.holdsCPF
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt64? {
        switch scalar.properties.numericType {
        case .decimal, .digit: scalar.properties.numericValue.map { UInt64($0) }
        default: nil
        }
    }

    /// Everything but letters: what is written above a digit parts no digits either.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return !properties.isAlphabetic && properties.numericType == nil
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
        let companies = digits.indices.filter(isCNPJ)
        return (0...digits.count - 11).contains { start in
            guard CPF(number: digits[start..<start + 11].reduce(0) { $0 * 10 + $1 }) != nil else { return false }
            return companies.allSatisfy { company in
                let isApart = start + 11 <= company || company + 14 <= start
                let isWithin = company <= start && start + 11 <= company + 14
                return isApart || !isWithin && isFormed(11, at: start, partedAt: [3, 6, 9])
            }
        }
    }

    /// Whether a CNPJ of fourteen digits starts at a place, plain or with separators where its form has them.
    private func isCNPJ(at start: Int) -> Bool {
        isFormed(14, at: start, partedAt: [2, 5, 8, 12])
            && CNPJ(digits[start..<start + 14].map { "\($0)" }.joined()) != nil
    }

    /// Whether digits stand by themselves, with separators between them at no other places than these.
    private func isFormed(_ count: Int, at start: Int, partedAt places: Set<Int>) -> Bool {
        let end = start + count
        guard end <= digits.count, isParted[start], end == digits.count || isParted[end] else { return false }
        return (1..<count).allSatisfy { !isParted[start + $0] || places.contains($0) }
    }
}
