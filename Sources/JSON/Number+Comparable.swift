extension Number: Comparable {
    package static func == (left: Number, right: Number) -> Bool { left.order(to: right) == 0 }

    package static func < (left: Number, right: Number) -> Bool { left.order(to: right) < 0 }

    /// Below, at or above zero as the number is less than, equal to or greater than `other`.
    package func order(to other: Number) -> Int {
        let (sign, otherSign) = (sign, other.sign)
        guard sign == otherSign, sign != 0 else { return sign - otherSign }
        return sign * orderOfMagnitude(to: other)
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Compares two numbers that are not zero, regardless of their signs.
    private func orderOfMagnitude(to other: Number) -> Int {
        let (places, otherPlaces) = (digitCount + exponent, other.digitCount + other.exponent)
        guard places == otherPlaces else { return places < otherPlaces ? -1 : 1 }
        for (digit, otherDigit) in zip(digitValues, other.digitValues) where digit != otherDigit {
            return digit < otherDigit ? -1 : 1
        }
        return digitCount == other.digitCount ? 0 : digitCount < other.digitCount ? -1 : 1
    }
}

extension Number: Hashable {
    package func hash(into hasher: inout Hasher) {
        hasher.combine(sign)
        hasher.combine(isZero ? 0 : exponent)
        for digit in digitValues { hasher.combine(digit) }
    }
}
