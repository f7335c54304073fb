/// A registration number of the Receita Federal for a person: nine digits and two check digits modulo 11.
///
/// The forms `52998224725` and `529.982.247-25` are read; the first is written, leading zeros kept. The ten numbers
/// made of one repeated digit have correct check digits and are refused, because they are never issued.
package struct CPF: TextValue, Comparable, PersonalValue {
    /// The eleven digits as a number, check digits included; below 10^11.
    package let number: UInt64

    /// Takes all eleven digits as a number; nil when the check digits are wrong or one digit is repeated.
    package init?(number: UInt64) {
        // The multiples of 11 111 111 111 below 10^11 are exactly the ten numbers that repeat one digit.
        guard number < 100_000_000_000, number % 11_111_111_111 != 0 else { return nil }
        guard Self.checkDigits(base: number / 100) == number % 100 else { return nil }
        self.number = number
    }

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        switch text.count {
        case 11:
            guard let number = text.decimal(0..<11) else { return nil }
            self.init(number: UInt64(number))
        case 14:
            guard text[3] == UInt8(ascii: "."), text[7] == UInt8(ascii: "."), text[11] == UInt8(ascii: "-"),
                let first = text.decimal(0..<3), let second = text.decimal(4..<7),
                let third = text.decimal(8..<11), let check = text.decimal(12..<14)
            else { return nil }
            self.init(number: UInt64(((first * 1000 + second) * 1000 + third) * 100 + check))
        default:
            return nil
        }
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withDigits(of: Int(number), count: 11, body)
    }

    /// Writes the eleven digits at the start of `buffer`.
    package func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        buffer.writeDecimal(Int(number), width: 11, at: 0)
    }

    package static func < (one: CPF, other: CPF) -> Bool { one.number < other.number }

    /// Computes the two check digits of nine digits, as a number from 0 to 99.
    ///
    /// The first check digit weighs the nine by 10 down to 2. The second weighs them by 11 down to 3, and the first
    /// check digit by 2.
    private static func checkDigits(base: UInt64) -> UInt64 {
        var rest = base
        var sum: UInt64 = 0
        var weighted: UInt64 = 0
        for weight: UInt64 in 2...10 {
            sum += rest % 10
            weighted += weight * (rest % 10)
            rest /= 10
        }
        let first = weighted * 10 % 11 % 10
        let second = (weighted + sum + 2 * first) * 10 % 11 % 10
        return first * 10 + second
    }
}
