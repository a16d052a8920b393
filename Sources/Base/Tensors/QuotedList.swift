/// As in `'a', 'b'`: the names in quotes, of many the first ten and how many more there are.
package func quotedList(_ names: [String]) -> String {
  let listed = names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
  return names.count > 10 ? "\(listed) and \(names.count - 10) more" : listed
}
