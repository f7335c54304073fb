import Bureau
import JSON
import JSONRPC
import JSONSchema
import Scorecards
import Services

/// The contracts of all methods with the types that they share, the scorecards and the policy.
public struct ContractSet {
    /// Why the files do not make contracts. A description holds no personal value, because the files hold none.
    public enum LoadError: Error, Sendable, CustomStringConvertible {
        case notJSON(path: String, reason: String, offset: Int)
        case schema(SchemaError)
        case missing(path: String)
        case scorecard(path: String, reason: String)
        case policy(reason: String)

        public var description: String {
            switch self {
            case .notJSON(let path, let reason, let offset): "\(path): \(reason) at byte \(offset)"
            case .schema(let error): error.description
            case .missing(let path): "\(path): no such file"
            case .scorecard(let path, let reason): "\(path): \(reason)"
            case .policy(let reason): "\(ContractSet.policyPath): \(reason)"
            }
        }
    }

    /// Sorted by method.
    public let contracts: [Contract]
    /// The shared shapes of `types/`, sorted by name.
    public let types: [(name: String, document: Document)]
    private let params: [String: Schema]
    private let policyDocument: Document?
    private let scorecardTexts: [(path: String, text: [UInt8])]
    /// The catalogue of characteristics; nil when it is not among the files.
    public let catalogue: CharacteristicCatalogue?

    /// Takes files by their paths below `schema/`, and compiles the schemas of all params.
    ///
    /// Files that are neither contract, type, scorecard nor the policy are ignored.
    public init(files: [(path: String, text: [UInt8])]) throws(LoadError) {
        var contracts: [Contract] = []
        var types: [(name: String, document: Document)] = []
        var scorecardTexts: [(path: String, text: [UInt8])] = []
        var policyDocument: Document?
        var catalogue: CharacteristicCatalogue?
        var registry = SchemaRegistry(formats: BureauFormats.all)
        for file in files.sorted(by: { $0.path < $1.path }) {
            if file.path == Self.cataloguePath { catalogue = try Self.catalogue(file.text) }
            if file.path == Self.policyPath { policyDocument = try Self.parse(file.text, at: file.path) }
            guard let (folder, name) = Self.split(file.path) else { continue }
            if folder == "scorecards" {
                scorecardTexts.append(file)
                continue
            }
            let document = try Self.parse(file.text, at: file.path)
            if folder == "rpc" {
                contracts.append(Contract(method: name, document: document))
            } else {
                types.append((name, document))
            }
            do throws(SchemaError) {
                try registry.register(document, at: file.path)
            } catch {
                throw .schema(error)
            }
        }
        var params: [String: Schema] = [:]
        for contract in contracts { params[contract.method] = try Self.compile(contract.path, at: "/params", registry) }
        self.contracts = contracts
        self.params = params
        self.policyDocument = policyDocument
        self.types = types
        self.scorecardTexts = scorecardTexts
        self.catalogue = catalogue
    }

    private static let policyPath = "policy.json"
    private static let cataloguePath = "characteristics.json"

    private static func catalogue(_ text: [UInt8]) throws(LoadError) -> CharacteristicCatalogue {
        do throws(CatalogueError) {
            return try CharacteristicCatalogue(text)
        } catch {
            throw .scorecard(path: cataloguePath, reason: error.reason)
        }
    }

    /// The schema of a method's params.
    func params(of method: String) throws(LoadError) -> Schema {
        guard let schema = params[method] else { throw .missing(path: "rpc/\(method).json") }
        return schema
    }

    /// The name of the type that a `$ref` points to, such as `cpf`, with the type's schema; nil when there is none.
    public func type(_ reference: Value) -> (name: String, schema: Value)? {
        guard let path = reference.string, let file = path.split(separator: "/").last else { return nil }
        return types.first { "\($0.name).json" == file }.map { ($0.name, $0.document.root) }
    }

    /// One sentence on what a method does.
    func summary(of method: String) -> String {
        contracts.first { $0.method == method }?.summary ?? ""
    }

    /// What each role may see and change: `policy.json`.
    public func policy() throws(LoadError) -> Policy {
        try policyFile().policy
    }

    /// The policy with what it says of each purpose and role.
    public func policyFile() throws(LoadError) -> PolicyFile {
        guard let policyDocument else { throw .missing(path: Self.policyPath) }
        do {
            return try PolicyFile(policyDocument.root)
        } catch {
            throw .policy(reason: error.reason)
        }
    }

    /// The scorecards of `scorecards/`, by their paths; exactly one is the champion.
    public func scorecards() throws(LoadError) -> [ScorecardFile] {
        var files: [ScorecardFile] = []
        for (path, text) in scorecardTexts {
            do throws(ScorecardFileError) { files.append(try ScorecardFile(text)) } catch {
                throw .scorecard(path: path, reason: error.description)
            }
        }
        let champions = files.filter { $0.card.role == .champion }
        guard champions.count == 1 else {
            throw .scorecard(path: "scorecards/", reason: "\(champions.count) champions instead of one")
        }
        return files
    }

    /// The scorecard whose scores are answered.
    public func champion() throws(LoadError) -> ScorecardFile {
        let files = try scorecards()
        return files.first { $0.card.role == .champion } ?? files[0]
    }

    private static func compile(
        _ path: String, at pointer: String, _ registry: SchemaRegistry
    ) throws(LoadError) -> Schema {
        do throws(SchemaError) {
            return try registry.compile(path, at: pointer)
        } catch {
            throw .schema(error)
        }
    }

    /// The folder and the name of a contract, type or scorecard; nil for any other file.
    private static func split(_ path: String) -> (folder: String, name: String)? {
        let parts = path.split(separator: "/")
        guard parts.count == 2, ["rpc", "types", "scorecards"].contains(parts[0]), parts[1].hasSuffix(".json") else {
            return nil
        }
        return (String(parts[0]), String(parts[1].dropLast(".json".count)))
    }

    private static func parse(_ text: [UInt8], at path: String) throws(LoadError) -> Document {
        do throws(SyntaxError) {
            return try Document(text)
        } catch {
            throw .notJSON(path: path, reason: error.reason.rawValue, offset: error.offset)
        }
    }
}

/// The contract of one method: `schema/rpc/<method>.json`.
public struct Contract: Sendable {
    public let method: String
    public let document: Document

    /// The path under which the document is registered; its references are relative to the path.
    public var path: String { "rpc/\(method).json" }

    public init(method: String, document: Document) {
        self.method = method
        self.document = document
    }

    public var summary: String { document.root["summary"]?.string ?? "" }

    /// What the method shows or changes.
    var groups: ContractGroups { document.root["access"].map { ContractGroups($0) } ?? ContractGroups() }

    /// The reasons of the errors, among the program's own, that the method can be answered with.
    public var errors: [String] {
        document.root["errors"].map { $0.elements.compactMap(\.string) } ?? []
    }
}
