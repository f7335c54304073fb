/// The reason why a scorecard is invalid.
public enum ScorecardError: Error, Hashable, CustomStringConvertible {
    case noCharacteristics
    case duplicateCharacteristic(String)
    case noBins(String)
    /// A bin has no number between its bounds.
    case emptyBin(String, NumberRange)
    /// A bin begins before the previous one ends.
    case overlap(String, at: Double)
    /// No bin has these numbers, and there are no points for others.
    case hole(String, NumberRange)
    /// There are no points for categories that are not listed.
    case noOther(String)
    case repeatedCategory(String, String)
    /// The age has points in a scorecard that does not say so.
    case ageNotDeclared
    /// Movements or purchases have points in a scorecard that does not say that it needs consent.
    case consentNotDeclared(String)
    /// People from `from` years up, of 60 or more, have fewer points than younger ones.
    case ageCostsTheOld(from: Double)

    public var description: String {
        switch self {
        case .noCharacteristics: "there is no characteristic"
        case .duplicateCharacteristic(let name): "\(name): the characteristic is there twice"
        case .noBins(let name): "\(name): there is no bin or category"
        case .emptyBin(let name, let range): "\(name): the bin \(range) holds no number"
        case .overlap(let name, let bound): "\(name): two bins hold \(bound.shortText)"
        case .hole(let name, let range): "\(name): there are no points for \(range)"
        case .noOther(let name): "\(name): there are no points for other categories"
        case .repeatedCategory(let name, let value): "\(name): the category \"\(value)\" is there twice"
        case .ageNotDeclared: "age: a scorecard that gives points for it must say usesAge"
        case .consentNotDeclared(let name):
            "\(name): a scorecard that gives points for it must say requiresConsent"
        case .ageCostsTheOld(let from):
            "age: from \(from.shortText) years up there are fewer points than for somebody younger"
        }
    }
}

/// Numbers from a bound, inclusive, up to another, exclusive.
public struct NumberRange: Sendable, Hashable, CustomStringConvertible {
    /// Nil: without a lower end.
    public let from: Double?
    /// Nil: without an upper end.
    public let to: Double?

    public init(from: Double?, to: Double?) {
        self.from = from
        self.to = to
    }

    public var description: String {
        switch (from, to) {
        case (let from?, let to?): "numbers from \(from.shortText) to below \(to.shortText)"
        case (let from?, nil): "numbers from \(from.shortText) up"
        case (nil, let to?): "numbers below \(to.shortText)"
        case (nil, nil): "any number"
        }
    }
}

extension Double {
    /// The shortest text that reads back as the same number, as JSON has it.
    public var shortText: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension ScoredCharacteristic {
    /// Finds values that are in two bins, or in none.
    func validate() throws(ScorecardError) {
        switch table {
        case .bins(let bins): try validate(bins)
        case .categories(let categories): try validate(categories)
        }
    }

    private func validate(_ bins: [PointsBin]) throws(ScorecardError) {
        guard let first = bins.first, let last = bins.last else { throw .noBins(name) }
        for bin in bins {
            if let from = bin.from, let to = bin.to, from >= to {
                throw .emptyBin(name, NumberRange(from: from, to: to))
            }
        }
        for (bin, next) in zip(bins, bins.dropFirst()) {
            guard let end = bin.to, let start = next.from else { throw .overlap(name, at: next.from ?? bin.from ?? 0) }
            if start < end { throw .overlap(name, at: start) }
            if start > end && other == nil { throw .hole(name, NumberRange(from: end, to: start)) }
        }
        guard other == nil else { return }
        if let from = first.from { throw .hole(name, NumberRange(from: nil, to: from)) }
        if let to = last.to { throw .hole(name, NumberRange(from: to, to: nil)) }
    }

    private func validate(_ categories: [PointsCategory]) throws(ScorecardError) {
        guard categories.contains(where: { !$0.values.isEmpty }) else { throw .noBins(name) }
        var values: Set<String> = []
        for value in categories.flatMap(\.values) where !values.insert(value).inserted {
            throw .repeatedCategory(name, value)
        }
        if other == nil { throw .noOther(name) }
    }

    /// Finds ages beyond 60 years that have fewer points than younger ones (Estatuto da Pessoa Idosa), be it by a bin
    /// or because no bin holds them.
    func validateAge() throws(ScorecardError) {
        guard case .bins(let bins) = table else { throw .noBins(name) }
        let ages = withOther(bins).filter { bin in bin.to.map { $0 > 0 } ?? true }
        for (index, bin) in ages.enumerated() where bin.to.map({ $0 > Self.oldAge }) ?? true {
            if ages[..<index].contains(where: { $0.attribute.points > bin.attribute.points }) {
                throw .ageCostsTheOld(from: max(bin.from ?? 0, Self.oldAge))
            }
        }
    }

    /// Valid bins, and between and beside them those that have the points of other values.
    private func withOther(_ bins: [PointsBin]) -> [PointsBin] {
        guard let other, let first = bins.first, let last = bins.last else { return bins }
        var all = first.from.map { [PointsBin(from: nil, to: $0, other)] } ?? []
        for (bin, next) in zip(bins, bins.dropFirst()) {
            all.append(bin)
            if let end = bin.to, let start = next.from, end < start {
                all.append(PointsBin(from: end, to: start, other))
            }
        }
        all.append(last)
        if let end = last.to { all.append(PointsBin(from: end, to: nil, other)) }
        return all
    }

    /// The age from which somebody is old (Lei 10.741/2003, art. 1).
    private static let oldAge = 60.0
}
