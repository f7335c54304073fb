/// A value that identifies or describes a person, hidden from interpolation, `dump` and debuggers' mirrors.
///
/// This keeps an accidental `"\(person)"` out of logs, errors and test reports. Bare dates and amounts are not hidden,
/// because without their subject they identify nobody.
public protocol PersonalValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension PersonalValue {
    /// The type's name and the word `hidden`, such as `CPF(hidden)`.
    public var description: String { "\(Self.self)(hidden)" }

    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
