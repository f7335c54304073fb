#include "json.h"
#include <cstring>

Document::Document(std::string_view text) : input(text) {
    nodes.reserve(64);
    value();
    space();
    if (at != input.size()) throw BadJSON();
}

Value Document::root() const { return Value{this, 0}; }

void Document::space() {
    while (at < input.size() && strchr(" \t\r\n", input[at]) && input[at]) at++;
}

bool Document::take(char byte) {
    space();
    if (at == input.size() || input[at] != byte) return false;
    at++;
    return true;
}

int Document::value() {
    space();
    if (at == input.size()) throw BadJSON();
    int index = (int)nodes.size();
    nodes.emplace_back();
    size_t start = at;
    char kind = input[at];
    if (kind == '{' || kind == '[') {
        at++;
        children(index, kind == '{' ? '}' : ']');
    } else if (kind == '"') {
        std::string_view text = string();
        nodes[index].text = text;
    } else {
        while (at < input.size() && !strchr(",]} \t\r\n", input[at])) at++;
        if (at == start) throw BadJSON();
        if (!strchr("tfn", kind)) kind = 0;
    }
    nodes[index].kind = kind;
    nodes[index].raw = input.substr(start, at - start);
    return index;
}

void Document::children(int parent, char end) {
    int last = -1;
    if (take(end)) return;
    do {
        std::string_view key;
        if (end == '}') {
            space();
            key = string();
            if (!take(':')) throw BadJSON();
        }
        int child = value();
        nodes[child].key = key;
        (last < 0 ? nodes[parent].first : nodes[last].next) = child;
        last = child;
    } while (take(','));
    if (!take(end)) throw BadJSON();
}

std::string_view Document::string() {
    if (at == input.size() || input[at] != '"') throw BadJSON();
    size_t start = ++at;
    bool is_escaped = false;
    while (true) {
        size_t end = input.find_first_of("\"\\", at);
        if (end == input.npos) throw BadJSON();
        at = end + 1;
        if (input[end] == '"') break;
        is_escaped = true;
        at++;
    }
    std::string_view raw = input.substr(start, at - 1 - start);
    return is_escaped ? decode(raw) : raw;
}

// Decodes escapes; a code point beyond ASCII stays as it was written, since no name or key has one.
std::string_view Document::decode(std::string_view escaped) {
    std::string &out = decoded.emplace_back();
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    for (size_t at = 0; at < escaped.size(); at++) {
        if (escaped[at] != '\\') {
            out += escaped[at];
        } else if (const char *name = strchr(names, escaped[++at])) {
            out += values[name - names];
        } else if (escaped[at] == 'u' && at + 4 < escaped.size()) {
            int code = std::stoi(std::string(escaped.substr(at + 1, 4)), nullptr, 16);
            if (code < 0x80) out += (char)code;
            else out.append("\\u").append(escaped.substr(at + 1, 4));
            at += 4;
        } else {
            out += escaped[at];
        }
    }
    return out;
}

Value Value::operator[](std::string_view key) const {
    for (Value child = first(); child; child = child.next())
        if (child.key() == key) return child;
    return Value{};
}

size_t Value::count() const {
    size_t count = 0;
    for (Value child = first(); child; child = child.next()) count++;
    return count;
}

void Value::compact(std::string &out) const {
    char kind = node().kind;
    if (kind != '{' && kind != '[') {
        out += raw();
        return;
    }
    out += kind;
    for (Value child = first(); child; child = child.next()) {
        if (child.index != node().first) out += ',';
        if (kind == '{') {
            append_quoted(out, child.key());
            out += ':';
        }
        child.compact(out);
    }
    out += kind == '{' ? '}' : ']';
}

void append_quoted(std::string &out, std::string_view text) {
    out += '"';
    for (char byte : text) {
        if (byte == '"' || byte == '\\') out += '\\';
        out += byte;
    }
    out += '"';
}
