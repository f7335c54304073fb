/// An amount of Brazilian reais, counted in whole centavos and never in a floating-point number.
package struct Money: Sendable, Hashable, Comparable {
    /// The amount in centavos; negative for what is owed.
    package let cents: Int64

    /// No money at all.
    package static let zero = Money(cents: 0)

    /// Takes a count of centavos.
    package init(cents: Int64) {
        self.cents = cents
    }

    /// The sum of all, zero for none; nil when it does not fit. The order of the amounts makes no difference.
    package static func sum(_ amounts: some Sequence<Money>) -> Money? {
        let total = amounts.reduce(into: Int128(0)) { $0 += Int128($1.cents) }
        return Int64(exactly: total).map(Money.init(cents:))
    }

    package static func < (one: Money, other: Money) -> Bool { one.cents < other.cents }
}
