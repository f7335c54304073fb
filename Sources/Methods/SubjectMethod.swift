import Bureau
import JSON
import JSONRPC

/// A method about one person, whose CPF is its member `cpf`.
protocol SubjectMethod: Method {}

extension SubjectMethod {
    package static func subject(of params: Value) -> UInt64? {
        params["cpf"].flatMap { cpf in cpf.withUTF8 { CPF($0) } }?.number
    }
}
