import Bureau
import Encodings

/// A receipt as its key keeps it: the digest in hexadecimal, TIME, and the body.
enum PackedReceipt {
    static func pack(_ receipt: Receipt) -> [UInt8] {
        var value = Array(hexadecimal(receipt.digest).utf8)
        SortableDigits.append(receipt.at, to: &value)
        return value + receipt.body
    }

    /// Nil when this program did not write the value.
    static func read(_ value: UnsafeBufferPointer<UInt8>) -> Receipt? {
        guard value.count >= 42, let at = SortableDigits.instant(value[32..<42]) else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for byte in value[..<32] {
            guard let digit = Hexadecimal.value(of: byte) else { return nil }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
        }
        return Receipt(digest: RecordID(high: words.0, low: words.1), at: at, body: Array(value[42...]))
    }

    static func hexadecimal(_ id: RecordID) -> String {
        Hexadecimal.text(of: withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { Array($0) })
    }
}
