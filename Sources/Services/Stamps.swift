import Bureau
import Vault

/// A source of the time and of new identifiers; tests bring their own.
public struct Stamps: Sendable {
    public var now: @Sendable () -> Instant
    /// 64 bits from a secure source.
    public var random: @Sendable () -> UInt64

    public init(now: @escaping @Sendable () -> Instant, random: @escaping @Sendable () -> UInt64) {
        self.now = now
        self.random = random
    }

    /// The system's clock and random generator.
    public static let system = Stamps(
        now: BaseVault.systemTime, random: { UInt64.random(in: .min ... .max) })

    /// A random identifier (RFC 9562 §5.4).
    func randomID() -> RecordID {
        RecordID(
            high: random() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: random() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// A new identifier that sorts by time.
    public func recordID(at instant: Instant) -> RecordID {
        RecordID.make(at: instant, random: random())
    }
}
