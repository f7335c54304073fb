import ArgumentParser
import Bureau
import Services
import Synchronization

/// Options for runs that answer the same input with the same bytes.
struct ReproducibilityOptions: ParsableArguments {
    /// An instant on the command line, in the form of RFC 3339.
    struct Time: ExpressibleByArgument {
        let instant: Instant

        init?(argument: String) {
            guard let instant = Instant(argument) else { return nil }
            self.instant = instant
        }
    }

    @Option(
        help: ArgumentHelp(
            "Stamp records with this time, such as 2026-01-02T03:04:05Z; on embedded stores only.",
            discussion: "Identifiers of one time come in no order, unless --seed is given too.",
            valueName: "time"))
    var clock: Time?

    @Option(
        help: ArgumentHelp(
            "Derive identifiers from this number, and serve one call at a time; on embedded stores only.",
            discussion: """
                Progress, cancellations, deadlines and system.health still follow the real time. With --clock the home \
                must be new, because the same identifiers would be given out again.
                """,
            valueName: "number"))
    var seed: UInt64?

    var isUsed: Bool { clock != nil || seed != nil }

    /// Whether another run with these options gives out the same identifiers.
    var repeatsIdentifiers: Bool { clock != nil && seed != nil }

    /// The time and the identifiers of the run.
    ///
    /// Methods make identifiers while they parse, ahead of the services. Each of the two draws from a sequence of its
    /// own, so that their numbers do not depend on who comes first.
    func stamps(sequence: UInt64) -> Stamps {
        var stamps = Stamps.system
        if let instant = clock?.instant { stamps.now = { instant } }
        if let seed {
            let numbers = SeededNumbers(seed: seed, sequence: sequence)
            stamps.random = { numbers.next() }
        }
        return stamps
    }

    /// The options as the arguments of a daemon.
    var arguments: [String] {
        (clock.map { ["--clock", $0.instant.text] } ?? []) + (seed.map { ["--seed", "\($0)"] } ?? [])
    }
}

/// Increasing numbers from a seed, in place of random bits: identifiers of one instant then sort by their making.
final class SeededNumbers: Sendable {
    /// The state of the generator, and the last number.
    private let state: Mutex<(generator: UInt64, number: UInt64)>

    init(seed: UInt64, sequence: UInt64 = 0) {
        var generator = seed &+ sequence &* 0xD1B5_4A32_D192_ED03
        // A quarter of the range at most, which leaves room for 2^39 further numbers.
        let first = Self.mix(&generator) >> 2
        state = Mutex((generator, first))
    }

    /// Returns the next number, larger than all before.
    func next() -> UInt64 {
        state.withLock { state in
            state.number += 1 + Self.mix(&state.generator) >> 40
            return state.number
        }
    }

    /// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    private static func mix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
