import Glibc

/// A logistic regression of the odds of good cases on weights of evidence, with a ridge: half the sum of the squares of
/// all coefficients but the intercept is taken from the log-likelihood. It is found by Newton's method (IRLS).
struct RidgeLogistic: Sendable {
    /// The log-odds of good cases where all weights of evidence are 0.
    private(set) var intercept = 0.0
    /// One for each characteristic; 0 for those that were dropped, and above 0 for the others.
    private(set) var coefficients: [Double]

    private static let ridge = 1.0
    private static let maximumSteps = 50
    private static let tolerance = 1e-9

    /// Fits all characteristics, then drops the one with the least coefficient as long as that is not above 0: evidence
    /// that counts against its own direction only corrects another characteristic.
    init(_ combinations: AttributeCombinations, weights: [[Double]], threads: Int) {
        coefficients = [Double](repeating: 0, count: weights.count)
        var kept = Array(weights.indices)
        while true {
            fit(combinations, weights, kept, threads)
            guard let least = kept.min(by: { coefficients[$0] < coefficients[$1] }), coefficients[least] <= 0 else {
                return
            }
            kept.removeAll { $0 == least }
            coefficients[least] = 0
        }
    }

    private mutating func fit(
        _ combinations: AttributeCombinations, _ weights: [[Double]], _ kept: [Int], _ threads: Int
    ) {
        for _ in 0..<Self.maximumSteps {
            var equations = NormalEquations(combinations, weights, kept, self, threads)
            for (row, index) in kept.enumerated() { equations.addRidge(Self.ridge, coefficients[index], at: row + 1) }
            guard let step = equations.solution() else { return }
            intercept += step[0]
            for (row, index) in kept.enumerated() { coefficients[index] += step[row + 1] }
            if step.allSatisfy({ abs($0) < Self.tolerance }) { return }
        }
    }
}

/// The equations of one step of Newton's method: the negative second derivatives of the log-likelihood, and the first.
private struct NormalEquations: Sendable {
    private let size: Int
    /// Row by row; only what is on and below the diagonal is used.
    private var matrix: [Double]
    private var gradient: [Double]

    /// The combinations of one part, whose sums are made on one thread.
    private static let partSize = 8192

    /// Sums up over all combinations, in parts of one size that are added in one order: the result does not depend on
    /// the number of threads.
    init(
        _ combinations: AttributeCombinations, _ weights: [[Double]], _ kept: [Int], _ model: RidgeLogistic,
        _ threads: Int
    ) {
        let size = kept.count + 1
        let parts = Concurrently.map((combinations.count + Self.partSize - 1) / Self.partSize, threads: threads) {
            part in
            let range = part * Self.partSize..<min(combinations.count, (part + 1) * Self.partSize)
            return NormalEquations(combinations, range, weights, kept, model)
        }
        self.init(size: size)
        for part in parts {
            for index in matrix.indices { matrix[index] += part.matrix[index] }
            for index in gradient.indices { gradient[index] += part.gradient[index] }
        }
    }

    private init(size: Int) {
        self.size = size
        matrix = [Double](repeating: 0, count: size * size)
        gradient = [Double](repeating: 0, count: size)
    }

    private init(
        _ combinations: AttributeCombinations, _ range: Range<Int>, _ weights: [[Double]], _ kept: [Int],
        _ model: RidgeLogistic
    ) {
        self.init(size: kept.count + 1)
        let (size, width) = (size, combinations.width)
        // All tables behind one another: weights that are looked up without a check for each table.
        let stride = weights.reduce(0) { max($0, $1.count) }
        let table = kept.flatMap { weights[$0] + [Double](repeating: 0, count: stride - weights[$0].count) }
        let coefficients = [model.intercept] + kept.map { model.coefficients[$0] }
        var row = [Double](repeating: 1, count: size)
        matrix.withUnsafeMutableBufferPointer { matrix in
            combinations.attributes.withUnsafeBufferPointer { attributes in
                for index in range {
                    var logOdds = coefficients[0]
                    for column in 1..<size {
                        let attribute = Int(attributes[index * width + kept[column - 1]])
                        row[column] = table[(column - 1) * stride + attribute]
                        logOdds += coefficients[column] * row[column]
                    }
                    let probability = 1 / (1 + exp(-logOdds))
                    let good = Double(combinations.good[index])
                    let cases = good + Double(combinations.bad[index])
                    let residual = good - cases * probability
                    let variance = cases * probability * (1 - probability)
                    for i in 0..<size {
                        gradient[i] += residual * row[i]
                        let scaled = variance * row[i]
                        for j in 0...i { matrix[i * size + j] += scaled * row[j] }
                    }
                }
            }
        }
    }

    mutating func addRidge(_ ridge: Double, _ coefficient: Double, at index: Int) {
        matrix[index * size + index] += ridge
        gradient[index] -= ridge * coefficient
    }

    /// Solves the equations by Cholesky's decomposition; nil when they have no single solution.
    mutating func solution() -> [Double]? {
        for column in 0..<size {
            for row in column..<size {
                var sum = matrix[row * size + column]
                for k in 0..<column { sum -= matrix[row * size + k] * matrix[column * size + k] }
                if row == column {
                    guard sum > 0 else { return nil }
                    matrix[row * size + column] = sum.squareRoot()
                } else {
                    matrix[row * size + column] = sum / matrix[column * size + column]
                }
            }
        }
        var result = gradient
        for row in 0..<size {
            for k in 0..<row { result[row] -= matrix[row * size + k] * result[k] }
            result[row] /= matrix[row * size + row]
        }
        for row in (0..<size).reversed() {
            for k in row + 1..<size { result[row] -= matrix[k * size + row] * result[k] }
            result[row] /= matrix[row * size + row]
        }
        return result
    }
}
