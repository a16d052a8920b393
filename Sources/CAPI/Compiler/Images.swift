import CTessera
import Tensors
import Tessera
import TesseraRuntimeC

@c @implementation
package func tsr_plan_read_images(
  _ plan: OpaquePointer?, _ files: UnsafePointer<tsr_input>?, _ file_count: Int,
  _ pixels: UnsafeMutableRawPointer?, _ pixel_byte_count: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    let plan = try require(PlanHandle.of(plan), "plan").plan
    let files = try require(files, "files")
    let room = UnsafeMutableRawBufferPointer(
      mutating: try requireBytes(require(pixels, "pixels"), pixel_byte_count, "pixels"))
    let orientation = try plan.imageOptions()?.orientation ?? .exif
    var images: [Image] = []
    for index in 0..<(try requireCount(file_count, "file_count")) {
      let file = files[index]
      let bytes = try requireBytes(file.data, file.byte_count, "files[\(index)].data")
      do throws(TesseraError) {
        images.append(try Image(decoding: bytes, orientation: orientation))
      } catch {
        throw error.inFile("files[\(index)]")
      }
    }
    for tensor in try plan.inputs(from: images).values {
      guard tensor.byteCount == room.count else {
        throw TesseraError(
          .invalidUsage,
          "expected \(tensor.byteCount) bytes for \(images.count) images in 'pixels', found \(room.count)"
        )
      }
      tensor.withUnsafeBytes { room.copyMemory(from: $0) }
    }
  }
}
