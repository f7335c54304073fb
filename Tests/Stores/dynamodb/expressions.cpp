#include "expressions.h"
#include <cctype>
#include <cstdlib>

static bool is_word(char byte) { return isalnum((unsigned char)byte) || byte == '_' || byte == ':' || byte == '#'; }

void Expressions::begin(std::string_view text) {
    input = text;
    advance();
}

void Expressions::advance() {
    while (!input.empty() && isspace((unsigned char)input[0])) input.remove_prefix(1);
    size_t length = 0;
    while (length < input.size() && is_word(input[length])) length++;
    if (length == 0 && !input.empty())
        length = input.substr(0, 2) == "<>" || input.substr(0, 2) == "<=" || input.substr(0, 2) == ">=" ? 2 : 1;
    token = input.substr(0, length);
    input.remove_prefix(length);
}

bool Expressions::take(std::string_view expected) {
    if (token != expected) return false;
    advance();
    return true;
}

void Expressions::expect(std::string_view expected) {
    if (!take(expected)) invalid("Syntax error in an expression; token: \"" + std::string(token) + "\"");
}

std::string Expressions::name() {
    std::string name(token);
    if (name.empty() || !is_word(name[0]) || name[0] == ':') expect("a name");
    if (name[0] == '#') {
        used.insert(name);
        Value given = names[name];
        if (!given) invalid("An expression attribute name used in the document path is not defined: " + name);
        name = given.text();
    }
    advance();
    return name;
}

// A value of the request, an attribute or if_not_exists; empty when the item lacks the attribute.
std::string Expressions::operand(const Item &item) {
    if (take("if_not_exists")) {
        expect("(");
        std::string attribute = operand(item);
        expect(",");
        std::string other = operand(item);
        expect(")");
        return attribute.empty() ? other : attribute;
    }
    if (token.substr(0, 1) == ":") {
        used.emplace(token);
        Value value = values[token];
        if (!value) invalid("An expression attribute value used in expression is not defined: " + std::string(token));
        advance();
        return compact(value);
    }
    auto attribute = item.find(name());
    return attribute == item.end() ? "" : attribute->second;
}

// The order of two values of one type: below, at or above 0; unordered for others, 2.
static int order(const std::string &a, const std::string &b) {
    if (a.empty() || b.empty() || a.compare(0, 4, b, 0, 4) != 0) return 2;
    if (a[2] == 'N') {
        long long left = atoll(contents(a).data()), right = atoll(contents(b).data());
        return left < right ? -1 : left > right;
    }
    int order = contents(a).compare(contents(b));
    return order < 0 ? -1 : order > 0;
}

bool Expressions::holds(std::string_view condition, const Item &item) {
    begin(condition);
    bool result = either(item);
    if (!token.empty()) expect("the end");
    return result;
}

bool Expressions::either(const Item &item) {
    bool result = both(item);
    while (take("OR")) result = both(item) || result;
    return result;
}

bool Expressions::both(const Item &item) {
    bool result = term(item);
    while (take("AND")) result = term(item) && result;
    return result;
}

bool Expressions::term(const Item &item) {
    if (take("NOT")) return !term(item);
    if (take("(")) {
        bool result = either(item);
        expect(")");
        return result;
    }
    for (bool exists : {true, false}) {
        if (!take(exists ? "attribute_exists" : "attribute_not_exists")) continue;
        expect("(");
        bool result = (item.count(name()) == 1) == exists;
        expect(")");
        return result;
    }
    if (take("begins_with")) {
        expect("(");
        std::string value = operand(item);
        expect(",");
        std::string start = operand(item);
        expect(")");
        return !value.empty() && contents(value).substr(0, contents(start).size()) == contents(start);
    }
    std::string value = operand(item);
    if (take("BETWEEN")) {
        int low = order(value, operand(item));
        expect("AND");
        int high = order(value, operand(item));
        return low != 2 && low >= 0 && high <= 0;
    }
    std::string_view comparison = token;
    advance();
    int result = order(value, operand(item));
    if (comparison == "=") return result == 0;
    if (comparison == "<>") return result != 0;
    if (comparison == "<") return result < 0;
    if (comparison == "<=") return result <= 0;
    if (comparison == ">") return result > 0 && result != 2;
    if (comparison == ">=") return result >= 0 && result != 2;
    invalid("Syntax error in an expression; token: \"" + std::string(comparison) + "\"");
}

std::set<std::string> Expressions::update(std::string_view expression, const Item &old, Item &item) {
    std::set<std::string> set;
    begin(expression);
    while (!token.empty()) {
        bool is_set = take("SET");
        if (!is_set) expect("REMOVE");
        do {
            std::string target = name();
            if (!is_set) {
                item.erase(target);
                continue;
            }
            expect("=");
            std::string value = operand(old);
            if (take("+")) {
                std::string addend = operand(old);
                if (value.empty() || addend.empty()) invalid("An operand in the update expression has no value");
                value = "{\"N\":\""
                    + std::to_string(atoll(contents(value).data()) + atoll(contents(addend).data())) + "\"}";
            }
            if (value.empty()) invalid("The provided expression refers to an attribute that does not exist");
            item[target] = value;
            set.insert(target);
        } while (take(","));
    }
    return set;
}

std::string Expressions::demanded(std::string_view condition, std::string_view attribute) {
    begin(condition);
    while (!token.empty()) {
        bool is_wanted = is_word(token[0]) && token[0] != ':' && name() == attribute;
        if (is_wanted && take("=")) return operand({});
        if (!is_wanted && (token.empty() || !is_word(token[0]) || token[0] == ':')) advance();
    }
    return "";
}

Item Expressions::project(std::string_view projection, const Item &item) {
    if (projection.empty()) return item;
    Item part;
    begin(projection);
    do {
        auto attribute = item.find(name());
        if (attribute != item.end()) part.insert(*attribute);
    } while (take(","));
    return part;
}

void Expressions::require_all_used() const {
    for (Value given : {names, values})
        for (Value member = given.first(); member; member = member.next())
            if (!used.count(member.key()))
                invalid("Value provided in ExpressionAttribute unused in expressions: " + std::string(member.key()));
}
