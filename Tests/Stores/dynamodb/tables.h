// Tables in memory, and the operations of the DynamoDB API (version 2012-08-10) that creditd and the bench use.
#pragma once
#include "expressions.h"
#include <map>

class Tables {
public:
    // Returns the response to an operation, such as `GetItem`; throws Refusal and BadJSON.
    std::string answer(std::string_view operation, Value request);

private:
    // An item with its JSON, which most answers consist of.
    struct Stored {
        Item item;
        std::string json;
        explicit Stored(Item item);
    };

    // Items by partition key, a zero byte, and sort key.
    struct Table {
        std::string definition;
        std::string partition, sort;            // the names of the key's attributes
        std::map<std::string, std::string> types;  // of the key's attributes, such as `S`
        std::map<std::string, Stored> items;

        std::string key(const Item &item) const;
        std::string key_json(const Item &item) const;
    };

    std::map<std::string, Table, std::less<>> tables;

    Table &table(std::string_view name);
    std::string create(Value request);
    std::string describe(Value request);
    std::string get(Value request);
    std::string write(std::string_view operation, Value request);
    std::string batch_get(Value request);
    std::string batch_write(Value request);
    std::string list(Value request, bool is_query);
};
