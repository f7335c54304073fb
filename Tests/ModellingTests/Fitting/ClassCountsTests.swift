import Modelling
import Testing

@Suite("Counts of good and bad")
struct ClassCountsTests {
    @Test("a bin like the whole sample has no weight of evidence, and one without bad cases a finite one")
    func weight() {
        let sample = ClassCounts(good: 700, bad: 300)
        #expect(abs(ClassCounts(good: 70, bad: 30).weightOfEvidence(in: sample)) < 0.02)
        #expect(ClassCounts(good: 50, bad: 0).weightOfEvidence(in: sample) > 1)
        #expect(ClassCounts(good: 50, bad: 0).weightOfEvidence(in: sample).isFinite)
    }

    @Test("information value grows with the distance from the sample, whichever its direction")
    func informationValue() {
        let sample = ClassCounts(good: 700, bad: 300)
        let near = ClassCounts(good: 65, bad: 35).informationValue(in: sample)
        #expect(ClassCounts(good: 40, bad: 60).informationValue(in: sample) > near)
        #expect(ClassCounts(good: 95, bad: 5).informationValue(in: sample) > near)
        #expect(near > 0)
    }
}
