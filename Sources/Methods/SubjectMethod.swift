import Bureau
import JSON
import JSONRPC

/// A method about one person, whose CPF is its member `cpf`.
protocol SubjectMethod: Method {}

extension SubjectMethod {
    package static func subject(of params: Value) -> UInt64? {
        // The params are valid: the digits alone tell one CPF from another, masked or not.
        params["cpf"]?.withUTF8 { text in
            text.reduce(into: 0) { number, byte in
                let digit = byte &- UInt8(ascii: "0")
                if digit <= 9 { number = number &* 10 &+ UInt64(digit) }
            }
        }
    }
}
