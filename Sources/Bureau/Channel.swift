/// By what means money moved.
package enum Channel: String, TextValue, CaseIterable {
    /// The Central Bank's instant payment.
    case pix
    /// A bank transfer of the same day.
    case ted
    /// A payment slip.
    case boleto
    case card
    case cash
    case other
}
