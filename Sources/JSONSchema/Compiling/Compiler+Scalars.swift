import JSON
import Patterns

extension Compiler {
    /// Compiles `type`.
    func types(of schema: SchemaLocation) throws(SchemaError) -> TypeSet {
        guard let location = schema.member(.type) else { return .all }
        let names = location.value.kind == .array ? Array(location.value.elements) : [location.value]
        var types: TypeSet = []
        for name in names {
            guard let type = TypeSet.named(name), types.insert(type).inserted else {
                throw location.error(.malformedKeyword)
            }
        }
        guard !types.isEmpty else { throw location.error(.malformedKeyword) }
        return types
    }

    /// Compiles `enum` and `const`.
    func valueRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafeBufferPointer<ValueRule> {
        let choices = schema.member(.enum).map {
            ValueRule(keyword: .enum, values: arena.store(Array($0.value.elements)))
        }
        let constant = schema.member(.const).map { ValueRule(keyword: .const, values: arena.store([$0.value])) }
        return arena.store([choices, constant].compactMap { $0 })
    }

    /// Compiles `minimum`, `maximum`, their exclusive forms and `multipleOf`.
    func numberRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafeBufferPointer<NumberRule> {
        var rules: [NumberRule] = []
        for keyword in [Keyword.minimum, .exclusiveMinimum, .maximum, .exclusiveMaximum] {
            guard let value = schema.member(keyword)?.value, let number = value.number else { continue }
            let bound = NumberRule.Bound(keyword: keyword, text: value, number: number, int64: value.int64)
            rules.append(.bound(bound))
        }
        if let value = schema.member(.multipleOf)?.value, let number = value.number {
            guard let divisor = Divisor(number, in: arena) else {
                throw schema.error(.malformedKeyword, at: .multipleOf)
            }
            rules.append(.multiple(of: divisor, text: value))
        }
        return arena.store(rules)
    }

    /// Compiles `minLength`, `maxLength`, `pattern` and `format`.
    func stringRules(of schema: SchemaLocation) throws(SchemaError) -> UnsafeBufferPointer<StringRule> {
        var rules: [StringRule] = []
        let (least, most) = (try count(.minLength, in: schema), try count(.maxLength, in: schema))
        if least != nil || most != nil { rules.append(.length(minimum: least ?? 0, maximum: most ?? .max)) }
        if let location = schema.member(.pattern) { rules.append(.pattern(try pattern(location.value, at: location))) }
        if let format = try assertedFormat(of: schema) { rules.append(.format(arena.store(one: format))) }
        return arena.store(rules)
    }

    /// Compiles a regular expression in the schema.
    func pattern(_ source: Value, at location: SchemaLocation) throws(SchemaError) -> UnsafePointer<PatternRule> {
        let text = source.withUTF8 { Array($0) }
        do throws(PatternError) {
            return UnsafePointer(arena.store(one: PatternRule(pattern: try Pattern(text), source: arena.store(text))))
        } catch {
            throw location.error(.malformedPattern)
        }
    }

    /// The format that strings must have; nil if there is none or `format` is only an annotation.
    private func assertedFormat(of schema: SchemaLocation) throws(SchemaError) -> Format? {
        guard let name = schema.member(.format)?.value.string else { return nil }
        let isAssertedByDialect = schema.vocabularies.contains(.formatAssertion)
        guard isAssertedByDialect || interpretation != .draft else { return nil }
        if let format = formats[name] { return format }
        guard isAssertedByDialect || interpretation == .strict else { return nil }
        throw schema.error(.unknownFormat, at: .format)
    }
}
