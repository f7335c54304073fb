/// What `items` or `additionalProperties` asks of the elements or members that are not named.
enum Remainder {
    case anything
    case nothing
    case schema(Node.Pointer)
}
