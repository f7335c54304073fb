import Bureau

/// How the sample differs from the baseline.
extension ValidationPage {
    var stability: Markup {
        guard let index = validation.stability, let populations = validation.populations else { return "" }
        let bands = validation.bands
        let counts = (
            bands.counts(of: populations.expected).map(\.total), bands.counts(of: populations.actual).map(\.total)
        )
        let lines: [[Markup]] = index.bins.enumerated().map { number, bin in
            [
                .text(
                    number < bands.upperBounds.count
                        ? "up to \(NumberText.plain(bands.upperBounds[number]))" : "above"),
                .text(NumberText.grouped(counts.0[number])), .shareBar(bin.expectedShare, "good"),
                .text(NumberText.grouped(counts.1[number])), .shareBar(bin.actualShare),
                .text(NumberText.fixed(bin.contribution, 5)),
            ]
        }
        let test = validation.twoSamples.map {
            " Kolmogorov-Smirnov of both samples: \(NumberText.fixed($0.statistic, 4)), p \(NumberText.chance($0.p))."
        }
        return """
            <h2>Stability against the baseline</h2>
            <p>All rows count here, those without an outcome too. Two samples of one population differ too. Beside each index stands what chance alone gives on average, \
            (k − 1)(1/n + 1/m), and what it exceeds in one of twenty comparisons; an index below that says nothing. Above \
            it, 0.10 and 0.25 are the conventions of practice for a moderate and a large shift.</p>
            <p><b>Score: PSI \(NumberText.fixed(index.value, 4))</b>, by chance \(NumberText.fixed(index.meanByChance, 4)) \
            on average and up to \(NumberText.fixed(index.limitByChance, 4)): \(Self.text(index)).\(test ?? "")</p>
            <div class="plots">\(bars(index))</div>
            \(Markup.table(
                "The scores in bands of about a tenth of the baseline.",
                ["raw score", "baseline", "share", "data", "share", "PSI"], lines,
                sum: ["all", .text(NumberText.grouped(counts.0.reduce(0, +))), "",
                      .text(NumberText.grouped(counts.1.reduce(0, +))), "",
                      .text(NumberText.fixed(index.value, 5))]))
            \(characteristicsTable)
            """
    }

    private func bars(_ index: StabilityIndex) -> Markup {
        let highest = index.bins.map { max($0.expectedShare, $0.actualShare) }.max() ?? 1
        var plot = Plot(
            "Shares of the cases in ten bands of score, of the baseline and of the data",
            x: .numbers("band of scores, lowest first", 0...Double(index.bins.count)),
            y: .shares("share of cases", upTo: highest * 1.1))
        for (number, bin) in index.bins.enumerated() {
            let start = Double(number)
            plot.bar(from: start + 0.12, to: start + 0.49, height: bin.expectedShare, "good")
            plot.bar(from: start + 0.51, to: start + 0.88, height: bin.actualShare, "bad")
        }
        return .figure("Bands of score", [("good", "baseline"), ("bad", "data")], plot)
    }

    private var characteristicsTable: Markup {
        let lines: [[Markup]] = validation.characteristics.compactMap { item in
            guard let index = item.stability else { return nil }
            let reading: Markup =
                index.reading == .withinChance
                ? .text(Self.text(index)) : "<span class=\"mark\">\(Self.text(index))</span>"
            return [
                .text(item.name), .text(NumberText.fixed(index.value, 4)),
                .text(NumberText.fixed(index.meanByChance, 4)),
                .text(NumberText.fixed(index.limitByChance, 4)), reading,
            ]
        }
        return .table(
            "The characteristics on the card's own bins (CSI), kinds of missing values included.",
            ["characteristic", "CSI", "by chance", "chance up to", "reading"], lines)
    }

    private static func text(_ index: StabilityIndex) -> String {
        switch index.reading {
        case .withinChance: "no more than chance"
        case .small: "more than chance, small"
        case .moderate: "a moderate shift"
        case .large: "a large shift"
        }
    }
}
