import Bureau
import JSON
import Repositories

@testable import StoreDynamoDB

/// Records for the tests of this module.
enum Sample {
    static let token: SubjectToken = {
        let words = (UInt64.max, UInt64(0), UInt64(0x2F3F_5F7F), UInt64(7))
        guard let token = withUnsafeBytes(of: words, SubjectToken.init(bytes:)) else {
            preconditionFailure("four words are 32 bytes")
        }
        return token
    }()

    static let full = ProfileContent(
        token: token, dataKey: WrappedDataKey([0, 0xFF]), birthDate: .last, housing: .forFree,
        address: Sealed(Array(0...255)),
        assets: [
            AssetRecord(
                kind: .vehicle, value: Money(cents: .max), paidOff: false, outstanding: Money(cents: .min),
                description: Sealed([1])),
            AssetRecord(kind: .realEstate, value: .zero, paidOff: nil, outstanding: nil, description: nil),
        ],
        incomeSources: [
            IncomeRecord(kind: .selfEmployed, monthlyAmount: Money(cents: 7), employer: Sealed([2]), since: .first),
            IncomeRecord(kind: .salary, monthlyAmount: Money(cents: -1), employer: nil, since: nil),
        ])

    static let bare = ProfileContent(
        token: token, dataKey: WrappedDataKey([]), birthDate: .first, housing: nil, address: Sealed([]), assets: [],
        incomeSources: [])

    static func score(_ content: ScoreContent) -> ScoreRecord {
        ScoreRecord(
            scoreID: RecordID(high: 0x019A_B0F2_6C1E_7000, low: 0x8000_0000_0000_0001), token: token,
            computedAt: .last, content: content)
    }

    static func formerScore(_ rawScore: Int64) -> FormerScore {
        FormerScore(
            model: "a \"model\" \u{2028}", version: 3, rawScore: rawScore,
            points: [
                FormerScore.Points(characteristic: "age", points: .min, attainable: .max),
                FormerScore.Points(characteristic: "housing", points: 1, attainable: 1),
            ])
    }

    /// The item that a server without the subject makes of an update: each name with its value.
    static func item(ofUpdate body: [UInt8]) -> [UInt8] {
        let item = try? withObject(in: body) { (request) throws(MalformedItem) in
            guard let values = request["ExpressionAttributeValues"] else { throw MalformedItem() }
            var writer = Writer()
            writer.object { writer in
                for member in values.members {
                    guard let name = member.key.string?.dropFirst() else { continue }
                    let names =
                        ["one": ["version"], "created": ["createdAt"], "updated": ["updatedAt"]][name] ?? [String(name)]
                    for name in names {
                        writer.key(name)
                        writer.value(member.value)
                    }
                }
            }
            return writer.bytes
        }
        return item ?? []
    }
}

extension ContinuousClock.Instant {
    private static let start = ContinuousClock.now

    /// A point of time on a time line of the tests.
    static func at(_ milliseconds: Int64) -> Self { start + .milliseconds(milliseconds) }
}
