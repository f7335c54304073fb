import JSON

extension Evaluation {
    /// Whether an array meets the rules for arrays.
    mutating func meets(_ array: Value, _ rules: UnsafePointer<ArrayRules>) -> Bool {
        var isMet = meetsCounts(array, rules)
        if !isMet, isDone { return false }
        if !meetsItems(array, rules) {
            isMet = false
            if isDone { return false }
        }
        if let contains = rules.pointee.contains, !meets(array, contains, isTracked: rules.pointee.areTracked) {
            isMet = false
            if isDone { return false }
        }
        if rules.pointee.areTracked {
            evaluated.insertAll(below: rules.pointee.haveItems ? .max : rules.pointee.prefix.count)
        }
        if rules.pointee.areUnique, !array.hasUniqueElements {
            isMet = refuse(.repeatedItem, by: .uniqueItems) { nil }
        }
        return isMet
    }

    private mutating func meetsCounts(_ array: Value, _ rules: UnsafePointer<ArrayRules>) -> Bool {
        let (least, most) = (rules.pointee.minimumCount, rules.pointee.maximumCount)
        if array.count < least { return refuse(.tooFewItems, by: .minItems) { "at least \(least) items" } }
        return array.count <= most || refuse(.tooManyItems, by: .maxItems) { "at most \(most) items" }
    }

    private mutating func meetsItems(_ array: Value, _ rules: UnsafePointer<ArrayRules>) -> Bool {
        var isMet = true
        let prefix = rules.pointee.prefix
        if case .anything = rules.pointee.rest, prefix.isEmpty { return true }
        var index = 0
        for element in array.elements {
            let isElementMet: Bool
            if index < prefix.count {
                isElementMet = applies(prefix[index], to: element, by: .prefixItems, .index(index), at: .index(index))
            } else {
                switch rules.pointee.rest {
                case .anything: return isMet
                case .nothing: return refuse(.tooManyItems, by: .items) { "at most \(prefix.count) items" }
                case .schema(let node): isElementMet = applies(node, to: element, by: .items, at: .index(index))
                }
            }
            if !isElementMet {
                isMet = false
                if isDone { return false }
            }
            index += 1
        }
        return isMet
    }

    private mutating func meets(_ array: Value, _ contains: ArrayRules.Contains, isTracked: Bool) -> Bool {
        var matches = 0
        for (index, element) in array.elements.enumerated() where quietlyMeets(element, contains.schema) {
            matches += 1
            if isTracked { evaluated.insert(index) }
            if matches > contains.maximumCount {
                return refuse(.tooManyMatchingItems, by: .maxContains) { "at most \(contains.maximumCount)" }
            }
        }
        guard matches < contains.minimumCount else { return true }
        let least = contains.minimumCount
        return refuse(.tooFewMatchingItems, by: least == 1 ? .contains : .minContains) { "at least \(least)" }
    }
}

extension Value {
    /// Whether no two elements of an array are equal. Takes time linear in the size of the array.
    fileprivate var hasUniqueElements: Bool {
        guard count > 8 else { return areAllPairsDifferent }
        var seen = Set<Value>(minimumCapacity: count)
        return elements.allSatisfy { seen.insert($0).inserted }
    }

    private var areAllPairsDifferent: Bool {
        for (position, element) in elements.enumerated() {
            for earlier in elements.prefix(position) where earlier.isEqual(to: element) { return false }
        }
        return true
    }
}
