import Foundation
import Modelling
import Seeds
import Tables
import Testing

/// The public data of 1 000 loans (`../shared/credit-data`), each of which is scored by cards that have not seen it.
@Suite("Fitting the German credit data")
struct GermanCreditTests {
    /// What no card may use, or what tells more of kin than of the borrower.
    private static let unlawful: Set = [
        "personal_status_and_sex", "foreign_worker", "telephone",
        "number_of_people_being_liable_to_provide_maintenance_for",
    ]

    /// What base B knows too.
    private static let ofBaseB: Set = [
        "age_in_years", "property", "savings_account_and_bonds", "housing", "present_employment_since", "job",
        "present_residence_since",
    ]

    @Test(
        "five times five folds have an area under the curve of 0.785 with all lawful fields, and of 0.655 with base B's",
        arguments: [(false, 0.785), (true, 0.655)])
    func outOfFold(isBaseB: Bool, least: Double) throws {
        guard let file = try SharedFiles.url("credit-data/germancredit.csv") else { return }
        var rest = try Data(contentsOf: file)[...]
        var reader = try CSVReader { buffer in
            let count = rest.prefix(buffer.count).copyBytes(to: buffer)
            rest = rest.dropFirst(count)
            return count
        }
        let all = try DevelopmentSample.read(&reader, .init(label: "creditability", positive: "bad")).sample
        let sample = DevelopmentSample(
            isBad: all.isBad,
            columns: all.columns.filter { isBaseB ? Self.ofBaseB.contains($0.name) : !Self.unlawful.contains($0.name) })
        #expect(sample.columns.count == (isBaseB ? 7 : 16))
        let areas = try (0..<UInt64(5)).map { seed in
            var options = ScorecardFit.Options()
            options.foldSeed = seed
            return try #require(try ScorecardFit(sample, options).outOfFold).areaUnderCurve
        }
        #expect(areas.reduce(0, +) / 5 >= least)
    }
}
