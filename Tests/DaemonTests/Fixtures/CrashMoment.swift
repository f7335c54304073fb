import Foundation

/// When a daemon is killed: after it has given so many answers.
struct CrashMoment: Sendable, CustomStringConvertible {
    let answers: Int
    /// What makes the same moments again, as `CREDITD_CRASH_SEED`.
    let seed: UInt64

    var description: String { "after \(answers) answers, of seed \(seed)" }

    /// As many random moments as `CREDITD_CRASH_ROUNDS` says.
    static func random(below answers: Int) -> [CrashMoment] {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["CREDITD_CRASH_ROUNDS"].flatMap { Int($0) } ?? 5
        let seed = environment["CREDITD_CRASH_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
        var state = seed
        return (0..<rounds).map { _ in
            // Knuth's multiplier; the upper bits are the random ones.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return CrashMoment(answers: 1 + Int((state >> 33) % UInt64(answers)), seed: seed)
        }
    }
}
