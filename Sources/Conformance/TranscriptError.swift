/// Why a file of transcripts cannot be read.
package struct TranscriptError: Error, Hashable, Sendable {
    /// What is wrong with the line.
    package enum Reason: String, Error, Sendable {
        case misplaced = "it belongs under a section, a row and a case"
        case unknownMark = "there is no such mark"
        case unknownAct = "there is no such act"
        case badCount = "that is no count"
        case badEscape = "that is no escape"
        case noRoom = "the line is longer than it is to be filled to"
        case notJSON = "that is no JSON"
    }

    package let file: String
    /// From 1.
    package let line: Int
    package let reason: Reason
}

extension TranscriptError: CustomStringConvertible {
    package var description: String { "\(file):\(line): \(reason.rawValue)" }
}
