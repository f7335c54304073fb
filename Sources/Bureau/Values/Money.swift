/// An amount of Brazilian reais in whole centavos, never in a floating-point number.
package struct Money: Sendable, Hashable, Comparable {
    /// The amount in centavos; negative for what is owed.
    package let cents: Int64

    package static let zero = Money(cents: 0)

    package init(cents: Int64) {
        self.cents = cents
    }

    package static func < (one: Money, other: Money) -> Bool { one.cents < other.cents }
}
