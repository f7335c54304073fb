extension CPF {
    /// Whether a text holds a CPF anywhere: eleven digits with valid check digits, in one run or with a separator after
    /// the third, the sixth or the ninth. The digits of any script count. A CNPJ is none, whatever digits it has.
    package static func isHeld(in text: String) -> Bool {
        if text.utf8.allSatisfy({ !$0.isDigit && $0 < 0x80 }) { return false }
        let signs = text.unicodeScalars.map(Sign.init)
        return signs.indices.contains { start in
            guard let number = number(in: signs, from: start), CPF(number: number) != nil else { return false }
            return !isInCNPJ(signs, at: start)
        }
    }

    private enum Sign: Equatable {
        case digit(UInt64)
        case separator
        case other

        init(_ scalar: Unicode.Scalar) {
            if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue {
                self = .digit(UInt64(value))
            } else {
                self = " .-/".unicodeScalars.contains(scalar) ? .separator : .other
            }
        }

        var digit: UInt64? {
            if case .digit(let digit) = self { digit } else { nil }
        }
    }

    private static func number(in signs: [Sign], from start: Int) -> UInt64? {
        guard signs[start].digit != nil else { return nil }
        var number: UInt64 = 0
        var index = start
        for count in 0..<11 {
            if [3, 6, 9].contains(count), index < signs.count, signs[index] == .separator { index += 1 }
            guard index < signs.count, let digit = signs[index].digit else { return nil }
            number = number * 10 + digit
            index += 1
        }
        return number
    }

    /// Whether the run of digits around a place is a CNPJ of fourteen digits.
    private static func isInCNPJ(_ signs: [Sign], at place: Int) -> Bool {
        let first = signs[..<place].lastIndex { $0.digit == nil }.map { $0 + 1 } ?? 0
        let run = signs[first...].prefix { $0.digit != nil }.compactMap(\.digit)
        return run.count == 14 && CNPJ(run.map { "\($0)" }.joined()) != nil
    }
}
