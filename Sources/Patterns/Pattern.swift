/// A regular expression of ECMA-262 with the meaning of its `u` flag, matched in time linear in the text: never by
/// backtracking. It works on code points, and `\w`, `\d` and `\b` know ASCII only (ECMA-262 §22.2.2).
///
/// Lookaheads and lookbehinds are matched; back references, which no automaton can follow, are refused, and so are
/// ignored case and patterns beyond the limits of ``Assembler`` and ``Simulation``.
package struct Pattern: Sendable {
    private let engine: Engine

    private enum Engine: Sendable {
        case automaton(Automaton)
        case simulation(Simulation)
    }

    /// Compiles the UTF-8 of a pattern, without slashes around it.
    package init(_ source: some Sequence<UInt8>) throws(PatternError) {
        try self.init(source, isSimulated: false)
    }

    /// `isSimulated` keeps a pattern from being made an automaton, so that tests can compare the two.
    init(_ source: some Sequence<UInt8>, isSimulated: Bool) throws(PatternError) {
        let assembler = try Assembler(PatternParser.parse(Array(source)))
        let program = assembler.program
        let alphabet = Alphabet(for: program, sets: assembler.sets)
        if !isSimulated, let automaton = AutomatonBuilder.automaton(for: program, alphabet: alphabet) {
            engine = .automaton(automaton)
        } else if program.instructionCount <= Simulation.instructionLimit {
            engine = .simulation(Simulation(program: program, alphabet: alphabet))
        } else {
            throw PatternError(reason: .tooManyStates, offset: 0)
        }
    }

    /// Whether the pattern matches anywhere in a text, which must be valid UTF-8.
    ///
    /// It takes one step a scalar for most patterns, and 3 000 at most. A pattern with lookarounds needs a bit of
    /// memory for each of them and each byte of the text.
    package func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var stepCount = 0
        return matches(text, stepCount: &stepCount)
    }

    /// Adds up the steps, so that a test can bound them.
    func matches(_ text: UnsafeBufferPointer<UInt8>, stepCount: inout Int) -> Bool {
        switch engine {
        case .automaton(let automaton): automaton.matches(UTF8Text(text), stepCount: &stepCount)
        case .simulation(let simulation): simulation.matches(UTF8Text(text), stepCount: &stepCount)
        }
    }

    /// Whether a text is a regular expression of ECMA-262 (§22.2.1, `u` flag), one that this type refuses included.
    package static func isValid(_ source: some Sequence<UInt8>) -> Bool {
        do {
            _ = try PatternParser.parse(Array(source))
            return true
        } catch {
            return false
        }
    }
}
