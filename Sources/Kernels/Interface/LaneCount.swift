/// Floats in a vector of every instruction set that there is so far: the channel block of a blocked
/// layout, and what bias, scale and shift operands are rounded up to.
package let kernelLaneCount = 8
