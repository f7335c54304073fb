import Bureau
import Foundation
import Scorecards
import Seeds

/// A PMML document with one characteristic over a field `x`, for tests.
struct PMMLDocument {
    var namespace = "http://www.dmg.org/PMML-4_4"
    /// The attributes and content of the data field.
    var field = #"optype="continuous" dataType="double"/>"#
    var mining = ""
    /// The attributes of the scorecard.
    var scorecard = #"useReasonCodes="false""#
    var schemas = ""
    /// The attributes of the characteristic.
    var characteristic = ""
    var attributes = """
        <Attribute partialScore="1"><SimplePredicate field="x" operator="lessThan" value="18"/></Attribute>
        <Attribute partialScore="2"><SimplePredicate field="x" operator="isNotMissing"/></Attribute>
        <Attribute partialScore="3"><SimplePredicate field="x" operator="isMissing"/></Attribute>
        """

    var text: String {
        """
        <PMML xmlns="\(namespace)" version="4.4"><Header/><DataDictionary><DataField name="x" \(field)</DataDictionary>
        <Scorecard modelName="m" functionName="regression" \(scorecard)>
        <MiningSchema><MiningField name="x" \(mining)/></MiningSchema>\(schemas)
        <Characteristics><Characteristic name="c" \(characteristic)>\(attributes)</Characteristic></Characteristics>
        </Scorecard></PMML>
        """
    }

    func card(_ options: PMMLImport = PMMLImport()) throws(PMMLError) -> Scorecard {
        try ScorecardFile(pmml: Array(text.utf8), options).card
    }

    /// The raw score of each value.
    func scores(_ values: [CharacteristicValue], filling: Bool = false) throws(PMMLError) -> [Int64] {
        var options = PMMLImport()
        options.fillsHoles = filling
        let card = try card(options)
        return values.map { card.score([$0]).rawScore }
    }

    /// A document of the folder Fixtures.
    static func fixture(_ name: String) throws -> [UInt8] {
        let folder = SharedFiles.repository.appending(path: "Tests/ScorecardsTests/Fixtures")
        return try Array(Data(contentsOf: folder.appending(path: name)))
    }

    static let fixtures = ["optbinning.pmml", "r-scorecard.pmml", "sample.pmml"]
}
