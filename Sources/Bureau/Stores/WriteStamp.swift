/// When the content of a record was written, and on which machine. No two contents of a subject share it.
///
/// It is the nonce of what seals the content: of a profile's data key, or of a person's state. It is hidden there, and
/// authentic once that has opened.
public struct WriteStamp: Hashable, Sendable {
    /// The bits of the time, which are enough until 2112.
    private static let timeBits = 52
    /// The bits of the generation, below the time, and four that stay zero.
    private static let generationMask: UInt64 = 0xFF

    /// Microseconds since 1970 by the machine's clock, and later than any stamp that the machine has given before.
    public let time: UInt64
    public private(set) var machine: UInt32

    /// Nil for a time that has no room.
    public init?(time: UInt64, machine: UInt32) {
        guard time >> Self.timeBits == 0 else { return nil }
        self.time = time
        self.machine = machine
    }

    /// Reads the first eight octets of a nonce, and the last four, under a data key of a generation. Nil of what is no
    /// stamp, as 4095 of 4096 random nonces are.
    public init?(high: UInt64, low: UInt32, generation: UInt32) {
        guard high & (1 << (64 - Self.timeBits) - 1) == UInt64(generation) & Self.generationMask else { return nil }
        self.init(time: high >> (64 - Self.timeBits), machine: low)
    }

    /// The first eight octets of the nonce under a data key of a generation. The last four are the machine.
    public func high(generation: UInt32) -> UInt64 {
        time << (64 - Self.timeBits) | UInt64(generation) & Self.generationMask
    }

    /// The stamp of the same content under another data key, which may be made more than once, and each time needs
    /// another nonce: the machine is random then, and none.
    public func withoutMachine() -> WriteStamp {
        var stamp = self
        stamp.machine = .random(in: .min ... .max)
        return stamp
    }
}
