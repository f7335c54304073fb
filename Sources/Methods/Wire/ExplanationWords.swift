import Bureau
import JSON
import Scorecards
import Services

/// A language in which scores are explained.
enum Language: String, TextValue, CaseIterable {
    case portuguese = "pt-BR"
    case english = "en"
}

extension Translation {
    func text(in language: Language) -> String {
        switch language {
        case .portuguese: portuguese
        case .english: english
        }
    }
}

/// What explanations say beside the texts of scorecards and of the catalogue.
enum ExplanationWords {
    static let low = Translation(
        english: "the value costs points", portuguese: "o valor custa pontos")

    /// Why a characteristic has no value.
    static func missing(_ reason: MissingReason) -> Translation {
        switch reason {
        case .noRecord: Translation(english: "not told to the bureau", portuguese: "não informado ao birô")
        case .notApplicable: Translation(english: "does not apply", portuguese: "não se aplica")
        case .truncated:
            Translation(
                english: "the kept history is too short", portuguese: "o histórico guardado é curto demais")
        case .notKnownThen:
            Translation(english: "not known at that time", portuguese: "não conhecido naquela data")
        }
    }

    /// Why something has no part in a score.
    static func leftOut(_ cause: LeftOutCause) -> Translation {
        switch cause {
        case .disputed:
            Translation(
                english: "Debts that you contest do not count while the dispute lasts.",
                portuguese: "Dívidas contestadas não contam enquanto durar a contestação.")
        case .withheldByLaw:
            Translation(
                english: "Debts that the law's terms have closed do not count (CDC art. 43 § 1; Lei 12.414/2011).",
                portuguese: "Dívidas cujo prazo legal terminou não contam (CDC, art. 43, § 1º; Lei 12.414/2011).")
        case .ownAccess:
            Translation(
                english: "Your own look at your data does not count (Lei 12.414/2011, art. 7-A, III).",
                portuguese: "A consulta aos próprios dados não conta (Lei 12.414/2011, art. 7º-A, III).")
        case .consent:
            Translation(
                english: "Movements and card purchases do not count: you did not consent to their use "
                    + "(Lei Complementar 105/2001, art. 1 § 3, V).",
                portuguese: "Movimentações e compras com cartão não contam: você não consentiu em seu uso "
                    + "(Lei Complementar 105/2001, art. 1º, § 3º, V).")
        case .later:
            Translation(
                english: "What occurred or was recorded after this score does not count.",
                portuguese: "O que ocorreu ou foi registrado depois desta pontuação não conta.")
        }
    }

    /// How a person acts against a score.
    static let dispute = Translation(
        english: """
            You may contest a debt (dispute.open) and have other data corrected (subject.correct); the answer comes \
            within ten days (Lei 12.414/2011, art. 5, III). A decision that was made by machines alone is reviewed on \
            request by whoever made it (LGPD art. 20; Lei 12.414/2011, art. 5, VI).
            """,
        portuguese: """
            Você pode contestar uma dívida (dispute.open) e pedir a correção de outros dados (subject.correct); a \
            resposta vem em até dez dias (Lei 12.414/2011, art. 5º, III). Uma decisão tomada só por meios automatizados \
            é revista, a pedido, por quem a tomou (LGPD, art. 20; Lei 12.414/2011, art. 5º, VI).
            """)
}

/// A range of scores with a name, as Brazilian bureaus tell them to persons.
enum ScoreBand: String, CaseIterable {
    case veryLow = "very_low"
    case low, good, excellent

    init(_ score: Int) {
        self = Self.allCases.last { $0.range.lowerBound <= score } ?? .veryLow
    }

    private var range: ClosedRange<Int> {
        switch self {
        case .veryLow: 0...300
        case .low: 301...500
        case .good: 501...700
        case .excellent: 701...1000
        }
    }

    private var words: Translation {
        switch self {
        case .veryLow: Translation(english: "very low", portuguese: "muito baixo")
        case .low: Translation(english: "low", portuguese: "baixo")
        case .good: Translation(english: "good", portuguese: "bom")
        case .excellent: Translation(english: "excellent", portuguese: "excelente")
        }
    }

    /// Appends the members of `band`.
    func writeMembers(_ language: Language, to band: inout Writer) {
        band.member("name", rawValue)
        band.member("from", Int64(range.lowerBound))
        band.member("to", Int64(range.upperBound))
        band.member("text", words.text(in: language))
    }
}
