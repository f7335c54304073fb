import JSON

extension Evaluation {
    /// Whether a number meets all rules for numbers.
    mutating func meetsAll(_ number: Value, _ rules: UnsafeBufferPointer<NumberRule>) -> Bool {
        var isMet = true
        for rule in rules where !meets(number, rule) {
            isMet = false
            if isDone { return false }
        }
        return isMet
    }

    private mutating func meets(_ number: Value, _ rule: NumberRule) -> Bool {
        switch rule {
        case .bound(let bound):
            return bound.admits(number)
                || refuse(bound.reason, by: bound.keyword) { "\(bound.relation) \(bound.text.displayText)" }
        case .multiple(let divisor, let text):
            return divisor.divides(Number(text: number.rawText))
                || refuse(.notAMultiple, by: .multipleOf) { "a multiple of \(text.displayText)" }
        }
    }

    /// Whether a string meets all rules for strings.
    mutating func meetsAll(_ string: Value, _ rules: UnsafeBufferPointer<StringRule>) -> Bool {
        var isMet = true
        for rule in rules where !meets(string, rule) {
            isMet = false
            if isDone { return false }
        }
        return isMet
    }

    private mutating func meets(_ string: Value, _ rule: StringRule) -> Bool {
        switch rule {
        case .length(let least, let most):
            let length = string.codePointCount
            if length < least { return refuse(.tooShort, by: .minLength) { "at least \(least) characters" } }
            return length <= most || refuse(.tooLong, by: .maxLength) { "at most \(most) characters" }
        case .pattern(let rule):
            return rule.pointee.matches(string)
                || refuse(.patternMismatch, by: .pattern) { "pattern \(rule.pointee.text)" }
        case .format(let format):
            return string.withUTF8 { format.pointee.accepts($0) }
                || refuse(.invalidFormat, by: .format) { format.pointee.accepted }
        }
    }
}
