extension ScorecardFit {
    /// Cuts the sample into folds by what the cases are and not by where they stand, fits all but one each time, and
    /// measures that one. Nil without folds, or where a fold cannot be fitted or measured.
    static func outOfFold(_ sample: DevelopmentSample, _ options: Options) throws(FitError) -> Measures? {
        guard options.folds >= 2 else { return nil }
        let folds = sample.caseHashes(seed: options.foldSeed).map { $0 % UInt64(options.folds) }
        var inner = options
        inner.folds = 0
        inner.threads = 1
        // A column that only a part of the cases makes look like a leak is none.
        inner.allowsLeaks = true
        let plain = inner
        let measures = Concurrently.map(options.folds, threads: options.threads) { fold -> Measures? in
            let rest = sample.keeping(folds.map { $0 != fold })
            guard let fit = try? ScorecardFit(rest, plain) else { return nil }
            let distribution = fit.distribution(of: sample.keeping(folds.map { $0 == fold }))
            return distribution.areaUnderCurve == nil ? nil : Measures(distribution)
        }.compactMap { $0 }
        guard measures.count == options.folds else { return nil }
        func mean(_ value: (Measures) -> Double) -> Double {
            measures.reduce(0) { $0 + value($1) } / Double(measures.count)
        }
        return Measures(
            areaUnderCurve: mean(\.areaUnderCurve), gini: mean(\.gini), kolmogorovSmirnov: mean(\.kolmogorovSmirnov))
    }

    /// The scores that these points give to a sample with the same columns.
    func distribution(of sample: DevelopmentSample) -> ScoreDistribution {
        var scores = [Double](repeating: Double(basePoints), count: sample.count)
        for characteristic in characteristics {
            guard let column = sample.columns.first(where: { $0.name == characteristic.name }) else { continue }
            characteristic.addPoints(of: column, to: &scores)
        }
        return ScoreDistribution(scores: scores, isBad: sample.isBad)
    }
}

extension ScorecardFit.Characteristic {
    fileprivate func addPoints(of column: DevelopmentSample.Column, to scores: inout [Double]) {
        let other = points[bins.binCount]
        let missing = Array(points[(bins.binCount + 1)...])
        switch (column.values, bins.table) {
        case (.numbers(let numbers), .numbers(let bounds)):
            for (index, number) in numbers.enumerated() {
                scores[index] += Double(
                    number.isNaN
                        ? missing[DevelopmentSample.missingIndex(of: number)] : points[bounds.count { $0 <= number }])
            }
        case (.categories(let names, let codes), .categories(let groups)):
            var pointsOfName: [String: Int32] = [:]
            for (group, names) in groups.enumerated() {
                for name in names { pointsOfName[name] = points[group] }
            }
            let pointsOfCode = names.map { pointsOfName[$0] ?? other }
            for (index, code) in codes.enumerated() {
                let kind = DevelopmentSample.missingIndex(of: code)
                scores[index] += Double(kind.map { missing[$0] } ?? pointsOfCode[Int(code)])
            }
        default: break
        }
    }
}
