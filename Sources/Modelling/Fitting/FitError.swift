import Bureau
import Scorecards

/// Why no scorecard can be fitted. No description holds a value of the data.
public enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no column of this name.
    case unknownColumn(String)
    /// A label is neither 0, 1, true nor false, and no value was named that stands for bad.
    case unreadableLabel(line: Int)
    /// There are not enough cases of both classes.
    case tooFewCases(good: Int, bad: Int, needed: Int)
    /// A column that was asked for has numbers and texts.
    case mixedColumn(String)
    /// A column that was asked for has more distinct texts than a scorecard can tell apart.
    case tooManyCategories(String, limit: Int)
    /// A column's texts are no UTF-8, have NUL, or differ in the composition of their characters alone.
    case unusableTexts(String)
    /// A column that was asked for tells who a person is.
    case identity(String)
    /// A column that was asked for has no name; columns count from 1.
    case unnamedColumn(Int)
    /// A column that was asked for has a name that is no UTF-8, or has NUL.
    case unusableName(Int)
    /// A column that was asked for has a longer name than a scorecard's characteristic.
    case longName(String)
    /// There is no column beside the label, or all are left out: those that cannot be fitted, and those that tell who a
    /// person is.
    case noColumns(leftOut: [String], identities: [String])
    /// More columns tell good from bad than a scorecard has characteristics.
    case tooManyColumns(Int, limit: Int)
    /// A single column tells good from bad too well to have been known beforehand.
    case leaks([Leak])
    /// Nothing tells good from bad cases.
    case nothingToFit
    /// The points of the scale are beyond what a scorecard holds.
    case scaleOutOfRange
    /// The card cannot be read as it would be written.
    case unreadableCard

    /// A column that tells too much.
    public struct Leak: Hashable, Sendable {
        public let name: String
        public let areaUnderCurve: Double
        public let informationValue: Double
    }

    public var description: String {
        switch self {
        case .unknownColumn(let name): "there is no column named \(name)"
        case .unreadableLabel(let line):
            "the label of line \(line) is neither 0, 1, true nor false; --positive tells which value is bad"
        case .tooFewCases(let good, let bad, let needed):
            "\(good) good and \(bad) bad cases are too few: \(needed) of each are needed"
        case .mixedColumn(let name): "\(name) has numbers and texts; --categories takes all of them as texts"
        case .tooManyCategories(let name, let limit): "\(name) has more than \(limit) different texts"
        case .unusableTexts(let name):
            "\(name) has texts that are not UTF-8, hold NUL, or differ only in how their characters are composed"
        case .identity(let name): "\(name) tells who a person is: its values are CPF numbers, or it is named cpf or id"
        case .unnamedColumn(let number): "column \(number) has no name"
        case .unusableName(let number): "the name of column \(number) is not UTF-8, or holds NUL"
        case .longName(let name): "\(name): the name has more than \(Scorecard.maximumNameLength) characters"
        case .noColumns([], []): "no column is left to fit: there is none beside the label"
        case .noColumns(let leftOut, let identities):
            "no column is left to fit: "
                + [Self.leftOut(leftOut), Self.identities(identities)].compactMap(\.self).joined(separator: "; ")
        case .tooManyColumns(let count, let limit):
            "\(count) columns tell good from bad, and a scorecard has at most \(limit); choose some by --only"
        case .leaks(let leaks):
            leaks.map { leak in
                "\(leak.name) alone has an AUC of \(Self.rounded(leak.areaUnderCurve)) "
                    + "and an information value of \(Self.rounded(leak.informationValue))"
            }.joined(separator: "; ")
                + ": it may have been written after the outcome; leave it out by --only, or use --allow-leak"
        case .nothingToFit: "no column tells good from bad cases"
        case .scaleOutOfRange:
            "this scale gives points beyond the \(Scorecard.pointsRange.upperBound) that a scorecard may have"
        case .unreadableCard: "the scorecard cannot be read as it would be written"
        }
    }

    /// Tells which columns were left out because they cannot be fitted; nil when there are none.
    public static func leftOut(_ names: [String]) -> String? {
        names.isEmpty
            ? nil
            : "left out, because they have numbers and texts, or too many or unusable texts, or no usable name: "
                + names.joined(separator: ", ")
    }

    /// Tells which columns were left out because of whom they tell; nil when there are none.
    public static func identities(_ names: [String]) -> String? {
        names.isEmpty
            ? nil : "left out, because they tell who a person is, or of when: " + names.joined(separator: ", ")
    }

    private static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
