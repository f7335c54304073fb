import Bureau
import JSON
import Repositories

/// A profile as an item of the table: figures, kinds and dates can be read, personal texts are sealed.
///
/// Dates are ISO 8601 texts, times are microseconds since 1970-01-01T00:00:00Z, money is in centavos.
enum ProfileItem {
    /// Writes the expression values that ``TableRequests/put(_:)`` refers to.
    static func write(_ put: ProfilePut, _ write: WriteID, to writer: inout Writer) {
        let content = put.content
        writer.key(":zero")
        writer.decimal(0)
        writer.key(":one")
        writer.decimal(1)
        writer.key(":at")
        writer.decimal(put.at.microsecondsSinceEpoch)
        writer.key(":write")
        writer.binary(write.bytes)
        writer.key(":dataKey")
        writer.binary(content.dataKey.bytes)
        writer.key(":birthDate")
        writer.text(content.birthDate)
        if let housing = content.housing {
            writer.key(":housing")
            writer.text(housing)
        }
        writer.key(":address")
        writer.binary(content.address.bytes)
        writer.key(":assets")
        writer.maps(content.assets) { $0.members(of: $1) }
        writer.key(":incomeSources")
        writer.maps(content.incomeSources) { $0.members(of: $1) }
    }

    static func record(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) -> ProfileRecord {
        ProfileRecord(
            content: ProfileContent(
                token: token, dataKey: WrappedDataKey(try item.bytes("dataKey")),
                birthDate: try item.value("birthDate"), housing: try item.valueIfAny("housing"),
                address: Sealed(try item.bytes("address")), assets: try item.maps("assets", asset),
                incomeSources: try item.maps("incomeSources", income)),
            version: try item.integer("version"), createdAt: try item.instant("createdAt"),
            updatedAt: try item.instant("updatedAt"))
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
        key("kind")
        text(asset.kind)
        key("valueCents")
        decimal(asset.value.cents)
        if let paidOff = asset.paidOff {
            key("paidOff")
            boolean(paidOff)
        }
        if let outstanding = asset.outstanding {
            key("outstandingCents")
            decimal(outstanding.cents)
        }
        if let description = asset.description {
            key("description")
            binary(description.bytes)
        }
    }

    fileprivate mutating func members(of income: IncomeRecord) {
        key("kind")
        text(income.kind)
        key("monthlyAmountCents")
        decimal(income.monthlyAmount.cents)
        if let employer = income.employer {
            key("employer")
            binary(employer.bytes)
        }
        if let since = income.since {
            key("since")
            text(since)
        }
    }
}
