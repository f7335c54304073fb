import Bureau

extension SecretKey {
    /// Reads exactly 64 lower-case hexadecimal digits.
    convenience init?(hexadecimal digits: Slice<UnsafeRawBufferPointer>) {
        guard digits.count == 2 * SecretKey.byteCount, digits.allSatisfy({ SecretKey.value(ofDigit: $0) != nil }) else {
            return nil
        }
        self.init { output in
            var index = digits.startIndex
            for position in output.indices {
                let high = SecretKey.value(ofDigit: digits[index]) ?? 0
                let low = SecretKey.value(ofDigit: digits[index + 1]) ?? 0
                output[position] = high << 4 | low
                index += 2
            }
        }
    }

    /// Appends 64 lower-case hexadecimal digits.
    func appendHexadecimal(to text: inout [UInt8]) {
        withBytes { bytes in
            for byte in bytes {
                text.append(SecretKey.digit(of: byte >> 4))
                text.append(SecretKey.digit(of: byte & 0xF))
            }
        }
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func digit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
