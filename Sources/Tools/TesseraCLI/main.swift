import Foundation

exit(Tool.run(CommandLine.arguments.dropFirst().map { $0 }).rawValue)
