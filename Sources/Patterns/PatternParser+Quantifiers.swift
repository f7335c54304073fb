extension PatternParser {
    /// Takes a quantifier if one is there. Whether it is lazy does not change what matches, only where a match ends.
    mutating func takeQuantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        let start = position
        let bounds: (least: Int, most: Int?)
        if takes("*") {
            bounds = (0, nil)
        } else if takes("+") {
            bounds = (1, nil)
        } else if takes("?") {
            bounds = (0, 1)
        } else if takes("{") {
            bounds = try takeBounds(from: start)
        } else {
            return nil
        }
        _ = takes("?")
        return bounds
    }

    private mutating func takeBounds(from start: Int) throws(PatternError) -> (least: Int, most: Int?) {
        guard let least = takeNumber() else { throw error(.invalidBounds, at: start) }
        var most: Int? = least
        if takes(",") { most = takeNumber() }
        guard takes("}"), most ?? .max >= least else { throw error(.invalidBounds, at: start) }
        return (least, most)
    }

    /// Takes decimal digits; a number beyond `Int` counts as the greatest.
    mutating func takeNumber() -> Int? {
        guard let first = next, isDigit(first) else { return nil }
        var number = 0
        while let byte = next, isDigit(byte) {
            position += 1
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(Int(byte &- UInt8(ascii: "0")))
            number = overflows || overflowsToo ? .max : sum
        }
        return number
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
