import Seeds
import Testing

@testable import Bureau

@Suite("RecordID")
struct RecordIDTests {
    @Test("the example of RFC 9562 appendix A.6 is made from a time 816 µs past its millisecond")
    func makesExample() throws {
        let instant = try #require(Instant("2022-02-22T14:22:22.000816-05:00"))
        let id = RecordID.make(at: instant, random: 0xD8C4_DC0C_0C07_398F)
        #expect(id.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test(
        "whatever the time and the random bits, the version is 7 and the variant that of the RFC",
        arguments: [
            Instant.first, Instant.last, Instant(secondsSinceEpoch: 0), Instant(secondsSinceEpoch: 1_795_132_800),
        ])
    func marksVersion(_ instant: Instant) {
        for random in [UInt64.min, UInt64.max] {
            let id = RecordID.make(at: instant, random: random)
            #expect(id.high >> 12 & 0xF == 7)
            #expect(id.low >> 62 == 0b10)
            #expect(id.high >> 16 == UInt64(max(0, instant.microsecondsSinceEpoch / 1000)))
        }
    }

    @Test("text of either case is read and written in lower case, over many bit patterns")
    func roundTrips() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<1000 {
            let id = RecordID(high: generator.next(), low: generator.next())
            #expect(RecordID(id.text) == id)
            #expect(RecordID(id.text.uppercased()) == id)
            #expect(id.text == id.text.lowercased())
        }
    }

    @Test(
        "another form is refused",
        arguments: [
            "", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
            "017f22e2-79b0-7cc3-98c4+dc0c0c07398f", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398-",
        ])
    func refuses(_ text: String) {
        #expect(RecordID(text) == nil)
    }

    @Test("a later record sorts after an earlier one, as a value and as text")
    func sortsByTime() {
        let earlier = RecordID.make(at: Instant(secondsSinceEpoch: 1_000_000), random: .max)
        let later = RecordID.make(at: Instant(secondsSinceEpoch: 1_000_000, microseconds: 1), random: 0)
        #expect(earlier < later && earlier.text < later.text)
    }
}
