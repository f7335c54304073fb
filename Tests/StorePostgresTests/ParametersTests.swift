import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("Parameters in PostgreSQL's binary format")
struct ParametersTests {
    @Test("an array has dimensions, a flag for NULL, the type, the count, and each element with its length")
    func array() {
        var parameters = Parameters()
        parameters.add([1, nil, -2] as [Int64?]) { $0 }
        #expect(
            parameters.bytes == [
                0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 1,
                0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1,
                0xFF, 0xFF, 0xFF, 0xFF,
                0, 0, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,
            ])
        #expect(parameters.ends == [parameters.bytes.count])
    }

    @Test("arrays stand one after the other, an empty one and an empty value included")
    func several() {
        var parameters = Parameters()
        parameters.add([Sealed([])]) { $0 }
        parameters.add([] as [Sealed]) { $0 }
        parameters.add(["é"]) { $0 }
        #expect(parameters.ends == [24, 44, 70])
        #expect(
            parameters.bytes == [
                0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0,
                0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 1,
                0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xC3, 0xA9,
            ])
    }

    @Test("a text with U+0000, which PostgreSQL refuses, is written with its symbol instead")
    func nul() {
        var bytes: [UInt8] = []
        "a\0b\0".append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "a\u{2400}b\u{2400}")
    }

    @Test(
        "an instant counts from the year 2000",
        arguments: [
            (Instant(secondsSinceEpoch: 946_684_800), 0), (Instant(secondsSinceEpoch: 0), -946_684_800_000_000),
            (Instant(secondsSinceEpoch: 946_684_801, microseconds: 5), 1_000_005),
        ] as [(Instant, Int64)])
    func epoch(instant: Instant, count: Int64) {
        var bytes: [UInt8] = []
        instant.append(to: &bytes)
        var expected: [UInt8] = []
        expected.append(bigEndian: count)
        #expect(bytes == expected)
    }

    @Test("instants come back as they were written", arguments: [Instant.first, .last, Instant(secondsSinceEpoch: -1)])
    func instants(instant: Instant) {
        #expect(roundTrip(instant) == instant)
    }

    @Test("identifiers and numbers come back as they were written", arguments: [0, 1, .max, .max - 1] as [UInt64])
    func numbers(word: UInt64) {
        let id = RecordID(high: word, low: ~word)
        #expect(roundTrip(id) == id)
        let number = Int64(bitPattern: word)
        #expect(roundTrip(number) == number)
    }

    @Test("a number, an identifier or a token of another length is refused", arguments: 0...40)
    func lengths(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        bytes.withUnsafeBytes { bytes in
            #expect((Int64(binary: bytes) != nil) == (count == 8))
            #expect((RecordID(binary: bytes) != nil) == (count == 16))
            #expect((SubjectToken(binary: bytes) != nil) == (32...33 ~= count))
        }
    }

    @Test(
        "PostgreSQL's infinities and instants outside the years 1 to 9999 are refused",
        arguments: [.min, .max, 0] as [Int64])
    func infinities(count: Int64) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: count)
        #expect(bytes.withUnsafeBytes { Instant(binary: $0) != nil } == (count == 0))
    }

    @Test("text that is not UTF-8 is refused", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func text(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { String(binary: $0) } == nil)
    }

    private func roundTrip<Value: BinaryValue>(_ value: Value) -> Value? {
        var bytes: [UInt8] = []
        value.append(to: &bytes)
        return bytes.withUnsafeBytes { Value(binary: $0) }
    }
}
