/// A registration number of the Receita Federal for a person: nine digits and two check digits modulo 11.
///
/// The forms `52998224725` and `529.982.247-25` are read; the first is written, leading zeros kept. The ten numbers
/// made of one repeated digit have correct check digits and are refused, because they are never issued.
public struct CPF: TextValue, Comparable, PersonalValue {
    /// The eleven digits as a number, check digits included; below 10^11.
    public let number: UInt64

    /// Takes all eleven digits as a number; nil when the check digits are wrong or one digit is repeated.
    public init?(number: UInt64) {
        guard number < 100_000_000_000, let cpf = withDigits(of: Int(number), count: 11, { CPF(digits: $0) }) else {
            return nil
        }
        self = cpf
    }

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        switch text.count {
        case 11: self.init(digits: text)
        case 14:
            guard text[3] == UInt8(ascii: "."), text[7] == UInt8(ascii: "."), text[11] == UInt8(ascii: "-") else {
                return nil
            }
            let digits = [text[0...2], text[4...6], text[8...10], text[12...13]].joined()
            guard let cpf = Array(digits).withUnsafeBufferPointer({ CPF(digits: $0) }) else { return nil }
            self = cpf
        default:
            return nil
        }
    }

    /// Reads eleven digits, and computes the check digits on the way.
    ///
    /// The first check digit weighs the nine digits by 10 down to 2. The second weighs them by 11 down to 3, and the
    /// first check digit by 2.
    private init?(digits: UnsafeBufferPointer<UInt8>) {
        var (number, sum, weighted): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for index in 0..<9 {
            let digit = UInt64(digits[index] &- UInt8(ascii: "0"))
            guard digit <= 9 else { return nil }
            number = number * 10 + digit
            sum += digit
            weighted += UInt64(10 - index) * digit
        }
        let first = weighted * 10 % 11 % 10
        let second = (weighted + sum + 2 * first) * 10 % 11 % 10
        guard digits[9] == UInt8(ascii: "0") + UInt8(first), digits[10] == UInt8(ascii: "0") + UInt8(second) else {
            return nil
        }
        number = number * 100 + first * 10 + second
        // The multiples of 11 111 111 111 below 10^11 are exactly the ten numbers that repeat one digit.
        if number % 11_111_111_111 == 0 { return nil }
        self.number = number
    }

    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withDigits(of: Int(number), count: 11, body)
    }

    /// Writes the eleven digits at the start of `buffer`.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        buffer.writeDecimal(Int(number), width: 11, at: 0)
    }

    public static func < (one: CPF, other: CPF) -> Bool { one.number < other.number }
}
