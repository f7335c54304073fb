// The expressions of the DynamoDB API, as far as its users here send them.
#pragma once
#include "json.h"
#include <map>
#include <set>
#include <string>

// The attributes of an item: a name and the value's JSON without space, such as {"S":"profile"}.
using Item = std::map<std::string, std::string, std::less<>>;

// What the API refuses, with the name of its error.
struct Refusal {
    std::string name, message;
};

[[noreturn]] inline void invalid(std::string message) { throw Refusal{"ValidationException", std::move(message)}; }

inline std::string compact(Value value) {
    std::string text;
    value.compact(text);
    return text;
}

// The contents of a value of type S, N or B.
inline std::string_view contents(std::string_view value) {
    size_t start = value.find(':') + 2;
    return value.substr(start, value.size() - 2 - start);
}

// Reads the expressions of one request, whose names and values they may use. Those that none has used are an error.
class Expressions {
public:
    explicit Expressions(Value request)
        : names(request["ExpressionAttributeNames"]), values(request["ExpressionAttributeValues"]) {}

    // `AND` `OR` `NOT` `=` `<>` `<` `<=` `>` `>=` `BETWEEN` `attribute_exists` `attribute_not_exists` `begins_with`
    bool holds(std::string_view condition, const Item &item);
    // `SET name = operand [+ operand]`, `REMOVE name`; returns the names that were set.
    std::set<std::string> update(std::string_view expression, const Item &old, Item &item);
    // The value that a condition demands of an attribute by `attribute = value`; empty when it demands none.
    std::string demanded(std::string_view condition, std::string_view attribute);
    // The attributes that a projection names.
    Item project(std::string_view projection, const Item &item);
    void require_all_used() const;

private:
    Value names, values;
    std::set<std::string, std::less<>> used;
    std::string_view input;
    std::string_view token;

    void begin(std::string_view text);
    void advance();
    bool take(std::string_view expected);
    void expect(std::string_view expected);
    std::string name();
    std::string operand(const Item &item);
    bool either(const Item &item);
    bool both(const Item &item);
    bool term(const Item &item);
};
