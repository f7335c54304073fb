import Foundation
import Seeds
import Testing

@testable import Modelling

@Suite("Ridge logistic regression")
struct RidgeLogisticTests {
    /// Cases with three characteristics of three attributes, of which the last counts against its evidence.
    private let weights = [[-1.0, 0.2, 0.9], [-0.5, 0, 0.6], [-0.4, 0.1, 0.3]]

    private func cases() -> (columns: [[UInt8]], isBad: [Bool]) {
        var generator = SeededGenerator(seed: 5)
        let columns = (0..<3).map { _ in (0..<4000).map { _ in UInt8.random(in: 0...2, using: &generator) } }
        let slopes = [1.0, 0.8, -0.7]
        let isBad = (0..<4000).map { index in
            let logOdds = (0..<3).reduce(0.8) { $0 + slopes[$1] * weights[$1][Int(columns[$1][index])] }
            return Double.random(in: 0..<1, using: &generator) > 1 / (1 + exp(-logOdds))
        }
        return (columns, isBad)
    }

    @Test("the derivatives of the penalised likelihood vanish, and a coefficient below 0 is dropped")
    func solution() {
        let (columns, isBad) = cases()
        let model = RidgeLogistic(AttributeCombinations(columns, isBad: isBad), weights: weights, threads: 2)
        #expect(model.coefficients[2] == 0)
        #expect(abs(model.coefficients[0] - 1) < 0.2 && abs(model.coefficients[1] - 0.8) < 0.2)
        var gradient = [0.0, -model.coefficients[0], -model.coefficients[1]]
        for index in isBad.indices {
            let x = (0..<3).map { weights[$0][Int(columns[$0][index])] }
            let logOdds = model.intercept + zip(model.coefficients, x).reduce(0) { $0 + $1.0 * $1.1 }
            let residual = (isBad[index] ? 0 : 1) - 1 / (1 + exp(-logOdds))
            gradient[0] += residual
            gradient[1] += residual * x[0]
            gradient[2] += residual * x[1]
        }
        #expect(gradient.allSatisfy { abs($0) < 1e-7 })
    }

    @Test("the order of the cases and the number of threads change no bit of the result")
    func sameBits() {
        let (columns, isBad) = cases()
        let order = isBad.indices.shuffled(using: &Self.generator)
        let first = RidgeLogistic(AttributeCombinations(columns, isBad: isBad), weights: weights, threads: 1)
        let shuffled = AttributeCombinations(
            columns.map { column in order.map { column[$0] } }, isBad: order.map { isBad[$0] })
        let second = RidgeLogistic(shuffled, weights: weights, threads: 3)
        #expect(first.intercept == second.intercept)
        #expect(first.coefficients == second.coefficients)
    }

    private nonisolated(unsafe) static var generator = SeededGenerator(seed: 1)
}
