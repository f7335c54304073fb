/// The dynamic scope of a schema (core §7.1), as far as it matters: for each dynamic anchor, the outermost resource on
/// the way to the schema that has it.
///
/// The way to a schema is known when it is compiled, so a `$dynamicRef` costs nothing when values are validated: a
/// schema that is met in two dynamic scopes is compiled twice.
struct DynamicScope: Hashable {
    private var resources: [String: String] = [:]

    /// The scope inside a resource with these dynamic anchors.
    func entering(_ resource: String, with anchors: some Collection<String>) -> DynamicScope {
        var inside = self
        for name in anchors where inside.resources[name] == nil { inside.resources[name] = resource }
        return inside
    }

    /// The outermost resource that has a dynamic anchor of that name.
    func resource(with anchor: String) -> String? { resources[anchor] }
}
