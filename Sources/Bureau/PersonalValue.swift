/// A value that identifies or describes a person, and so shows nothing of itself to interpolation, `dump` or a
/// debugger's mirror.
///
/// This keeps an accidental `"\(person)"` out of logs, errors and test reports. Bare dates and amounts are not hidden:
/// without their subject they are about nobody.
package protocol PersonalValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension PersonalValue {
    /// The type's name and the word `hidden`, such as `CPF(hidden)`.
    package var description: String { "\(Self.self)(hidden)" }

    /// The same as `description`.
    package var debugDescription: String { description }

    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
