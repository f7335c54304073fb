import Bureau
import Testing

@testable import Vault

@Suite("When a content was written, in its nonce")
struct StampTests {
    private static let stamps = [
        (0, 0), (1_796_040_000_000_000, 1), (1_796_040_000_000_001, 1), (1_796_040_000_000_001, .max),
        (1 << 52 - 1, 7),
    ].compactMap { WriteStamp(time: $0, machine: $1) }

    @Test("is told to the ring, of the subject and the generation that it is of, and to nobody else")
    func roundTrip() throws {
        let (subject, other) = (try token(3), try token(4))
        #expect(Self.stamps.count == 5 && WriteStamp(time: 1 << 52, machine: 0) == nil)
        try fixedVault(.b).withSession { session in
            var seen: Set<[UInt8]> = []
            for stamp in Self.stamps {
                for generation in [1, 2] as [UInt32] {
                    let nonce = session.nonce(of: stamp, generation: generation, for: subject)
                    #expect(session.stamp(inNonce: nonce, generation: generation, of: subject) == stamp)
                    #expect(session.stamp(inNonce: nonce, generation: 3 - generation, of: subject) == nil)
                    #expect(session.stamp(inNonce: nonce, generation: generation, of: other) == nil)
                    #expect(
                        session.stamp(
                            inMark: nonce.writeMark, by: stamp.machine, generation: generation, of: subject) == stamp)
                    seen.insert(nonce)
                }
            }
            #expect(seen.count == 2 * Self.stamps.count, "no two contents share a nonce")
            #expect(session.stamp(inNonce: [1, 2], generation: 1, of: subject) == nil)
        }
    }

    @Test("is authentic with the data key, and with a mark, and stays when the data key is wrapped anew")
    func authentic() throws {
        let (subject, stamp) = (try token(3), Self.stamps[1])
        let vault = try fixedVault(.b, wrapping: [7: 0x22])
        let (wrapped, altered) = try vault.withSession { session in
            let (key, wrapped) = try session.makeDataKey(for: subject, stamp: stamp)
            #expect(session.stamp(inNonce: wrapped.nonce, generation: 1, of: subject) == stamp)
            let location = SealedLocation(base: .b, table: "person", column: "state", subject: subject, generation: 1)
            let mark = try session.mark(with: key, at: location, stamp: stamp)
            #expect(session.stamp(inNonce: mark.nonce, generation: 1, of: subject) == stamp)
            #expect(try session.open(mark, with: key, at: location) == [])
            var bytes = wrapped.bytes
            bytes[WrappedDataKey.headerByteCount] ^= 1
            return (wrapped, WrappedDataKey(bytes))
        }
        #expect(throws: VaultError.notAuthentic) {
            try vault.withSession { session throws(VaultError) in _ = try session.unwrap(altered, for: subject) }
        }
        let next = try fixedVault(.b, wrapping: [7: 0x22, 8: 0x33])
        let nonce = try next.withSession { try $0.rewrap(wrapped, for: subject)?.nonce }
        #expect(nonce == wrapped.nonce)
    }

    @Test("is told by next to no random nonce")
    func random() throws {
        let subject = try token(3)
        let told = try fixedVault(.b).withSession { session in
            try (0..<2000).count { _ in
                let (_, wrapped) = try session.makeDataKey(for: subject)
                return session.stamp(inNonce: wrapped.nonce, generation: 1, of: subject) != nil
            }
        }
        // One of 4096 does.
        #expect(told < 20)
    }
}
