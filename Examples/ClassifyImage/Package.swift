// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ClassifyImage",
  dependencies: [.package(name: "Tessera", path: "../..")],
  targets: [
    .executableTarget(
      name: "ClassifyImage",
      dependencies: [.product(name: "Tessera", package: "Tessera")])
  ],
  swiftLanguageModes: [.v6]
)
