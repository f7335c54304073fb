/// A digest of a file's bytes up to a place, the same in whatever pieces they come.
///
/// It tells a file that was edited from the one that was read, and is no defence against somebody who forges one.
public struct RunningDigest: Sendable {
    private static let multiplier: UInt64 = 0xA076_1D64_78BD_642F

    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// The bytes behind the last whole word.
    private var pending: UInt64 = 0
    /// How many bytes were added.
    public private(set) var count = 0

    public init() {}

    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count, count % 8 != 0 {
            addByte(bytes[index])
            index += 1
        }
        while index + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
            count += 8
        }
        while index < bytes.count {
            addByte(bytes[index])
            index += 1
        }
    }

    /// The digest of all bytes that were added.
    public var value: UInt64 {
        var end = self
        end.mix(pending)
        end.mix(UInt64(count))
        return end.state
    }

    private mutating func addByte(_ byte: UInt8) {
        pending |= UInt64(byte) << UInt64(count % 8 * 8)
        count += 1
        guard count % 8 == 0 else { return }
        mix(pending)
        pending = 0
    }

    private mutating func mix(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: Self.multiplier)
        state = (product.high ^ product.low) &+ word
    }
}
