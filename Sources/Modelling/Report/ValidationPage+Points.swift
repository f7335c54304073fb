import Bureau

/// The points of each characteristic with the evidence that the sample gives for them, and what is missing.
extension ValidationPage {
    var pointsTables: Markup {
        let ranked = validation.characteristics.sorted { $0.informationValue > $1.informationValue }
        let overview: Markup = .table(
            "The characteristics by their information value (IV) in this sample.",
            ["characteristic", "IV", "fewest points", "most points", "missing"],
            ranked.map { item in
                [
                    .text(item.name), .text(NumberText.fixed(item.informationValue, 3)),
                    .text(NumberText.plain(Double(item.rows.map(\.points).min() ?? 0))),
                    .text(NumberText.plain(Double(item.rows.map(\.points).max() ?? 0))),
                    .text(
                        NumberText.percent(
                            item.missing.reduce(0) { $0 + $1.count }, of: validation.scores.total.total)),
                ]
            })
        return """
            <h2>Points and evidence</h2>
            <p>Every case begins with \(NumberText.plain(Double(validation.card.basePoints))) points. The weight of \
            evidence (WoE) of a bin is ln(share of all good cases in it / share of all bad cases in it): above 0 the bin \
            is better than the sample. Points should rise with it.</p>
            \(overview)\(validation.characteristics.map(table).joined())
            """
    }

    private func table(_ item: CharacteristicFigures) -> Markup {
        let total = validation.scores.total.total
        let reversed = item.reversals
        let lines: [[Markup]] = Self.shownRows(item).map { row in
            let isReversed = reversed.contains { $0.better.kind == row.kind || $0.worse.kind == row.kind }
            let mark: Markup = isReversed ? " <span class=\"mark\" title=\"against the bad rates\">↯</span>" : ""
            return [
                .text(Self.text(row.kind)), "\(NumberText.plain(Double(row.points)))\(mark)",
                .text(NumberText.grouped(row.counts.total)), .shareBar(Self.share(row.counts.total, total), "good"),
                .text(NumberText.grouped(row.counts.bad)), .shareBar(row.badRate),
                .text(NumberText.fixed(row.weight, 3)), .text(NumberText.fixed(row.contribution, 4)),
            ]
        }
        let unit = item.unit.map { ", in \($0)" } ?? ""
        let names = ["bin\(unit)", "points", "cases", "share", "bad", "bad rate", "WoE", "IV"]
        let note: Markup =
            reversed.isEmpty
            ? "" : "<p class=\"mark\">↯ More points than a neighbour, and a higher bad rate by more than chance.</p>"
        return """
            <div class="points"><h3>\(item.name)</h3>\(note)
            \(Markup.table("Losses are told against \(NumberText.plain(Double(item.baseline))) points.", names, lines,
                sum: [
                    "all", "", .text(NumberText.grouped(total)), "", .text(NumberText.grouped(validation.scores.total.bad)),
                    .shareBar(Self.share(validation.scores.total.bad, total)), "",
                    .text(NumberText.fixed(item.informationValue, 4)),
                ]))</div>
            """
    }

    /// The rows of a table: kinds of missing values without a case are one row where they have the same points.
    private static func shownRows(_ item: CharacteristicFigures) -> [CharacteristicFigures.Row] {
        var shown: [CharacteristicFigures.Row] = []
        for row in item.rows {
            if case .missing = row.kind, row.counts.total == 0,
                shown.contains(where: { if case .missing = $0.kind { $0.points == row.points } else { false } })
            {
                continue
            }
            shown.append(row)
        }
        return shown
    }

    private static func share(_ part: Int, _ whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }

    /// What an attribute is, in words.
    static func text(_ kind: CharacteristicFigures.Kind) -> String {
        switch kind {
        case .bin(let range):
            switch (range.from, range.to) {
            case (let from?, let to?): "\(NumberText.plain(from)) to below \(NumberText.plain(to))"
            case (let from?, nil): "\(NumberText.plain(from)) and over"
            case (nil, let to?): "below \(NumberText.plain(to))"
            case (nil, nil): "any number"
            }
        case .category(let values): values.joined(separator: ", ")
        case .other: "any other value"
        case .missing(let reason): "missing: \(reason.rawValue)"
        }
    }

    var missing: Markup {
        let total = validation.scores.total.total
        let lines: [[Markup]] = validation.characteristics.map { item in
            [.text(item.name)]
                + item.missing.map { .text(NumberText.percent($0.count, of: total)) }
                + [.shareBar(Self.share(item.missing.reduce(0) { $0 + $1.count }, total), "good")]
        }
        return """
            <h2>What is missing</h2>
            \(Markup.table(
                "The share of cases without a value, by the reason why there is none.",
                ["characteristic"] + MissingReason.allCases.map(\.rawValue) + ["all"], lines))
            """
    }
}
