import Glibc

/// The chi-square distribution.
public struct ChiSquare: Hashable, Sendable {
    /// At least 1.
    public let degrees: Int

    public init(degrees: Int) {
        self.degrees = degrees
    }

    /// The chance of a value above `value`: the regularised upper incomplete gamma function Q(k/2, x/2).
    public func survival(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        let (a, x) = (Double(degrees) / 2, value / 2)
        let scale = exp(a * log(x) - x - Self.logGamma(a))
        return x < a + 1 ? 1 - scale * Self.series(a, x) : scale * Self.fraction(a, x)
    }

    /// The value that `share` of the distribution lies below, by bisection.
    public func quantile(_ share: Double) -> Double {
        var (low, high) = (0.0, Double(degrees))
        while survival(high) > 1 - share { high *= 2 }
        for _ in 0..<200 where low < high {
            let middle = (low + high) / 2
            if survival(middle) > 1 - share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The series of the lower function, which converges fast below a + 1 (DLMF 8.11.4).
    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        var n = a
        while term > sum * 1e-17 {
            n += 1
            term *= x / n
            sum += term
        }
        return sum
    }

    /// The continued fraction of the upper function above a + 1 (DLMF 8.9.2), by Lentz's method.
    private static func fraction(_ a: Double, _ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1 / 1e-300
        var d = 1 / b
        var result = d
        for index in 1...10_000 {
            let factor = -Double(index) * (Double(index) - a)
            b += 2
            d = 1 / (factor * d + b)
            c = b + factor / c
            result *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return result
    }

    /// ln Γ(a) for halves, without lgamma(3), which writes a global variable.
    private static func logGamma(_ a: Double) -> Double {
        var n = a
        var sum = 0.0
        while n > 1 {
            n -= 1
            sum += log(n)
        }
        return n == 1 ? sum : sum + log(Double.pi) / 2
    }
}
