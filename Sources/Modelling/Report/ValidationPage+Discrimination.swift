/// ROC, KS, gains and the distribution of scores.
extension ValidationPage {
    var discrimination: Markup {
        let scores = validation.scores
        guard scores.areaUnderCurve != nil else { return "" }
        return """
            <h2>How well the score tells bad from good</h2>
            <p>A low score stands for a high risk. Everything here depends on the order of the scores alone.</p>
            <div class="plots">\(roc)\(distance)\(gainsCurve)\(distribution)</div>
            \(gainsTable)\(comparedDiscrimination)
            """
    }

    private var roc: Markup {
        var plot = Plot(
            "ROC curve: share of bad cases over share of good cases, up to each score",
            x: .shares("share of good cases up to a score"), y: .shares("share of bad cases"))
        plot.line([(0, 0), (1, 1)], "ref")
        plot.line(validation.scores.rocCurve.map { ($0.goodShare, $0.badShare) }, "bad")
        plot.note("AUC \(NumberText.fixed(validation.scores.areaUnderCurve, 3))", x: 0.55, y: 0.3)
        return .figure("ROC curve", [("bad", "this score"), ("ref", "by chance")], plot)
    }

    private var distance: Markup {
        let scores = validation.scores
        var plot = Plot(
            "Shares of bad and of good cases up to each score, with their greatest distance",
            x: .numbers("raw score", scoreRange), y: .shares("share of cases up to the score"))
        let curve = Array(scores.rocCurve.dropFirst())
        let start = (scoreRange.lowerBound, 0.0)
        plot.line([start] + zip(scores.scores, curve).map { ($0, $1.badShare) }, "bad")
        plot.line([start] + zip(scores.scores, curve).map { ($0, $1.goodShare) }, "good dash")
        if let ks = scores.kolmogorovSmirnov, let index = scores.scores.firstIndex(of: ks.score) {
            plot.line([(ks.score, curve[index].goodShare), (ks.score, curve[index].badShare)], "ref")
            plot.note(
                "KS \(NumberText.fixed(ks.value, 3)) at \(NumberText.plain(ks.score))", x: ks.score,
                y: (curve[index].goodShare + curve[index].badShare) / 2)
        }
        return .figure("Kolmogorov-Smirnov", [("bad", "bad cases"), ("good dash", "good cases")], plot)
    }

    private var gainsCurve: Markup {
        let scores = validation.scores
        let total = scores.total
        var plot = Plot(
            "Gains: share of all bad cases among the cases with the lowest scores",
            x: .shares("share of all cases, lowest scores first"), y: .shares("share of bad cases"))
        plot.line([(0, 0), (1, 1)], "ref")
        plot.line([(0, 0), (Double(total.bad) / Double(total.total), 1), (1, 1)], "good thin dash")
        var seen = ClassCounts()
        let curve = scores.counts.map { counts in
            seen += counts
            return (Double(seen.total) / Double(total.total), Double(seen.bad) / Double(total.bad))
        }
        plot.line([(0, 0)] + curve, "bad")
        return .figure(
            "Gains", [("bad", "this score"), ("good dash", "a perfect one"), ("ref", "by chance")], plot)
    }

    private var distribution: Markup {
        let count = 24
        let width = (scoreRange.upperBound - scoreRange.lowerBound) / Double(count)
        var bars = [ClassCounts](repeating: ClassCounts(), count: count)
        for (score, counts) in zip(validation.scores.scores, validation.scores.counts) {
            bars[min(count - 1, Int((score - scoreRange.lowerBound) / width))] += counts
        }
        let total = validation.scores.total
        let highest = bars.map { Double($0.total) / Double(total.total) }.max() ?? 1
        var plot = Plot(
            "How many cases have which score, bad ones below good ones",
            x: .numbers("raw score", scoreRange), y: .shares("share of all cases", upTo: highest * 1.08))
        for (index, counts) in bars.enumerated() {
            let start = scoreRange.lowerBound + Double(index) * width
            let end = start + width * 0.88
            plot.bar(from: start, to: end, height: Double(counts.total) / Double(total.total), "good")
            plot.bar(from: start, to: end, height: Double(counts.bad) / Double(total.total), "bad")
        }
        return .figure("Scores", [("bad", "bad cases"), ("good", "good cases, on top of them")], plot)
    }

    /// From the least to the greatest score of the sample, by bounds that a diagram can have.
    var scoreRange: ClosedRange<Double> {
        let (least, greatest) = (validation.scores.scores.first ?? 0, validation.scores.scores.last ?? 0)
        return least < greatest ? least...greatest : least - 1...greatest + 1
    }

    private var gainsTable: Markup {
        let rows = validation.scores.gains()
        let lines: [[Markup]] = rows.map { row in
            [
                .text(row.upTo.map { "up to \(NumberText.plain($0))" } ?? "above"),
                .text(NumberText.grouped(row.counts.total)), .text(NumberText.grouped(row.counts.bad)),
                .shareBar(row.badRate), .text(NumberText.percent(row.caseShare)),
                .text(NumberText.percent(row.badShare)), .text(NumberText.fixed(row.lift, 2)),
            ]
        }
        let total = validation.scores.total
        return .table(
            "Gains in bands of about a tenth of the cases; no score is split between two bands.",
            ["raw score", "cases", "bad", "bad rate", "cases so far", "bad so far", "lift so far"], lines,
            sum: [
                "all", .text(NumberText.grouped(total.total)), .text(NumberText.grouped(total.bad)),
                .shareBar(total.total > 0 ? Double(total.bad) / Double(total.total) : nil), "", "", "",
            ])
    }

    /// The measures of the baseline beside those of the data, where both have outcomes.
    private var comparedDiscrimination: Markup {
        guard let baseline = validation.baselineScores, validation.baselineSample?.isLabelled == true,
            baseline.areaUnderCurve != nil
        else { return "" }
        let lines: [[Markup]] = [("data", validation.scores), ("baseline", baseline)].map { name, scores in
            [
                .text(name), .text(NumberText.grouped(scores.total.total)),
                .text(NumberText.percent(scores.total.bad, of: scores.total.total)),
                .text(NumberText.fixed(scores.areaUnderCurve, 3)),
                .text(NumberText.fixed(scores.gini, 3)),
                .text(NumberText.fixed(scores.kolmogorovSmirnov?.value, 3)),
                .text(NumberText.fixed(scores.mean, 1)),
            ]
        }
        return .table(
            "The same measures on the baseline.",
            ["sample", "cases", "bad rate", "AUC", "Gini", "KS", "mean score"], lines)
    }
}
