/// To be raised by every change of a kernel, a descriptor or a tiling that may change how long a call
/// takes: measured times of other versions are not used.
package let kernelVersion = 13
