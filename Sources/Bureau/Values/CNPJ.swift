/// A registration number of the Receita Federal for an organisation, numeric or alphanumeric (since July 2026).
///
/// Twelve characters of `0-9 A-Z` and two check digits modulo 11; a character counts as its byte minus 48 (Instrução
/// Normativa RFB 2.229/2024). The forms `12ABC34501DE35` and `12.ABC.345/01DE-35` are read; the first is written.
/// Capital and small letters are one, and capitals are written. One digit repeated fourteen times is refused.
public struct CNPJ: StoredTextValue {
    /// The fourteen characters, without the mask.
    public let text: String

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        switch text.count {
        case 14: self.init(unmasked: text)
        case 18:
            guard text[2] == UInt8(ascii: "."), text[6] == UInt8(ascii: "."), text[10] == UInt8(ascii: "/"),
                text[15] == UInt8(ascii: "-")
            else { return nil }
            let parts = [text[0..<2], text[3..<6], text[7..<10], text[11..<15], text[16..<18]]
            let value = Array(parts.joined()).withUnsafeBufferPointer { Self(unmasked: $0) }
            guard let value else { return nil }
            self = value
        default: return nil
        }
    }

    private init?(unmasked text: UnsafeBufferPointer<UInt8>) {
        guard text[..<12].allSatisfy({ $0.isDigit || $0.isLetter }),
            text[12] == Self.checkDigit(of: text[..<12]),
            text[13] == Self.checkDigit(of: text[..<13]),
            !text.allSatisfy({ $0 == text[0] })
        else { return nil }
        self.text = String(unsafeUninitializedCapacity: 14) { capitals in
            for (index, byte) in text.enumerated() { capitals[index] = byte.capital }
            return 14
        }
    }

    /// Computes the ASCII check digit after `characters`, which weigh 2 to 9 and again from 2, the last one first.
    private static func checkDigit(of characters: Slice<UnsafeBufferPointer<UInt8>>) -> UInt8 {
        var sum = 0
        var weight = 2
        for byte in characters.reversed() {
            sum += Int(byte.capital - UInt8(ascii: "0")) * weight
            weight = weight == 9 ? 2 : weight + 1
        }
        let remainder = sum % 11
        return UInt8(ascii: "0") + UInt8(remainder < 2 ? 0 : 11 - remainder)
    }
}
