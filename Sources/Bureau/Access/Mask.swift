/// The masked form of a value, which keeps the value's shape and little else. Of a text, or a part of an e-mail
/// address, that has one or two characters nothing is shown.
public enum Mask: Sendable {
    /// `***.982.24*-**`: five digits of eleven. The ninth digit is never shown, because it tells the region.
    case cpf
    /// `M**** C********`: the first character of each word.
    case text
    /// `m*******@e******.com`: the first character of each label but the last, which is plain.
    case email
    /// `+*********5678`: the last four characters, of a text that has more than four.
    case lastFour
    /// `013*****`: the first three characters.
    case postalCode
    /// `1959-**-**`, and of an instant `2026-**-**T**:**:**Z`: the year.
    case date
    /// `5***`: the first character.
    case first

    /// Masks a value's canonical text.
    public func masked(_ text: String) -> String {
        switch self {
        case .cpf: Self.maskedCPF(text)
        case .text: Self.mask(text) { $1.isWhitespace }
        case .email:
            text.split(separator: "@", omittingEmptySubsequences: false).enumerated().map { index, part in
                index == 0 ? Self.mask(part) { index, _ in index == 0 } : Self.maskedDomain(part)
            }.joined(separator: "@")
        case .lastFour:
            Self.mask(text) { [count = text.count] index, _ in count > 4 && index >= count - 4 }
        case .postalCode: Self.mask(text) { index, _ in index < 3 }
        case .date: String(text.enumerated().map { $0 >= 4 && $1.isNumber ? "*" : $1 })
        case .first: Self.mask(text) { index, _ in index == 0 }
        }
    }

    private static func maskedCPF(_ digits: String) -> String {
        let digits = Array(digits)
        guard digits.count == 11 else { return "***.***.***-**" }
        return "***.\(String(digits[3..<6])).\(String(digits[6..<8]))*-**"
    }

    private static func maskedDomain(_ domain: Substring) -> String {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        let masked = labels.dropLast().map { label in mask(label) { index, _ in index == 0 } }
        return (masked + labels.suffix(1).map(String.init)).joined(separator: ".")
    }

    /// Replaces what is neither white space nor punctuation by stars, but where `isShown`, which gets the index of a
    /// character and the character before.
    private static func mask(_ text: some StringProtocol, isShown: (Int, Character) -> Bool) -> String {
        let isShort = text.count <= 2
        var masked = ""
        var previous: Character = " "
        for (index, character) in text.enumerated() {
            let isOpen = character.isWhitespace || character.isPunctuation || character == "+"
            masked.append(isOpen || !isShort && isShown(index, previous) ? character : "*")
            previous = character
        }
        return masked
    }
}

extension Money {
    /// The amount to its first significant digit: 150 075 centavos become 100 000, and 7 become 0.
    public var masked: Money { Money(cents: cents.maskedToFirstDigit) }
}

extension BinaryInteger {
    /// The number to its first significant digit, towards zero; 0 for one of a single digit, which that digit would
    /// tell whole.
    public var maskedToFirstDigit: Self {
        if -10 < self, self < 10 { return 0 }
        var unit: Self = 1
        while self / unit >= 10 || self / unit <= -10 { unit *= 10 }
        return self / unit * unit
    }
}
