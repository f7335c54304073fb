/// Why no scorecard can be fitted. No description holds a value of the data.
package enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
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
    /// A single column tells good from bad too well to have been known beforehand.
    case leaks([Leak])
    /// Nothing tells good from bad cases.
    case nothingToFit
    /// The points of the scale are beyond what a scorecard holds.
    case scaleOutOfRange

    /// A column that tells too much.
    package struct Leak: Hashable, Sendable {
        package let name: String
        package let areaUnderCurve: Double
        package let informationValue: Double
    }

    package var description: String {
        switch self {
        case .unknownColumn(let name): "there is no column named \(name)"
        case .unreadableLabel(let line):
            "the label of line \(line) is neither 0, 1, true nor false; --positive tells which value is bad"
        case .tooFewCases(let good, let bad, let needed):
            "\(good) good and \(bad) bad cases are too few: \(needed) of each are needed"
        case .mixedColumn(let name): "\(name) has numbers and texts; --categories takes all of them as texts"
        case .tooManyCategories(let name, let limit): "\(name) has more than \(limit) different texts"
        case .leaks(let leaks):
            leaks.map { leak in
                "\(leak.name) alone has an AUC of \(Self.rounded(leak.areaUnderCurve)) "
                    + "and an information value of \(Self.rounded(leak.informationValue))"
            }.joined(separator: "; ")
                + ": it may have been written after the outcome; leave it out by --only, or use --allow-leak"
        case .nothingToFit: "no column tells good from bad cases"
        case .scaleOutOfRange: "this scale gives points beyond 32 bits"
        }
    }

    private static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
