import Bureau
import Scorecards

/// Any bytes as a PMML document.
///
/// What is accepted is a card that its own file and its own document give again; what is refused is refused in words.
package struct PMMLTarget: FuzzTarget {
    package init() {}

    package func run(_ input: UnsafeBufferPointer<UInt8>) {
        for fillsHoles in [false, true] {
            var options = PMMLImport()
            options.fillsHoles = fillsHoles
            do throws(PMMLError) {
                accepted(try ScorecardFile(pmml: Array(input), options))
            } catch {
                Promise.demand(!error.description.isEmpty, "a refusal says why")
            }
        }
    }

    private func accepted(_ file: ScorecardFile) {
        let text = ScorecardFile.formatted(file.card)
        Promise.demand((try? ScorecardFile(text))?.hash == file.hash, "the file of an imported card is the same card")
        do throws(PMMLError) {
            let again = try ScorecardFile(pmml: ScorecardFile.pmml(file.card))
            Promise.demand(again.hash == file.hash, "the document of an imported card is the same card")
        } catch {
            Promise.demand(false, "the document of an imported card is read: \(error)")
        }
    }
}
