import Bureau
import JSON

/// The catalogue of characteristics, `schema/characteristics.json`: what each is, exactly, and what may be said of it.
public struct CharacteristicCatalogue: Sendable {
    /// In the order of `CharacteristicName`.
    public let entries: [CatalogueEntry]

    /// Reads the catalogue, which has every name, each at its number.
    public init(_ text: [UInt8]) throws(CatalogueError) {
        let document: Document
        do throws(SyntaxError) { document = try Document(text) } catch {
            throw CatalogueError(reason: "not JSON: \(error.reason.rawValue) at byte \(error.offset)")
        }
        entries = try document.withRoot { (root) throws(CatalogueError) in
            var entries: [CatalogueEntry] = []
            for value in root.elements { entries.append(try CatalogueEntry(value, at: entries.count)) }
            return entries
        }
        guard entries.map(\.name) == CharacteristicName.allCases else {
            throw CatalogueError(reason: "the names are not those that are computed, in their order")
        }
    }

    public subscript(name: CharacteristicName) -> CatalogueEntry { entries[Int(name.number) - 1] }
}

/// A characteristic of the catalogue.
public struct CatalogueEntry: Sendable {
    public let name: CharacteristicName
    public let unit: CharacteristicUnit
    /// The values of a category; empty for a number.
    public let categories: [String]
    public let label: Translation
    public let definition: Translation
    /// The method by which the facts are reported.
    public let source: String
    public let lawfulClass: LawfulClass
    /// Whether a scorecard with the characteristic must say that it uses the age.
    public let usesAge: Bool
    /// Whether a scorecard with the characteristic must say that it needs consent.
    public let requiresConsent: Bool
    /// The reasons for which there may be no value.
    public let missing: [MissingReason]

    fileprivate init(_ value: Value, at index: Int) throws(CatalogueError) {
        func text(_ key: StaticString, of object: Value? = value) throws(CatalogueError) -> String {
            guard let text = object?[key]?.string else { throw CatalogueError(reason: "/\(index)/\(key): no text") }
            return text
        }
        func translation(_ key: StaticString) throws(CatalogueError) -> Translation {
            Translation(english: try text("en", of: value[key]), portuguese: try text("pt-BR", of: value[key]))
        }
        func texts(_ key: StaticString) -> [String] { value[key].map { $0.elements.compactMap(\.string) } ?? [] }
        guard let name = CharacteristicName(rawValue: try text("name")), value["number"]?.int64 == Int64(name.number),
            texts("bases") == name.facts.bases.map(\.rawValue).sorted()
        else { throw CatalogueError(reason: "/\(index): name, number and bases do not belong together") }
        self.name = name
        guard let unit = CharacteristicUnit(rawValue: try text("unit")) else {
            throw CatalogueError(reason: "/\(index)/unit: unknown")
        }
        self.unit = unit
        categories = texts("values")
        guard categories.isEmpty != (unit == .category) else {
            throw CatalogueError(reason: "/\(index)/values: a category has values, and nothing else has")
        }
        label = try translation("label")
        definition = try translation("definition")
        source = try text("source")
        guard let lawfulClass = LawfulClass(rawValue: try text("lawfulClass")) else {
            throw CatalogueError(reason: "/\(index)/lawfulClass: unknown")
        }
        self.lawfulClass = lawfulClass
        let needs = texts("needs")
        usesAge = needs.contains("usesAge")
        requiresConsent = needs.contains("requiresConsent")
        missing = texts("missing").compactMap(MissingReason.init(rawValue:))
    }
}

/// What a characteristic is counted in.
public enum CharacteristicUnit: String, CaseIterable, Sendable {
    case cents, years, months, days, percent, count, category
}

/// Why a characteristic may be used for a score.
public enum LawfulClass: String, CaseIterable, Sendable {
    /// What the person or their sources declare: objective, clear and true (Lei 12.414/2011, art. 3, §§ 1 and 2).
    case declared
    /// The age, which may cost nobody points for being old (Lei 10.741/2003, Estatuto da Pessoa Idosa).
    case age
    /// What speaks against the person, for five years (CDC art. 43 § 1).
    case negativeRecord = "negative_record"
    /// Obligations and payments (Lei 12.414/2011, art. 3; Lei Complementar 105/2001, art. 1 § 3, VII).
    case positiveRecord = "positive_record"
    /// Who asked about the person, without the person's own access (Lei 12.414/2011, art. 7-A, III).
    case consultation
    /// Movements and purchases, which banking secrecy covers: with the person's consent alone (Lei Complementar
    /// 105/2001, art. 1 § 3, V).
    case accountData = "account_data"
}

/// A text in both languages of the bureau.
public struct Translation: Sendable, Hashable {
    public let english: String
    public let portuguese: String

    public init(english: String, portuguese: String) {
        self.english = english
        self.portuguese = portuguese
    }
}

/// Why a text is no catalogue.
public struct CatalogueError: Error, Hashable, CustomStringConvertible {
    public let reason: String

    public var description: String { reason }
}
