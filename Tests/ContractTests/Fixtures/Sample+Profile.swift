import Bureau
import Repositories

extension Sample {
    /// A profile in which every optional member is there once and missing once.
    static func content(_ subject: Int, key: Int = 1) -> ProfileContent {
        ProfileContent(
            token: token(subject), dataKey: dataKey(key), birthDate: date(-7_000 - subject), housing: .forFree,
            address: sealed(subject),
            assets: [
                AssetRecord(
                    kind: .vehicle, value: Money(cents: 4_500_000), paidOff: false, outstanding: Money(cents: 1),
                    description: sealed(31)),
                AssetRecord(
                    kind: .realEstate, value: Money(cents: .max), paidOff: nil, outstanding: nil, description: nil),
                AssetRecord(kind: .other, value: .zero, paidOff: true, outstanding: .zero, description: nil),
            ],
            incomeSources: [
                IncomeRecord(
                    kind: .selfEmployed, monthlyAmount: Money(cents: 620_000), employer: sealed(41), since: date(12_000)
                ),
                IncomeRecord(kind: .salary, monthlyAmount: Money(cents: 1), employer: nil, since: nil),
            ])
    }

    /// A profile that tells as little as one can.
    static func bareContent(_ subject: Int, key: Int = 1) -> ProfileContent {
        ProfileContent(
            token: token(subject), dataKey: dataKey(key), birthDate: .first, housing: nil, address: sealed(51),
            assets: [], incomeSources: [])
    }

    static func put(_ content: ProfileContent, expecting version: Int64? = nil, at second: Int = 0) -> ProfilePut {
        ProfilePut(content: content, expectedVersion: version, at: instant(second))
    }

    static func put(_ subject: Int, expecting version: Int64? = nil, at second: Int = 0) -> ProfilePut {
        put(content(subject), expecting: version, at: second)
    }

    static func deletion(_ subject: Int, expecting version: Int64? = nil) -> ProfileDeletion {
        ProfileDeletion(token: token(subject), expectedVersion: version)
    }

    /// What is kept of a write that may be asked for again.
    static func receipt(
        _ key: Int, of subject: Int = 1, digest: Int = 1000, at second: Int = 0, body: [UInt8] = []
    ) -> NewReceipt {
        NewReceipt(
            key: repeatKey(key, of: subject),
            receipt: Receipt(digest: id(digest + key), at: instant(second), body: body))
    }

    static func repeatKey(_ key: Int, of subject: Int) -> RepeatKey {
        RepeatKey(token: token(subject), key: id(key))
    }

    static func score(_ number: Int, of subject: Int, packed: [UInt8] = [1, 0, 0xFF]) -> NewScore {
        NewScore(
            scoreID: id(number), token: token(subject), computedAt: instant(number), packed: packed,
            expiresAt: instant(number + 400_000_000))
    }

    /// A score that is hidden as a vault does it, with a receipt.
    static func hiddenScore(_ number: Int, of subject: Int, at second: Int = 0) -> NewScore {
        var score = score(number, of: subject)
        score.scoreID = score.scoreID.hidden(by: UInt64(number))
        score.computedAt = score.computedAt.startOfDay
        score.receipt = receipt(
            number, of: subject, at: second, body: [3] + [UInt8](repeating: UInt8(number), count: 40))
        return score
    }

    /// The score as it is read.
    static func kept(_ number: Int, of subject: Int, packed: [UInt8] = [1, 0, 0xFF]) -> ScoreRecord {
        ScoreRecord(score(number, of: subject, packed: packed))
    }

    /// A score of version 0.1.0.
    static let formerScore = FormerScore(
        model: "default", version: 3, rawScore: -817,
        points: [
            FormerScore.Points(characteristic: "housing", points: 17, attainable: 160),
            FormerScore.Points(characteristic: "age", points: -5, attainable: 190),
            FormerScore.Points(characteristic: "employmentTenure", points: 184, attainable: 184),
        ])

    static func model(_ name: String, _ version: Int, hash: UInt8 = 7) -> RegisteredModel {
        RegisteredModel(
            name: name, version: version, hash: [UInt8](repeating: hash, count: 32), card: Array("{\"\(name)\"}".utf8))
    }
}

extension ProfileRepository {
    func profile(_ subject: Int) async throws -> ProfileRecord? {
        try await profiles([Sample.token(subject)])[0]
    }

    /// Reads profiles, none of which fails alone.
    func profiles(_ tokens: [SubjectToken]) async throws -> [ProfileRecord?] {
        try await read(tokens).map { try $0.get() }
    }

    func scores(_ subject: Int, before number: Int? = nil, limit: Int = 100) async throws -> [ScoreRecord] {
        let query = ScoreQuery(token: Sample.token(subject), before: number.map(Sample.id), limit: limit)
        return try await scores([query])[0].get()
    }
}
