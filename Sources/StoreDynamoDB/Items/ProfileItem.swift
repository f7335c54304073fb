import Bureau
import JSON
import Repositories

/// A profile as an item of the table: figures, kinds and dates can be read, personal texts are sealed.
///
/// Dates are ISO 8601 texts, times are microseconds since 1970-01-01T00:00:00Z, money is in centavos. An item without a
/// life is that of a deleted profile: it has the last version, so that versions go on, and the receipts.
enum ProfileItem {
    /// Whether a profile is there.
    static func isPresent(_ item: ItemReader) -> Bool { item.has("life") }

    /// Writes the expression values that ``TableRequests/put(_:)`` refers to.
    static func write(_ put: ProfilePut, _ write: WriteID, to writer: inout Writer) {
        let content = put.content
        writer.decimal(":zero", 0)
        writer.decimal(":one", 1)
        writer.decimal(":created", put.times.created.microsecondsSinceEpoch)
        writer.decimal(":updated", put.times.updated.microsecondsSinceEpoch)
        writer.binary(":write", write.bytes)
        writer.text(":birthDate", content.birthDate)
        writer.text(":housing", content.housing)
        writer.decimal(":layout", put.addressLayout)
        writeSealed(content, to: &writer)
    }

    /// Writes the data key, and the values that hold what is sealed under it.
    static func writeSealed(_ content: ProfileContent, to writer: inout Writer) {
        writer.binary(":dataKey", content.dataKey.bytes)
        writer.binary(":address", content.address.bytes)
        writer.maps(":assets", content.assets) { $0.members(of: $1) }
        writer.maps(":incomeSources", content.incomeSources) { $0.members(of: $1) }
    }

    static func record(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) -> ProfileRecord {
        ProfileRecord(
            content: ProfileContent(
                token: token, dataKey: WrappedDataKey(try item.bytes("dataKey")),
                birthDate: try item.value("birthDate"), housing: try item.valueIfAny("housing"),
                address: Sealed(try item.bytes("address")), assets: try item.maps("assets", asset),
                incomeSources: try item.maps("incomeSources", income)),
            version: try item.integer("version"), times: try times(item))
    }

    /// The attributes that `facts` reads: nothing that is sealed.
    static let figures = "pk, birthDate, housing, assets, incomeSources, createdAt, updatedAt"

    /// Reads the figures of a profile of which the other attributes may be absent.
    static func facts(_ item: ItemReader) throws(MalformedItem) -> ProfileFacts {
        ProfileFacts(
            birthDate: try item.value("birthDate"), housing: try item.valueIfAny("housing"),
            incomeSources: try item.maps("incomeSources") { (item) throws(MalformedItem) in
                let income = try income(item)
                return IncomeFigures(kind: income.kind, monthlyAmount: income.monthlyAmount, since: income.since)
            },
            assets: try item.maps("assets") { (item) throws(MalformedItem) in
                let asset = try asset(item)
                return AssetFigures(value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding)
            },
            createdAt: try item.instant("createdAt"))
    }

    static func times(_ item: ItemReader) throws(MalformedItem) -> RowTimes {
        RowTimes(created: try item.instant("createdAt"), updated: try item.instant("updatedAt"))
    }

    private static func asset(_ item: ItemReader) throws(MalformedItem) -> AssetRecord {
        AssetRecord(
            kind: try item.value("kind"), value: Money(cents: try item.integer("valueCents")),
            paidOff: try item.boolIfAny("paidOff"),
            outstanding: (try item.integerIfAny("outstandingCents")).map(Money.init(cents:)),
            description: (try item.bytesIfAny("description")).map(Sealed.init))
    }

    private static func income(_ item: ItemReader) throws(MalformedItem) -> IncomeRecord {
        IncomeRecord(
            kind: try item.value("kind"), monthlyAmount: Money(cents: try item.integer("monthlyAmountCents")),
            employer: (try item.bytesIfAny("employer")).map(Sealed.init), since: try item.valueIfAny("since"))
    }
}

extension Writer {
    fileprivate mutating func members(of asset: AssetRecord) {
        text("kind", asset.kind)
        decimal("valueCents", asset.value.cents)
        boolean("paidOff", asset.paidOff)
        decimal("outstandingCents", asset.outstanding?.cents)
        binary("description", asset.description?.bytes)
    }

    fileprivate mutating func members(of income: IncomeRecord) {
        text("kind", income.kind)
        decimal("monthlyAmountCents", income.monthlyAmount.cents)
        binary("employer", income.employer?.bytes)
        text("since", income.since)
    }
}
