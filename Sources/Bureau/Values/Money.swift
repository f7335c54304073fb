/// An amount of Brazilian reais in whole centavos, never in a floating-point number.
public struct Money: Sendable, Hashable, Comparable {
    /// The amount in centavos; negative for what is owed.
    public let cents: Int64

    public static let zero = Money(cents: 0)

    public init(cents: Int64) {
        self.cents = cents
    }

    public static func < (one: Money, other: Money) -> Bool { one.cents < other.cents }
}
