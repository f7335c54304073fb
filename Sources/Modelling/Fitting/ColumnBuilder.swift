import Bureau
import Tables

/// Collects the values of one column. Whether they are numbers or texts shows with the first one.
struct ColumnBuilder {
    /// Why a column cannot be fitted.
    enum Refusal {
        case mixed, tooManyCategories
        /// A text is no UTF-8, has NUL, or differs from another in the composition of its characters alone.
        case unusableTexts
        /// Most values are numbers of persons.
        case numbersOfPersons
    }

    private enum Storage { case undecided, numbers, categories }

    private var found: Refusal?
    private let limit: Int
    private let isCategorical: Bool
    private var storage: Storage
    private var missingFirst: [UInt8] = []
    private var numbers: [Double] = []
    private var codes: [UInt16] = []
    private var categories = CategoryNames()

    init(isCategorical: Bool, limit: Int) {
        self.isCategorical = isCategorical
        self.limit = limit
        storage = isCategorical ? .categories : .undecided
    }

    @inline(__always)
    mutating func append(_ field: CSVField) {
        guard found == nil else { return }
        if storage == .numbers {
            if let number = field.number {
                numbers.append(number)
            } else if let reason = field.missingReason {
                numbers.append(DevelopmentSample.missingNumber(reason))
            } else {
                refuse(.mixed)
            }
        } else {
            appendOther(field)
        }
    }

    private mutating func appendOther(_ field: CSVField) {
        if let reason = field.missingReason {
            if storage == .categories {
                codes.append(DevelopmentSample.missingCode(reason))
            } else {
                missingFirst.append(UInt8(reason.index))
            }
            return
        }
        let number = isCategorical ? nil : field.number
        if storage == .undecided {
            storage = number == nil ? .categories : .numbers
            if number == nil {
                codes = missingFirst.map { DevelopmentSample.missingCode(MissingReason.allCases[Int($0)]) }
            } else {
                numbers = missingFirst.map { DevelopmentSample.missingNumber(MissingReason.allCases[Int($0)]) }
            }
        }
        if let number {
            if storage == .numbers { numbers.append(number) } else { refuse(.mixed) }
        } else if let code = categories.code(of: field.bytes, limit: limit) {
            codes.append(code)
        } else {
            refuse(.tooManyCategories)
        }
    }

    private mutating func refuse(_ refusal: Refusal) {
        found = refusal
        (numbers, codes) = ([], [])
    }

    /// Why the whole column cannot be fitted; nil when it can.
    var refusal: Refusal? {
        if let found { return found }
        switch storage {
        case .undecided: return nil
        case .numbers:
            let known = numbers.filter { !$0.isNaN }
            // With fewer than nine digits, a number is hardly one of a person whose leading zeros are lost.
            let persons = known.count { number in
                UInt64(exactly: number).map { $0 >= 100_000_000 && CPF(number: $0) != nil } ?? false
            }
            return 2 * persons > known.count ? .numbersOfPersons : nil
        case .categories:
            let persons = categories.names.count { text in
                text.withUnsafeBufferPointer { CPF($0) != nil }
            }
            if 2 * persons > categories.names.count { return .numbersOfPersons }
            return categories.areUsable ? nil : .unusableTexts
        }
    }

    /// A column without any value has no number.
    var values: DevelopmentSample.Values {
        switch storage {
        case .undecided:
            return .numbers(missingFirst.map { DevelopmentSample.missingNumber(MissingReason.allCases[Int($0)]) })
        case .numbers: return .numbers(numbers)
        case .categories:
            let (names, places) = categories.sorted()
            return .categories(
                names: names,
                codes: codes.map { DevelopmentSample.missingIndex(of: $0) == nil ? places[Int($0)] : $0 })
        }
    }
}
