/// A program as a deterministic automaton: one look-up for each scalar of a text.
struct Automaton: Sendable {
    /// For each state a row with its successor for each class of scalars, and for the end of the text behind them.
    /// States are named by the start of their row; the first two are ``rejected`` and ``accepted``.
    private let table: [UInt16]
    private let endClass: Int
    private let start: Int
    private let alphabet: Alphabet

    init(table: [UInt16], start: Int, alphabet: Alphabet) {
        self.table = table
        self.endClass = alphabet.count
        self.start = start
        self.alphabet = alphabet
    }

    func matches(_ text: UTF8Text, stepCount: inout Int) -> Bool {
        let accepted = endClass + 1
        var state = start
        var place = 0
        while state > accepted, place < text.bytes.count {
            let classIndex = alphabet.classIndex(of: text.takeScalar(after: &place))
            state = Int(table[state + classIndex])
            stepCount += 1
        }
        if state > accepted { state = Int(table[state + endClass]) }
        return state == accepted
    }
}
