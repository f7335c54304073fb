import Bureau
import JSON

/// An object of a scorecard's text, whose members are read strictly.
struct CardObject {
    private let value: Value
    private let pointer: String

    init(_ value: Value, at pointer: String) {
        self.value = value
        self.pointer = pointer
    }

    /// Refuses anything but an object with members of these names.
    func allow(_ names: String...) throws(ScorecardFileError) {
        guard value.kind == .object else { throw malformed("not an object") }
        for member in value.members {
            guard let name = member.key.string, names.contains(name) else {
                throw malformed("a member is unknown; there are " + names.joined(separator: ", "))
            }
        }
    }

    func has(_ key: StaticString) -> Bool { value[key] != nil }

    func text(
        _ key: StaticString, maximumLength: Int = Scorecard.maximumTextLength
    ) throws(ScorecardFileError) -> String {
        guard let text = try optionalText(key, maximumLength: maximumLength) else { throw missing(key) }
        return text
    }

    func optionalText(
        _ key: StaticString, maximumLength: Int = Scorecard.maximumTextLength
    ) throws(ScorecardFileError) -> String? {
        guard let member = value[key] else { return nil }
        guard let text = member.string, (1...maximumLength).contains(member.codePointCount) else {
            throw malformed(key, "not a text of 1 to \(maximumLength) characters")
        }
        return text
    }

    func optionalBool(_ key: StaticString) throws(ScorecardFileError) -> Bool? {
        guard let member = value[key] else { return nil }
        guard let bool = member.bool else { throw malformed(key, "neither true nor false") }
        return bool
    }

    func integer<T: FixedWidthInteger>(
        _ key: StaticString, within range: ClosedRange<T>
    ) throws(ScorecardFileError) -> T {
        guard let integer = try optionalInteger(key, within: range) else { throw missing(key) }
        return integer
    }

    func optionalInteger<T: FixedWidthInteger>(
        _ key: StaticString, within range: ClosedRange<T>
    ) throws(ScorecardFileError) -> T? {
        guard let member = value[key] else { return nil }
        guard let integer = member.int64.flatMap({ T(exactly: $0) }), range.contains(integer) else {
            throw malformed(key, "not an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func optionalNumber(_ key: StaticString) throws(ScorecardFileError) -> Double? {
        guard let member = value[key] else { return nil }
        guard let number = member.double else { throw malformed(key, "not a number within range") }
        return number
    }

    func object(_ key: StaticString) throws(ScorecardFileError) -> CardObject {
        guard let object = optionalObject(key) else { throw missing(key) }
        return object
    }

    func optionalObject(_ key: StaticString) -> CardObject? {
        value[key].map { CardObject($0, at: "\(pointer)/\(key)") }
    }

    /// Reads the elements of an array of objects.
    func objects<T>(
        _ key: StaticString, _ read: (CardObject) throws(ScorecardFileError) -> T
    ) throws(ScorecardFileError) -> [T] {
        var list: [T] = []
        for element in try elements(key) {
            list.append(try read(CardObject(element, at: "\(pointer)/\(key)/\(list.count)")))
        }
        return list
    }

    func texts(_ key: StaticString) throws(ScorecardFileError) -> [String] {
        var list: [String] = []
        for element in try elements(key) {
            guard let text = element.string else { throw malformed(key, "not a list of texts") }
            list.append(text)
        }
        return list
    }

    /// The members of an object whose names are free, each a number.
    func numbers(_ key: StaticString) throws(ScorecardFileError) -> [String: Double] {
        guard let member = value[key] else { return [:] }
        guard member.kind == .object else { throw malformed(key, "not an object") }
        var numbers: [String: Double] = [:]
        for member in member.members {
            guard let name = member.key.string, let number = member.value.double else {
                throw malformed(key, "a member is not a number")
            }
            numbers[name] = number
        }
        return numbers
    }

    func malformed(_ reason: String) -> ScorecardFileError { .malformed(pointer: pointer, reason) }

    func malformed(_ key: StaticString, _ reason: String) -> ScorecardFileError {
        .malformed(pointer: "\(pointer)/\(key)", reason)
    }

    private func missing(_ key: StaticString) -> ScorecardFileError { malformed("the member \(key) is missing") }

    private func elements(_ key: StaticString) throws(ScorecardFileError) -> Value.Elements {
        guard let member = value[key] else { throw missing(key) }
        guard member.kind == .array else { throw malformed(key, "not an array") }
        return member.elements
    }
}

extension Value {
    /// The nearest double of a number; nil for any other kind, and for a number beyond the range.
    fileprivate var double: Double? {
        guard kind == .number else { return nil }
        return Double(String(decoding: rawText, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }
}
