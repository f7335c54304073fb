/// One character above U+007F in UTF-8: RFC 3629 §4.
enum UTF8Sequence {
    /// The bytes of the well-formed sequence at `position`, or nil when there is none.
    static func length(at position: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>) -> Int? {
        let left = end - position
        func isContinuation(_ index: Int) -> Bool { position[index] & 0xC0 == 0x80 }
        switch position.pointee {
        case 0xC2...0xDF:
            return left >= 2 && isContinuation(1) ? 2 : nil
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(1), isContinuation(2) else { return nil }
            return isShortest3(position[0], position[1]) ? 3 : nil
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(1), isContinuation(2), isContinuation(3) else { return nil }
            return isInRange4(position[0], position[1]) ? 4 : nil
        default:
            return nil
        }
    }

    /// Not an overlong form of something below U+0800, and not a surrogate.
    private static func isShortest3(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 0xE0: second >= 0xA0
        case 0xED: second <= 0x9F
        default: true
        }
    }

    /// Not an overlong form of something below U+10000, and not above U+10FFFF.
    private static func isInRange4(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 0xF0: second >= 0x90
        case 0xF4: second <= 0x8F
        default: true
        }
    }
}
