/// Whether the odds that the score promises came true.
extension ValidationPage {
    var calibration: Markup {
        guard let calibration = validation.calibration, let scale = validation.scale else { return "" }
        let odds = """
            odds of \(NumberText.fixed(scale.odds, scale.odds < 10 ? 2 : 1)) good to one bad at \
            \(NumberText.plain(scale.at)) points, doubled by every \(NumberText.fixed(scale.pointsToDouble, 1)) points
            """
        let promise: Markup =
            switch validation.scaleOrigin {
            case .stated:
                "<p>The scorecard promises \(odds). The probabilities that follow are held against what happened.</p>"
            case .fitted:
                """
                <p>The scorecard states no odds, so that its probabilities cannot be tested. Those shown were fitted to \
                this sample (\(oddsAtMean(scale))): only the shape of the curve tells something.</p>
                """
            }
        return """
            <h2>Calibration</h2>\(promise)
            <div class="plots">\(reliability(calibration))<div>\(figures(calibration))</div></div>
            \(table(calibration))
            """
    }

    /// A fitted scale, told at the mean score instead of far from the data.
    private func oddsAtMean(_ scale: OddsScale) -> String {
        let mean = (validation.scores.mean ?? 0).rounded()
        let p = scale.probabilityOfBad(mean)
        return "\(NumberText.percent(p)) bad at \(NumberText.plain(mean)) points, odds doubled by every "
            + "\(NumberText.fixed(scale.pointsToDouble, 1)) points"
    }

    private func reliability(_ calibration: Calibration) -> Markup {
        let bands = calibration.bands
        let intervals = bands.map { Wilson.interval($0.counts) }
        let most = zip(bands, intervals).map { max($0.predicted, $1.upperBound) }.max() ?? 1
        var plot = Plot(
            "Share of bad cases that happened over the probability that was promised, in bands of score",
            x: .shares("probability of bad that was promised", upTo: min(1, most * 1.05)),
            y: .shares("share of bad cases", upTo: min(1, most * 1.05)))
        plot.line([(0, 0), (1, 1)], "ref")
        for (band, interval) in zip(bands, intervals) {
            plot.dot(x: band.predicted, y: band.observed, interval: interval, "bad")
        }
        return .figure(
            "Promised and happened", [("bad", "a band of scores, with its 95 % interval"), ("ref", "as promised")], plot
        )
    }

    private func figures(_ calibration: Calibration) -> Markup {
        var items: [(String, String)] = [
            ("Brier score", NumberText.fixed(calibration.brier, 4)),
            ("Mean promised", NumberText.percent(calibration.predicted, digits: 2)),
            ("Share of bad", NumberText.percent(calibration.observed, digits: 2)),
        ]
        if validation.scaleOrigin == .stated {
            if let line = calibration.regression {
                items.append(("Slope (1 is right)", NumberText.fixed(line.slope, 3)))
                items.append(("Intercept (0 is right)", NumberText.fixed(line.intercept, 3)))
            }
            items.append(
                (
                    "Hosmer-Lemeshow",
                    "\(NumberText.fixed(calibration.hosmerLemeshow, 2)) over \(calibration.bands.count) bands, "
                        + "p \(NumberText.chance(calibration.p))"
                ))
        }
        let list = items.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }.joined()
        let note: Markup =
            validation.scaleOrigin == .stated
            ? """
            <p class="soft">A slope below 1 says that the score promises greater differences than there are. With many \
            cases a small p tells of differences that may not matter: look at the diagram. For the sample on which the \
            card was fitted, p is too great.</p>
            """ : ""
        return "<dl>\(list)</dl>\(note)"
    }

    private func table(_ calibration: Calibration) -> Markup {
        let lines: [[Markup]] = calibration.bands.map { band in
            let interval = Wilson.interval(band.counts)
            return [
                .text(band.upTo.map { "up to \(NumberText.plain($0))" } ?? "above"),
                .text(NumberText.grouped(band.counts.total)),
                .text(NumberText.percent(band.predicted, digits: 2)),
                .text(NumberText.percent(band.observed, digits: 2)),
                .text(
                    "\(NumberText.percent(interval.lowerBound)) to \(NumberText.percent(interval.upperBound))"),
            ]
        }
        return .table(
            "Promised and observed shares of bad cases.",
            ["raw score", "cases", "promised", "observed", "95 % interval"], lines)
    }
}

/// The interval of Wilson (1927) for a share, at 95 %.
enum Wilson {
    static func interval(_ counts: ClassCounts) -> ClosedRange<Double> {
        guard counts.total > 0 else { return 0...1 }
        let (n, z) = (Double(counts.total), 1.959_963_984_540_054)
        let share = Double(counts.bad) / n
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }
}
