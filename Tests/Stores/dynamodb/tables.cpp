#include "tables.h"

static const size_t most_keys_of_get = 100, most_items_of_write = 25;
static const size_t most_bytes_of_page = 1 << 20, most_bytes_of_batch = 16 << 20, most_bytes_of_item = 400 << 10;

static std::string json(const Item &item) {
    std::string text = "{";
    for (auto &[name, value] : item) {
        if (text.size() > 1) text += ',';
        append_quoted(text, name);
        text.append(":").append(value);
    }
    return text += '}';
}

static std::string member(const char *name, const std::string &value) {
    return std::string("{\"") + name + "\":" + value + "}";
}

static Item item(Value object) {
    Item item;
    for (Value attribute = object.first(); attribute; attribute = attribute.next())
        item.emplace(attribute.key(), compact(attribute));
    return item;
}

Tables::Stored::Stored(Item given) : item(std::move(given)), json(::json(item)) {
    if (json.size() > most_bytes_of_item) invalid("Item size has exceeded the maximum allowed size");
}

std::string Tables::Table::key(const Item &item) const {
    std::string key;
    for (const std::string *name : {&partition, &sort}) {
        auto value = item.find(*name);
        if (value == item.end() || value->second.compare(2, types.at(*name).size() + 1, types.at(*name) + '"') != 0)
            invalid("The provided key element does not match the schema");
        key.append(contents(value->second));
        if (name == &partition) key += '\0';
    }
    return key;
}

std::string Tables::Table::key_json(const Item &item) const {
    return ::json({{partition, item.at(partition)}, {sort, item.at(sort)}});
}

Tables::Table &Tables::table(std::string_view name) {
    auto found = tables.find(name);
    if (found == tables.end()) throw Refusal{"ResourceNotFoundException", "Requested resource not found"};
    return found->second;
}

std::string Tables::answer(std::string_view operation, Value request) {
    if (operation == "GetItem") return get(request);
    if (operation == "UpdateItem" || operation == "PutItem" || operation == "DeleteItem")
        return write(operation, request);
    if (operation == "BatchGetItem") return batch_get(request);
    if (operation == "BatchWriteItem") return batch_write(request);
    if (operation == "Query" || operation == "Scan") return list(request, operation == "Query");
    if (operation == "CreateTable") return create(request);
    if (operation == "DescribeTable") return describe(request);
    if (operation == "UpdateTimeToLive") {
        table(request["TableName"].text());
        return member("TimeToLiveSpecification", compact(request["TimeToLiveSpecification"]));
    }
    if (operation == "DeleteTable") {
        std::string description = describe(request);
        tables.erase(tables.find(request["TableName"].text()));
        return description;
    }
    throw Refusal{"UnknownOperationException", ""};
}

std::string Tables::create(Value request) {
    std::string name(request["TableName"].text());
    if (tables.count(name)) throw Refusal{"ResourceInUseException", "Table already exists: " + name};
    Table table;
    for (Value part = request["KeySchema"].first(); part; part = part.next())
        (part["KeyType"].text() == "HASH" ? table.partition : table.sort) = part["AttributeName"].text();
    for (Value part = request["AttributeDefinitions"].first(); part; part = part.next())
        table.types[std::string(part["AttributeName"].text())] = part["AttributeType"].text();
    if (!table.types.count(table.partition) || !table.types.count(table.sort))
        invalid("A table here has a partition key and a sort key");
    table.definition = "\"KeySchema\":" + compact(request["KeySchema"])
        + ",\"AttributeDefinitions\":" + compact(request["AttributeDefinitions"]);
    tables.emplace(name, std::move(table));
    return member("TableDescription", describe(request));
}

std::string Tables::describe(Value request) {
    std::string name(request["TableName"].text());
    Table &found = table(name);
    return member("Table", "{\"TableName\":\"" + name + "\",\"TableStatus\":\"ACTIVE\",\"ItemCount\":"
                               + std::to_string(found.items.size()) + "," + found.definition + "}");
}

std::string Tables::get(Value request) {
    Table &from = table(request["TableName"].text());
    Expressions expressions(request);
    auto found = from.items.find(from.key(item(request["Key"])));
    std::string_view projection = request["ProjectionExpression"].text();
    if (found == from.items.end()) return "{}";
    return member("Item", projection.empty() ? found->second.json
                                             : json(expressions.project(projection, found->second.item)));
}

std::string Tables::write(std::string_view operation, Value request) {
    Table &to = table(request["TableName"].text());
    Expressions expressions(request);
    Item given = item(request[operation == "PutItem" ? "Item" : "Key"]);
    std::string key = to.key(given);
    auto found = to.items.find(key);
    bool is_there = found != to.items.end();
    Item old = is_there ? found->second.item : Item();

    Value condition = request["ConditionExpression"];
    bool holds = !condition || expressions.holds(condition.text(), old);
    std::set<std::string> set;
    Item changed = is_there && operation == "UpdateItem" ? old : given;
    if (Value update = request["UpdateExpression"]) set = expressions.update(update.text(), old, changed);
    expressions.require_all_used();
    if (!holds) {
        bool is_asked = request["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD" && is_there;
        throw Refusal{"ConditionalCheckFailedException", is_asked ? found->second.json : ""};
    }
    std::string_view returned = request["ReturnValues"].text();
    std::string answer = "{}";
    if (returned == "ALL_OLD" && is_there) answer = member("Attributes", found->second.json);
    if (returned == "ALL_NEW") answer = member("Attributes", json(changed));
    if (returned == "UPDATED_NEW") {
        Item updated;
        for (auto &name : set) updated[name] = changed[name];
        answer = member("Attributes", json(updated));
    }
    if (operation == "DeleteItem") {
        if (is_there) to.items.erase(found);
    } else {
        to.items.insert_or_assign(key, Stored(std::move(changed)));
    }
    return answer;
}

std::string Tables::batch_get(Value request) {
    std::string responses, unprocessed;
    size_t count = 0, size = 0;
    double units = 0;
    for (Value part = request["RequestItems"].first(); part; part = part.next()) {
        Table &from = table(part.key());
        Expressions expressions(part);
        std::string_view projection = part["ProjectionExpression"].text();
        std::set<std::string> seen;
        std::string items, left;
        for (Value object = part["Keys"].first(); object; object = object.next()) {
            std::string key = from.key(item(object));
            if (++count > most_keys_of_get) invalid("Too many items requested for the BatchGetItem call");
            if (!seen.insert(key).second) invalid("Provided list of item keys contains duplicates");
            auto found = from.items.find(key);
            if (found == from.items.end()) continue;
            if (size > most_bytes_of_batch) {
                left.append(left.empty() ? "" : ",").append(object.raw());
                continue;
            }
            items.append(items.empty() ? "" : ",");
            items.append(projection.empty() ? found->second.json
                                            : json(expressions.project(projection, found->second.item)));
            size += found->second.json.size();
            // A unit for each 4 KiB that a strongly consistent read of an item has looked at.
            units += double((found->second.json.size() + 4095) / 4096);
        }
        std::string name;
        append_quoted(name, part.key());
        responses.append(responses.empty() ? "" : ",").append(name).append(":[").append(items).append("]");
        if (left.empty()) continue;
        unprocessed.append(unprocessed.empty() ? "" : ",").append(name).append(":{\"Keys\":[").append(left).append("]");
        for (Value option = part.first(); option; option = option.next()) {
            if (option.key() == "Keys") continue;
            unprocessed += ',';
            append_quoted(unprocessed, option.key());
            unprocessed.append(":").append(option.raw());
        }
        unprocessed += '}';
    }
    if (count == 0) invalid("The batch has no keys");
    std::string capacity = request["ReturnConsumedCapacity"]
        ? ",\"ConsumedCapacity\":[{\"CapacityUnits\":" + std::to_string(units) + "}]" : "";
    return "{\"Responses\":{" + responses + "},\"UnprocessedKeys\":{" + unprocessed + "}" + capacity + "}";
}

std::string Tables::batch_write(Value request) {
    std::map<std::string, std::pair<Table *, Item>> puts;
    std::map<std::string, Table *> deletions;
    size_t count = 0;
    for (Value part = request["RequestItems"].first(); part; part = part.next()) {
        Table &to = table(part.key());
        for (Value change = part.first(); change; change = change.next()) {
            Value put = change["PutRequest"]["Item"];
            Item given = item(put ? put : change["DeleteRequest"]["Key"]);
            std::string key = to.key(given);
            if (++count > most_items_of_write) invalid("Too many items requested for the BatchWriteItem call");
            if (puts.count(key) || deletions.count(key)) invalid("Provided list of item keys contains duplicates");
            if (put) puts.emplace(key, std::pair(&to, std::move(given)));
            else deletions.emplace(key, &to);
        }
    }
    if (count == 0) invalid("The batch has no items");
    for (auto &[key, put] : puts) put.first->items.insert_or_assign(key, Stored(std::move(put.second)));
    for (auto &[key, table] : deletions) table->items.erase(key);
    return "{\"UnprocessedItems\":{}}";
}

// Query and Scan.
std::string Tables::list(Value request, bool is_query) {
    Table &from = table(request["TableName"].text());
    Expressions expressions(request);
    std::string_view condition = request["KeyConditionExpression"].text(), filter = request["FilterExpression"].text();
    bool is_backward = request["ScanIndexForward"].raw() == "false";
    auto first = from.items.begin(), end = from.items.end();
    if (is_query) {
        std::string partition = expressions.demanded(condition, from.partition);
        if (partition.empty()) invalid("Query condition missed key schema element: " + from.partition);
        std::string start(contents(partition));
        first = from.items.lower_bound(start + '\0');
        end = from.items.lower_bound(start + '\1');
    }
    if (Value start = request["ExclusiveStartKey"]) {
        std::string key = from.key(item(start));
        if (is_backward) end = from.items.lower_bound(key);
        else first = from.items.upper_bound(key);
    }
    size_t limit = request["Limit"] ? std::stoul(std::string(request["Limit"].raw())) : SIZE_MAX;
    size_t segments = request["TotalSegments"] ? std::stoul(std::string(request["TotalSegments"].raw())) : 1;
    size_t segment = request["Segment"] ? std::stoul(std::string(request["Segment"].raw())) : 0;
    size_t count = 0, scanned = 0, size = 0;
    std::string items, last;
    while (first != end) {
        if (scanned == limit || size > most_bytes_of_page) {
            last.insert(0, ",\"LastEvaluatedKey\":");
            break;
        }
        auto &[place, stored] = is_backward ? *--end : *first++;
        auto &[item, text] = stored;
        std::string_view partition = std::string_view(place).substr(0, place.find('\0'));
        if (std::hash<std::string_view>()(partition) % segments != segment) continue;
        if (is_query && !expressions.holds(condition, item)) continue;
        scanned++;
        size += text.size();
        last = from.key_json(item);
        if (!filter.empty() && !expressions.holds(filter, item)) continue;
        items.append(items.empty() ? "" : ",");
        std::string_view projection = request["ProjectionExpression"].text();
        items.append(projection.empty() ? text : json(expressions.project(projection, item)));
        count++;
    }
    if (last[0] != ',') last.clear();
    // Half a unit for each 4 KiB that an eventually consistent read has looked at.
    std::string capacity = request["ReturnConsumedCapacity"] ? ",\"ConsumedCapacity\":{\"CapacityUnits\":"
        + std::to_string((size + 4095) / 4096 * 0.5) + "}" : "";
    return "{\"Items\":[" + items + "],\"Count\":" + std::to_string(count) + ",\"ScannedCount\":"
        + std::to_string(scanned) + capacity + last + "}";
}
