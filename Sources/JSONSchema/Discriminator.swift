import JSON

/// A member that every branch of an `anyOf` or `oneOf` requires, each with other values of `const` or `enum`: at most
/// one branch can accept an object, and the member tells which.
struct Discriminator {
    let key: UnsafeBufferPointer<UInt8>
    let choices: UnsafeBufferPointer<Choice>

    /// A value of the member, and the branch that accepts it.
    struct Choice {
        let value: Value
        let branch: Int
    }

    /// The branch for an object of which the member has that value.
    func branch(for value: Value) -> Int? { choices.first { $0.value.isEqual(to: value) }?.branch }

    /// The values for people.
    var accepted: String { "one of " + choices.map(\.value.textForPeople).joined(separator: ", ") }
}
