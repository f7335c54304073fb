import Bureau
import Foundation
import Modelling
import Platform

/// Files of a test, removed with it.
final class TestFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "creditd-modelling-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}

/// A scorecard with everything that a table may have: decimal bounds, a gap, categories, other and missing values, and
/// reasons with codes that characteristics share.
enum SampleCard {
    static func card(missing: MissingPoints) throws -> Scorecard {
        try Scorecard(
            model: "sample", version: 3, description: "for tests", basePoints: 300,
            characteristics: [
                ScoredCharacteristic(
                    name: "income", unit: "cents", baseline: 100,
                    table: .bins([
                        PointsBin(from: nil, to: 1500.5, AttributePoints(0, reason: ReasonText(code: "MONEY"))),
                        PointsBin(from: 1500.5, to: 4000, AttributePoints(60, reason: ReasonText(code: "MONEY"))),
                        PointsBin(from: 4000, to: nil, AttributePoints(100)),
                    ]), missing: missing),
                ScoredCharacteristic(
                    name: "assets", baseline: 80,
                    table: .bins([
                        PointsBin(from: 0, to: 10, AttributePoints(-20, reason: ReasonText(code: "MONEY"))),
                        PointsBin(from: 100, to: 1000, AttributePoints(80)),
                    ]), other: AttributePoints(5, reason: ReasonText(code: "ODD")), missing: missing),
                ScoredCharacteristic(
                    name: "housing", baseline: 50,
                    table: .categories([
                        PointsCategory(values: ["own", "paid"], AttributePoints(50)),
                        PointsCategory(values: ["rent", "for free, \"or so\""], AttributePoints(50)),
                    ]), other: AttributePoints(10), missing: missing),
                ScoredCharacteristic(
                    name: "tenure", baseline: 40,
                    table: .bins([
                        PointsBin(from: nil, to: 12, AttributePoints(0)),
                        PointsBin(from: 12, to: nil, AttributePoints(60)),
                    ]), missing: missing),
                ScoredCharacteristic(
                    name: "queries", baseline: 30,
                    table: .bins([
                        PointsBin(from: nil, to: 1, AttributePoints(30)),
                        PointsBin(from: 1, to: nil, AttributePoints(0)),
                    ]), missing: missing),
            ])
    }

    static func card() throws -> Scorecard {
        try card(
            missing: MissingPoints(
                noRecord: AttributePoints(7, reason: ReasonText(code: "NONE")), notApplicable: AttributePoints(9),
                truncated: AttributePoints(11, reason: ReasonText(code: "MONEY")), notKnownThen: AttributePoints(200)))
    }
}

/// What a batch made of rows: its lines, and how it ended.
struct BatchRun {
    let lines: [String]
    let failure: BatchScoring.Failure?

    init(_ card: Scorecard, tellsPoints: Bool = false, _ csv: String) throws {
        let folder = try TestFolder()
        let input = open(try folder.write(csv, to: "rows.csv"), O_RDONLY)
        let output = open("\(folder.path)/scores.csv", O_WRONLY | O_CREAT, 0o600)
        defer {
            close(input)
            close(output)
        }
        var failure: BatchScoring.Failure?
        do throws(BatchScoring.Failure) {
            _ = try BatchScoring(card, tellsPoints: tellsPoints).run(
                from: FileDescriptor(input), to: FileDescriptor(output))
        } catch {
            failure = error
        }
        self.failure = failure
        lines = try String(contentsOfFile: "\(folder.path)/scores.csv", encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// The sentence of the failure.
    var sentence: String? {
        switch failure {
        case .row(let error): "\(error)"
        case .csv(let error): "\(error)"
        case .output(let code): "output \(code)"
        case nil: nil
        }
    }
}
