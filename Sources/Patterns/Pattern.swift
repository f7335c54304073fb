/// A regular expression of ECMA-262 with the `u` flag, matched in linear time without backtracking.
///
/// Patterns match code points; `\w`, `\d` and `\b` cover only ASCII (ECMA-262 §22.2.2). Lookaheads and lookbehinds are
/// supported. Back references, ignored case, and patterns beyond the limits of ``Assembler`` and ``Simulation`` are
/// refused.
public struct Pattern: Sendable {
    private let engine: Engine

    private enum Engine: Sendable {
        case automaton(Automaton)
        case simulation(Simulation)
    }

    /// Compiles a pattern from its UTF-8, without enclosing slashes.
    public init(_ source: some Sequence<UInt8>) throws(PatternError) {
        try self.init(source, isSimulated: false)
    }

    /// Compiles a pattern. Tests set `isSimulated` to compare the simulation with the automaton.
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
    /// Most patterns take one step for each scalar, and none takes more than 3 000. Each lookaround needs one bit of
    /// memory for each byte of the text.
    public func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var stepCount = 0
        return matches(text, stepCount: &stepCount)
    }

    /// Matches a text and adds the number of steps to `stepCount`, which tests bound.
    func matches(_ text: UnsafeBufferPointer<UInt8>, stepCount: inout Int) -> Bool {
        switch engine {
        case .automaton(let automaton): automaton.matches(UTF8Text(text), stepCount: &stepCount)
        case .simulation(let simulation): simulation.matches(UTF8Text(text), stepCount: &stepCount)
        }
    }

    /// Whether a text is a regular expression of ECMA-262 (§22.2.1, `u` flag), even one that cannot be compiled.
    public static func isValid(_ source: some Sequence<UInt8>) -> Bool {
        (try? PatternParser.parse(Array(source))) != nil
    }
}

/// The reason and position of an error in a pattern. Errors never hold text of the pattern.
public struct PatternError: Error, Equatable, Sendable, CustomStringConvertible {
    public let reason: Reason
    /// The position of the error, in bytes from the start of the pattern.
    public let offset: Int

    public enum Reason: String, Sendable, CaseIterable {
        // The text is not a regular expression of ECMA-262.
        case invalidEncoding = "invalid_encoding"
        case unterminatedGroup = "unterminated_group"
        case unterminatedClass = "unterminated_class"
        /// A `)`, `]`, `{` or `}` without its opening bracket. A literal bracket needs a backslash.
        case unmatchedBracket = "unmatched_bracket"
        /// A quantifier at the start, after another quantifier, or after an assertion.
        case nothingToRepeat = "nothing_to_repeat"
        /// A lower bound above the upper bound.
        case invalidBounds = "invalid_bounds"
        /// A range in a class whose ends are out of order or not single characters.
        case invalidRange = "invalid_range"
        case invalidEscape = "invalid_escape"
        /// A `(?` that starts no known kind of group.
        case invalidGroup = "invalid_group"
        case invalidGroupName = "invalid_group_name"
        case duplicateGroupName = "duplicate_group_name"
        /// A back reference to a group that does not exist.
        case unknownGroup = "unknown_group"
        case unknownProperty = "unknown_property"

        // The regular expression cannot be matched in linear time, or exceeds a limit.
        case backreference = "backreference"
        /// The flag in `(?i:…)`.
        case ignoreCase = "ignore_case"
        /// A Unicode property for which the standard library has no table.
        case unsupportedProperty = "unsupported_property"
        case tooManyStates = "too_many_states"
        case tooManyLookarounds = "too_many_lookarounds"
        case tooDeep = "too_deep"
    }

    public var description: String { "at byte \(offset): \(reason.rawValue)" }
}
