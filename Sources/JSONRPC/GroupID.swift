/// A group's number on its connection; a later group has a greater one.
package typealias GroupID = UInt64
