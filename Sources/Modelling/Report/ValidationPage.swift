import Bureau

/// The report of a validation as one HTML page: no script, nothing from a network, diagrams inline. The same card and
/// data give the same bytes.
public struct ValidationPage {
    let validation: Validation
    /// The program that made the report, with its version.
    private let maker: String

    public init(_ validation: Validation, maker: String) {
        self.validation = validation
        self.maker = maker
    }

    /// The page as UTF-8.
    public var bytes: [UInt8] { Array(page.html.utf8) }

    private var page: Markup {
        let name = "\(validation.card.model) \(validation.card.version)"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>Validation of \(name)</title>
            <style>\(PageStyle.css)</style></head><body><main>
            <h1>Validation of scorecard \(name)</h1>
            <p class="soft">\(validation.card.description)</p>
            \(summary)\(warnings)\(identity)\(discrimination)\(calibration)\(pointsTables)\(stability)\(missing)\(ages)\
            \(modelCard)\(methods)
            <footer>Made by \(maker). The same card and data give the same bytes. Figures describe this sample; whether \
            they are good enough is for people to say.</footer>
            </main></body></html>

            """
    }

    private var summary: Markup {
        let scores = validation.scores
        let total = scores.total
        let intervals = validation.intervals
        let ks = scores.kolmogorovSmirnov
        var tiles = [
            Self.tile(
                "AUC", NumberText.fixed(scores.areaUnderCurve, 3), Self.text(intervals?.areaUnderCurve) ?? "no interval"
            ),
            Self.tile("Gini", NumberText.fixed(scores.gini, 3), "2 AUC − 1"),
            Self.tile(
                "KS", NumberText.fixed(ks?.value, 3), Self.text(intervals?.kolmogorovSmirnov) ?? "no interval"),
            Self.tile("Cases", NumberText.grouped(total.total), "\(NumberText.grouped(total.bad)) bad"),
            Self.tile("Bad rate", NumberText.percent(total.bad, of: total.total), "of all cases"),
        ]
        if let calibration = validation.calibration, validation.scaleOrigin == .stated {
            tiles.append(Self.tile("Brier score", NumberText.fixed(calibration.brier, 4), "0 is best"))
        }
        if let stability = validation.stability {
            tiles.append(
                Self.tile(
                    "PSI", NumberText.fixed(stability.value, 4),
                    "by chance \(NumberText.fixed(stability.meanByChance, 4))"))
        }
        return """
            <div class="tiles">\(tiles.joined())</div>
            <p class="soft">Below AUC and KS stand their 95 % intervals.</p>

            """
    }

    private static func tile(_ name: String, _ figure: String, _ note: String) -> Markup {
        "<div class=\"tile\"><span>\(name)</span><b>\(figure)</b><span>\(note)</span></div>"
    }

    /// An interval in words; nil without one.
    private static func text(_ interval: Bootstrap.Interval?) -> String? {
        interval.map { "\(NumberText.fixed($0.low, 3)) to \(NumberText.fixed($0.high, 3))" }
    }

    /// What a reader should see first.
    private var warnings: Markup {
        var texts: [String] = []
        if validation.sample.unlabelledCount > 0 {
            texts.append(
                "\(NumberText.grouped(validation.sample.unlabelledCount)) of "
                    + "\(NumberText.grouped(validation.sample.rowCount)) rows have no outcome and are left out of every "
                    + "figure but those of stability. If they were refused or are too young, the figures are about the "
                    + "others only.")
        }
        if validation.scores.total.total == 0 {
            texts.append("No row has an outcome: nothing can be said about outcomes.")
        } else if validation.scores.total.good == 0 || validation.scores.total.bad == 0 {
            texts.append(
                "All cases have the same outcome: nothing can be said about how well the score tells them apart.")
        } else if validation.scores.total.bad < 100 {
            texts.append("Fewer than 100 bad cases: every figure is uncertain, as its interval tells.")
        }
        if let area = validation.scores.areaUnderCurve, area > 0.95 {
            texts.append("An AUC above 0.95 is seldom honest: see whether a characteristic knows the outcome.")
        }
        if let area = validation.scores.areaUnderCurve, area < 0.5 {
            texts.append(
                "The AUC is below 0.5: high scores are the bad ones here. See which value of the label is bad.")
        }
        let reversed = validation.characteristics.filter { !$0.reversals.isEmpty }.map(\.name)
        if !reversed.isEmpty {
            texts.append(
                "Points run against the bad rates, by more than chance, in: \(reversed.joined(separator: ", ")).")
        }
        return texts.map { "<p class=\"callout\">\($0)</p>\n" as Markup }.joined()
    }

    private var identity: Markup {
        var items: [(String, Markup)] = [
            ("Scorecard", "\(validation.card.model), version \(validation.card.version)"),
            ("SHA-256 of the card", "<code>\(validation.cardHash)</code>"),
            ("Data", "\(validation.data.name), \(NumberText.grouped(validation.sample.rowCount)) rows"),
            ("SHA-256 of the data", "<code>\(validation.data.sha256)</code>"),
        ]
        let positive = validation.label.positive.map { "the value \($0)" } ?? "1 or true"
        items.append(("Outcome", "column \(validation.label.column); bad is \(positive)"))
        if let baseline = validation.baseline, let sample = validation.baselineSample {
            items.append(("Baseline", "\(baseline.name), \(NumberText.grouped(sample.rowCount)) rows"))
            items.append(("SHA-256 of the baseline", "<code>\(baseline.sha256)</code>"))
        }
        let list = items.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }.joined()
        return "<h2>What was validated</h2><dl>\(list)</dl>\n"
    }
}
