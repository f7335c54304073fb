import Testing

@testable import Bureau

@Suite("Money")
struct MoneyTests {
    @Test("a sum of many is nil only when the total does not fit, in whatever order")
    func sums() {
        #expect(Money.sum([]) == .zero)
        #expect(Money.sum([Money(cents: .max), Money(cents: 1), Money(cents: -1)]) == Money(cents: .max))
        #expect(Money.sum([Money(cents: .max), Money(cents: 1)]) == nil)
        #expect(Money.sum([Money(cents: .min), Money(cents: -1)]) == nil)
    }
}
