import Bureau

/// The points of a document as the whole numbers that a scorecard of format 2 has.
struct PMMLPoints: Sendable {
    /// What all points are multiplied by.
    let scale: Int64

    /// Reads an attribute of points; exactly, in decimal.
    func points(_ attribute: String, of element: XMLElement) throws(PMMLError) -> Int32 {
        let text = try element.required(attribute)
        guard let decimal = Decimal(text) else { throw element.refused("\(attribute)=\"\(text)\" is no number") }
        guard let points = decimal.times(scale) else {
            let times = scale == 1 ? "" : " times \(scale)"
            throw element.refused(
                "\(attribute)=\"\(text)\"\(times) is no whole number; --scale N multiplies all points by N")
        }
        guard let points = Int32(exactly: points), Scorecard.pointsRange.contains(points) else {
            throw element.refused("\(attribute)=\"\(text)\" is beyond \(Scorecard.pointsRange.upperBound) points")
        }
        return points
    }

    /// A number as it is written: an integer times a power of ten.
    private struct Decimal {
        private let digits: Int64
        private let exponent: Int

        /// Nil for anything but a decimal number, and for one of more than 18 digits.
        init?(_ text: String) {
            let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
            guard let significand = parts.first, parts.count <= 2 else { return nil }
            guard let power = parts.count == 2 ? Int16(parts[1]) : 0 else { return nil }
            let halves = significand.split(separator: ".", omittingEmptySubsequences: false)
            guard halves.count <= 2 else { return nil }
            var fraction = halves.count == 2 ? halves[1] : ""
            while fraction.last == "0" { fraction.removeLast() }
            let all = halves[0] + fraction
            guard all.count <= 19, let digits = Int64(all), fraction.allSatisfy(\.isASCII), fraction.first != "-",
                fraction.first != "+"
            else { return nil }
            self.digits = digits
            exponent = Int(power) - fraction.count
        }

        /// The product with an integer, where that is an integer within range.
        func times(_ factor: Int64) -> Int64? {
            var (product, overflow) = digits.multipliedReportingOverflow(by: factor)
            guard !overflow, product != 0 else { return overflow ? nil : 0 }
            var exponent = exponent
            while exponent < 0 {
                guard product % 10 == 0 else { return nil }
                product /= 10
                exponent += 1
            }
            while exponent > 0 {
                (product, overflow) = product.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                exponent -= 1
            }
            return product
        }
    }
}
