import Bureau

/// How people of different ages fare, and what the makers of the card say of it.
extension ValidationPage {
    var ages: Markup {
        guard let comparison = validation.ages else {
            return """
                <h2>Groups of age</h2><p>The data has no column <code>age</code>: nothing can be said of groups.</p>

                """
        }
        let cutOffs = comparison.cutOffs.map { "from \(NumberText.plain($0.score))" }
        let shares = comparison.cutOffs.map {
            "\(NumberText.plain($0.score)) points approve \(NumberText.percent($0.approved))"
        }
        let approvals: [[Markup]] = comparison.rows.map { row in
            [.text(Self.text(row.years)), .text(NumberText.grouped(row.counts.total)), .shareBar(row.badRate)]
                + row.approvals.map(Self.cell)
        }
        let agreement: [[Markup]] = comparison.rows.map { row in
            [
                .text(Self.text(row.years)), .text(NumberText.fixed(row.scores.mean, 1)),
                .text(NumberText.fixed(row.scores.areaUnderCurve, 3)),
                .text(NumberText.percent(row.badRate)), .text(NumberText.percent(row.predicted)),
            ] + row.approvals.map { .text(NumberText.percent($0.goodShare)) }
        }
        return """
            <h2>Groups of age</h2>
            <p>Approval at three cut-offs: \(shares.joined(separator: ", ")) of all cases. The ratio is to the approval \
            of all from 26 to 59 years; below 0.80 it is marked, which is a screen of labour law in the United States and \
            no rule of lending. Groups of fewer than \(AgeComparison.leastCases) cases are merged with a neighbour.</p>
            \(Markup.table("Share of cases approved, and its ratio.",
                ["years", "cases", "bad rate"] + cutOffs, approvals))
            \(Markup.table("Does the score mean the same in each group? Share of the good cases approved beside it.",
                ["years", "mean score", "AUC", "bad rate", "promised"] + cutOffs.map { "good cases, \($0)" }, agreement))
            """
    }

    private static func cell(_ approval: (share: Double, ratio: Double?, goodShare: Double?)) -> Markup {
        guard let ratio = approval.ratio else { return .text(NumberText.percent(approval.share)) }
        let text = "\(NumberText.percent(approval.share)) · \(NumberText.fixed(ratio, 2))"
        return ratio < 0.8 ? "<span class=\"mark\">\(text)</span>" : .text(text)
    }

    private static func text(_ years: (from: Int?, to: Int?)) -> String {
        switch years {
        case (let from?, let to?): "\(from) to \(to)"
        case (let from?, nil): "\(from) and over"
        case (nil, let to?): "up to \(to)"
        case (nil, nil): "not known"
        }
    }

    var modelCard: Markup {
        guard let card = validation.card.modelCard else {
            return
                "<h2>Model card</h2><p>The scorecard has none: who made it, of what, and who approved it is not told.</p>\n"
        }
        var items: [(String, String)] = []
        func add(_ name: String, _ value: String?) {
            if let value { items.append((name, value)) }
        }
        add("Owner", card.owner)
        add("Fitted to", card.data?.description)
        add("SHA-256 of that data", card.data?.sha256)
        add(
            "Cases, bad",
            card.data?.rows.map { rows in
                NumberText.grouped(rows) + (card.data?.bads.map { ", \(NumberText.grouped($0)) bad" } ?? "")
            })
        add("Label", card.label)
        add("Window", card.window)
        for (name, value) in card.metrics.sorted(by: { $0.key < $1.key }) { add(name, NumberText.plain(value)) }
        add("Limits", card.limits)
        add("Approved", card.approval.map { "by \($0.by) on \($0.on)" })
        add("Uses the age", validation.card.usesAge ? "yes" : "no")
        add("Needs consent", validation.card.requiresConsent ? "yes" : "no")
        let list = items.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }.joined()
        return "<h2>Model card</h2><p>What the makers of the scorecard say of it.</p><dl>\(list)</dl>\n"
    }

    var methods: Markup {
        """
        <h2>How the figures were computed</h2>
        <p>AUC counts a bad and a good case of equal score as one half. KS is the greatest distance of the two curves. \
        Intervals hold the figure in 95 of 100 Poisson bootstraps of the cases (1 000, fixed seed). WoE and IV are from \
        bare counts; a bin without a case of one class has no WoE and adds nothing. In a stability index a bin without a \
        case in one sample counts half a case there. The chance limit of an index is the 95 % quantile of chi-square with \
        k − 1 degrees of freedom times (1/n + 1/m). Calibration has as many degrees of freedom as bands.</p>
        <p>A field that is empty or says NA, NaN or null is missing; a category that the card does not list has the points \
        of other values.</p>

        """
    }
}
