extension Tree: Equatable {
    package static func == (left: Tree, right: Tree) -> Bool {
        left.covers(right) && right.covers(left)
    }

    /// Whether this value says all that `part` says: objects may have more members, everything else is equal.
    package func covers(_ part: Tree) -> Bool {
        switch (self, part) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.covers($1) }
        case (.object, .object(let members)):
            members.allSatisfy { self[$0.key]?.covers($0.value) == true }
        default: false
        }
    }
}
