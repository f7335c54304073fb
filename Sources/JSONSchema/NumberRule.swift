import JSON

/// What a schema asks of a number (validation §6.2).
enum NumberRule {
    case bound(Bound)
    case multiple(of: Divisor, text: Value)

    /// `minimum`, `maximum` and their exclusive forms.
    struct Bound {
        let keyword: Keyword
        /// The bound as the schema writes it.
        let text: Value
        let number: Number
        /// The bound when it is within Int64, so that short integers are compared as such.
        let int64: Int64?

        func admits(_ value: Value) -> Bool {
            if let int64, let integer = value.shortInteger {
                return admits(integer < int64 ? -1 : integer > int64 ? 1 : 0)
            }
            return admits(Number(text: value.rawText).order(to: number))
        }

        private func admits(_ order: Int) -> Bool {
            switch keyword {
            case .minimum: order >= 0
            case .exclusiveMinimum: order > 0
            case .maximum: order <= 0
            default: order < 0
            }
        }

        var reason: Violation.Reason { keyword == .minimum || keyword == .exclusiveMinimum ? .tooSmall : .tooLarge }

        /// Said before the bound.
        var relation: String {
            switch keyword {
            case .minimum: "at least"
            case .exclusiveMinimum: "more than"
            case .maximum: "at most"
            default: "less than"
            }
        }
    }
}
