import Bureau
import Services
import Tables
import Vault

/// The columns of an extraction, in their order, and the rows as values of them.
struct FeatureTable {
    let characteristics: [CharacteristicName]
    /// Whether there is a column `bad`, from a file of labels.
    let hasLabels: Bool
    /// Where the reason stands why there is no value; nil for nowhere.
    let reasons: ReasonPlace?

    var columns: [TableColumn] {
        var columns = [TableColumn("id", .text, isNullable: false), TableColumn("asOf", .text, isNullable: false)]
        if hasLabels { columns.append(TableColumn("bad", .integer, isNullable: false)) }
        for name in characteristics {
            let isText = name == .housing || reasons == .cells
            columns.append(TableColumn(name.rawValue, isText ? .text : .integer))
            if reasons == .columns { columns.append(TableColumn("\(name.rawValue)Missing", .text)) }
        }
        return columns
    }

    /// Appends a row from its bytes; false for bytes of another shape. An identifier begins with a letter, so that
    /// nobody reads it as a number.
    func append(_ bytes: UnsafeBufferPointer<UInt8>, to rows: inout TableRows) -> Bool {
        guard var row = FeatureRowReader(bytes) else { return false }
        Self.withIdentifier(row.name) { rows.values[0].append($0) }
        row.asOf.withText { rows.values[1].append($0) }
        var column = 2
        if hasLabels {
            rows.values[column].append(Int64(row.isBad == true ? 1 : 0))
            column += 1
        }
        for _ in characteristics {
            guard let value = row.next() else { return false }
            append(value, to: &rows.values[column])
            column += 1
            guard reasons == .columns else { continue }
            if case .missing(let reason) = value {
                rows.values[column].append(reason.rawValue)
            } else {
                rows.values[column].appendNull()
            }
            column += 1
        }
        return row.isAtEnd
    }

    private func append(_ value: CharacteristicValue, to column: inout ColumnValues) {
        switch value {
        case .number(let number):
            let integer = Int64(exactly: number) ?? (number < 0 ? .min : .max)
            guard column.type == .text else { return column.append(integer) }
            var digits: [UInt8] = []
            digits.append(decimal: integer)
            column.append(digits)
        case .category(let text): column.append(text)
        case .missing(let reason) where reasons == .cells: column.append(reason.rawValue)
        case .missing: column.appendNull()
        }
    }

    private static func withIdentifier(_ name: StudyName, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 33) { text in
            text[0] = UInt8(ascii: "s")
            for place in 0..<32 {
                let word = place < 16 ? name.high : name.low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - place % 16 * 4)) & 15
                text[1 + place] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            body(UnsafeBufferPointer(text))
        }
    }
}

/// Where an extraction has the reason why there is no value.
enum ReasonPlace: String, CaseIterable {
    /// In a column of its own beside each characteristic.
    case columns
    /// In the place of the value, as `creditd score run` takes it.
    case cells
}

/// A reader whose types an extraction prints.
enum SchemaReader: String, CaseIterable {
    case duckdb
    case polars
    case pandas

    /// The columns as the reader takes them: `columns` of duckdb's `read_csv` and `read_ndjson`, `schema` of polars'
    /// readers, `dtype` of pandas'.
    func text(of columns: [TableColumn]) -> String {
        let quote = self == .duckdb ? "'" : "\""
        let items = columns.map { "\(quote)\($0.name)\(quote): \(type($0.type))" }
        return "{\(items.joined(separator: ", "))}\n"
    }

    private func type(_ type: ColumnType) -> String {
        switch (self, type) {
        case (.duckdb, .integer): "'BIGINT'"
        case (.duckdb, .number): "'DOUBLE'"
        case (.duckdb, .text): "'VARCHAR'"
        case (.polars, .integer): "pl.Int64"
        case (.polars, .number): "pl.Float64"
        case (.polars, .text): "pl.String"
        case (.pandas, .integer): "\"Int64\""
        case (.pandas, .number): "\"Float64\""
        case (.pandas, .text): "\"string\""
        }
    }
}
