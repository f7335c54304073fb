import Seeds
import Testing

@testable import Bureau

@Suite("Hidden identifiers")
struct HiddenIDTests {
    private static func parse(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test("what a pad hides it shows again, on the same day, as another version with the same random bits")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<10_000 {
            let microseconds = Int64.random(in: 0...Instant.last.microsecondsSinceEpoch, using: &generator)
            let instant = try #require(Instant(microsecondsSinceEpoch: microseconds))
            let id = RecordID.make(at: instant, random: generator.next())
            let pad: UInt64 = generator.next()
            let hidden = id.hidden(by: pad)
            #expect(hidden.shown(by: pad) == id && id.instant == instant)
            #expect(hidden.isHidden && !id.isHidden && hidden.text.dropFirst(14).first == "8")
            #expect(hidden.randomBits == id.randomBits && hidden.low >> 62 == 0b10)
            #expect(hidden.instant?.date == instant.date)
            #expect(hidden.hidden(by: pad) == hidden && id.shown(by: pad) == id)
        }
    }

    @Test("identifiers of one moment are hidden all over their day, and neither leave it nor reach the next")
    func border() throws {
        let day = try Self.parse("2026-11-30T00:00:00Z")
        for (text, pads) in [
            ("2026-11-30T00:00:00Z", [0, 86_399_999_999, 86_400_000_000]),
            ("2026-11-30T23:59:59.999999Z", [0, 1, 86_399_999_999]),
        ] as [(String, [UInt64])] {
            let id = RecordID.make(at: try Self.parse(text), random: 5)
            for pad in pads { #expect(id.hidden(by: pad).instant?.startOfDay == day) }
        }
        let first = RecordID.make(at: day, random: .max)
        var generator = SeededGenerator(seed: 4)
        let hours = Set(
            (0..<1000).compactMap { _ in
                first.hidden(by: generator.next()).instant.map { $0.microsecondOfDay / 3_600_000_000 }
            })
        #expect(hours.count == 24)
    }

    @Test("days keep their order, and the end of a day divides it from the next")
    func order() throws {
        var generator = SeededGenerator(seed: 5)
        let evening = RecordID.make(at: try Self.parse("2026-11-30T23:59:59.999999Z"), random: .max)
        let morning = RecordID.make(at: try Self.parse("2026-12-01T00:00:00Z"), random: 0)
        let end = try #require(evening.endOfDay)
        for _ in 0..<1000 {
            let (one, other) = (evening.hidden(by: generator.next()), morning.hidden(by: generator.next()))
            #expect(one < end && end <= other)
            #expect(one.endOfDay == end && other.endOfDay != end)
        }
        #expect(RecordID(high: .max, low: 0).endOfDay == nil)
    }

    @Test(
        "an identifier that was not made of a time stays as it is",
        arguments: [
            RecordID(high: 1, low: 1), RecordID(high: .max, low: .max), RecordID(high: 0x019A_B0F2_6C1E_4000, low: 7),
            // More microseconds than a millisecond has.
            RecordID(high: 0x019A_B0F2_6C1E_7FFC, low: 7),
            // Beyond the year 9999.
            RecordID(high: 0xFFFF_FFFF_FFFF_7000, low: 7),
        ])
    func others(id: RecordID) {
        #expect(id.hidden(by: 12_345) == id && id.shown(by: 12_345) == id && id.instant == nil)
    }
}
