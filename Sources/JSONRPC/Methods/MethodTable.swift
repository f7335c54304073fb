import JSON
import JSONSchema

/// The methods that a daemon serves, found by their names.
public struct MethodTable: Sendable {
    /// A method with its contract.
    public final class Entry: Sendable {
        let method: Method
        let schema: Schema
        /// What the method does, in one sentence.
        let summary: String

        /// `schema` is the one of the params.
        public init(_ method: Method, schema: Schema, summary: String = "") {
            self.method = method
            self.schema = schema
            self.summary = summary
        }

        public var name: String { method.name }
    }

    public let entries: [Entry]
    /// The names of the resources, by their bit in a footprint.
    let resources: [String]
    public let metrics: CallMetrics
    private let slots: [Int]
    private let names: [[UInt8]]

    /// Names must differ. `resources` are those of the footprints, the lowest bit's first. `metrics` gets the numbers
    /// of all methods.
    public init(_ entries: [Entry], resources: [String] = [], metrics: CallMetrics = CallMetrics()) {
        self.entries = entries
        self.metrics = metrics
        metrics.enter(entries.map(\.method))
        self.resources = resources
        names = entries.map { Array($0.name.utf8) }
        // A power of two.
        let slotCount = 1 << (Int.bitWidth - max(15, entries.count * 4 - 1).leadingZeroBitCount)
        var slots = [Int](repeating: -1, count: slotCount)
        for (index, name) in names.enumerated() {
            var slot = name.withUnsafeBufferPointer { Self.hash($0) } & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = index
        }
        self.slots = slots
    }

    /// Returns the index of the entry with this name, which `likely` probably is.
    func index(of method: Value, likely: Int) -> Int? {
        if names.indices.contains(likely), names[likely].withUnsafeBufferPointer({ method.equals($0) }) {
            return likely
        }
        return index(of: method)
    }

    /// Returns the index of the entry with this name.
    func index(of method: Value) -> Int? {
        method.withUTF8 { name in
            var slot = Self.hash(name) & (slots.count - 1)
            while slots[slot] >= 0 {
                if names[slots[slot]].withUnsafeBufferPointer({ method.equals($0) }) { return slots[slot] }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// Returns the name that an unknown name was probably meant to be.
    func suggestion(for method: Value) -> String? {
        method.withUTF8 { name in
            guard name.count <= 64 else { return nil }
            return Suggestion.nearest(to: Array(name), among: names).map { entries[$0].name }
        }
    }

    /// The hash function FNV-1a.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash)
    }
}

/// What the contract says about one call.
extension MethodTable.Entry {
    /// Returns the params to serve, or `none` for empty ones: omitted params and, for a method that takes no arrays,
    /// `[]` mean the same as `{}`.
    func params(_ params: Value?, or none: Value) -> Value {
        guard let params else { return none }
        guard params.kind == .array, params.count == 0 else { return params }
        if case .immediate(takesArrays: true, _) = method.service { return params }
        return none
    }

    /// Throws when params are invalid by the schema, or hold a key twice.
    func validate(_ params: Value, maximumViolations: Int) throws(Failure) {
        if params.duplicateKey != nil { throw Failure.invalidParams(at: "", reason: "duplicate_key") }
        let violations = schema.validate(params, maximumViolations: maximumViolations)
        if !violations.isEmpty { throw Failure(.invalidParams, violations: violations.map { ParamsViolation($0) }) }
    }

    /// Appends what a call would do: the result of a dry run.
    func writePlan(resources: [String], to writer: inout Writer) {
        writer.object { plan in
            plan.key("dryRun")
            plan.bool(true)
            plan.key("method")
            plan.string(name)
            plan.key("would")
            plan.string(summary)
            for (key, bits) in [("reads", method.footprint.reads), ("writes", method.footprint.writes)] {
                plan.key(key)
                plan.array { list in
                    for (bit, resource) in resources.enumerated() where bits & (1 << bit) != 0 { list.string(resource) }
                }
            }
        }
    }
}
