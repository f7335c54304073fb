import Bureau
import Repositories

/// Values that differ by a number, so that a test can tell them apart.
enum Sample {
    static func token(_ number: Int) -> SubjectToken {
        let words = (UInt64(number), UInt64.max, UInt64(0), UInt64(number).byteSwapped)
        guard let token = withUnsafeBytes(of: words, SubjectToken.init(bytes:)) else {
            preconditionFailure("four words are 32 bytes")
        }
        return token
    }

    static func dataKey(_ number: Int = 1) -> WrappedDataKey {
        WrappedDataKey([0, 0xFF] + Array("key \(number)".utf8))
    }

    static func sealed(_ number: Int) -> Sealed {
        Sealed([0, 0xFF, 0x80] + Array("sealed \(number)".utf8))
    }

    static func id(_ number: Int) -> RecordID {
        RecordID(high: 0x019A_B0F2_6C1E_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
    }

    static func instant(_ second: Int) -> Instant {
        Instant(secondsSinceEpoch: 1_700_000_000 + Int64(second), microseconds: 123_456)
    }

    static func date(_ day: Int) -> CalendarDate {
        Instant(secondsSinceEpoch: Int64(day) * 86_400).date
    }
}
