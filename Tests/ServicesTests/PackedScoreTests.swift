import Bureau
import Testing

@testable import Services

@Suite("Packed scores")
struct PackedScoreTests {
    /// Values of every kind, at the ends of what each can hold.
    private static let values: [CharacteristicValue] =
        [0, -1, 1, 127, 128, -0.5, 1e300, 0x1p53, -0x1p53, .greatestFiniteMagnitude, 9_007_199_254_740_991].map {
            .number($0)
        } + MissingReason.allCases.map { .missing($0) } + [.category("rent"), .category(""), .category("ç\u{0}")]

    private static func score(_ names: [String], pointsOf count: Int) -> PackedScore {
        PackedScore(
            asOf: .last, model: identity("a model", 7), rawScore: .min,
            inputs: zip(names, values).map { PackedScore.Input(name: InputName($0), value: $1) },
            points: (0..<count).map { _ in PackedScore.Points(points: .min, attainable: .max) },
            shadows: [
                PackedScore.Shadow(model: identity("ß", .max), rawScore: .max),
                PackedScore.Shadow(model: identity("b", 1), rawScore: -1),
            ])
    }

    private static func identity(_ name: String, _ version: Int) -> ModelIdentity {
        ModelIdentity(name: name, version: version, hash: Array(0..<32))
    }

    private static let all = [
        score(CharacteristicName.allCases.map(\.rawValue), pointsOf: 5),
        score(CharacteristicName.allCases.map { "column of \($0.rawValue)" }, pointsOf: 17), score([], pointsOf: 0),
    ]

    @Test("a score is read as it was packed", arguments: all)
    func roundTrip(score: PackedScore) {
        #expect(PackedScore(bytes: score.bytes) == score)
        var withoutConsent = score
        withoutConsent.lacksConsent = true
        #expect(PackedScore(bytes: withoutConsent.bytes) == withoutConsent)
    }

    @Test("what is cut, longer or of another layout is no score", arguments: all)
    func damaged(score: PackedScore) {
        let bytes = score.bytes
        for count in bytes.indices { #expect(PackedScore(bytes: Array(bytes[..<count])) == nil) }
        #expect(PackedScore(bytes: bytes + [0]) == nil)
        #expect(PackedScore(bytes: [3] + bytes.dropFirst()) == nil)
    }

    @Test("bytes of any kind are read or refused, and what is read is packed to the same value again")
    func hostile() {
        var random = SystemRandomNumberGenerator()
        let bytes = Self.all[0].bytes
        for _ in 0..<20_000 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let score = PackedScore(bytes: changed) else { continue }
            // By bytes, because no number that is none equals itself.
            #expect(PackedScore(bytes: score.bytes)?.bytes == score.bytes)
        }
    }

    @Test("a catalogue's name takes one byte, because its number is kept")
    func size() {
        let named = Self.score([CharacteristicName.employmentTenure.rawValue], pointsOf: 1)
        let other = Self.score(["employmentTenurE"], pointsOf: 1)
        #expect(other.bytes.count - named.bytes.count == 1 + "employmentTenurE".utf8.count)
    }
}
