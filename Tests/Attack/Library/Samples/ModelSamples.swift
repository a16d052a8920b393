/// Small networks of all supported operators.
enum ModelSamples {
  static let onnxTexts = [
    vgg, wide, groups, bands, shapes, movement, channels, residual, runTimeWeights, gradients,
  ]

  /// What most networks are made of.
  static let vgg = """
    <ir_version: 10, opset_import: ["" : 21], metadata_props: ["labels": "a"]>
    vgg (float[N, 3, 8, 8] x) => (float[N, 4] y)
    <float[4, 3, 3, 3] w1 = {\(numbers(108))}, float[4] b1 = {0.5, -1, 2e-3, 0},
     float[4, 4, 3, 3] w2 = {\(numbers(144))}, float[4] s = {1, 2, 3, 4},
     float[4, 64] w3 = {\(numbers(256))}, float[4] b3 = {0, 0, 0, 0}>
    {
      [c1] a = Conv <kernel_shape = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1], group = 1> (x, w1, b1)
      [r1] b = Relu (a)
      [c2] c = Conv <auto_pad = "SAME_UPPER"> (b, w2)
      [n] d = BatchNormalization <epsilon = 0.001> (c, s, b1, b1, s)
      [l] e = LRN <size = 3, alpha = 0.1, bias = 1.0> (d)
      [p] f = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (e)
      [v] g = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1], count_include_pad = 1> (f)
      [f] h = Flatten <axis = 1> (g)
      [m] i = Gemm <alpha = 0.5, transB = 1> (h, w3, b3)
      [o] y = Softmax <axis = -1> (i)
    }
    """

  /// As many channels as the widest vector has lanes.
  static let wide = """
    <ir_version: 10, opset_import: ["" : 21]>
    wide (float[N, 3, 8, 8] x) => (float[N, 16, 4, 4] y)
    <int64[4] s1 = {16, 3, 3, 3}, int64[4] s2 = {16, 16, 3, 3}>
    {
      w1 = ConstantOfShape <value = float[1] {0.1}> (s1)
      w2 = ConstantOfShape <value = float[1] {-0.01}> (s2)
      a = Conv <pads = [1, 1, 1, 1]> (x, w1)
      b = Conv <pads = [1, 1, 1, 1]> (a, w2)
      c = Clip (b)
      y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (c)
    }
    """

  /// Convolutions of channels apart.
  private static let groups = """
    <ir_version: 10, opset_import: ["" : 21]>
    groups (float[1, 4, 6, 6] x) => (float[1, 4, 3, 3] y)
    <float[4, 2, 3, 3] w1 = {\(numbers(72))}, float[4, 1, 3, 3] w2 = {\(numbers(36))}>
    {
      a = Conv <group = 2, pads = [1, 1, 1, 1]> (x, w1)
      b = Relu (a)
      y = Conv <group = 4, strides = [2, 2], pads = [1, 1, 1, 1]> (b, w2)
    }
    """

  /// Convolutions with more between than a cache holds.
  static let bands = """
    <ir_version: 10, opset_import: ["" : 21]>
    bands (float[1, 4, 96, 96] x) => (float[1, 32, 12, 12] y, float[1, 32, 96, 96] z)
    <int64[4] s1 = {32, 4, 1, 1}, int64[4] s2 = {32, 1, 3, 3}, int64[4] s3 = {32, 32, 3, 3}>
    {
      w1 = ConstantOfShape <value = float[1] {0.1}> (s1)
      w2 = ConstantOfShape <value = float[1] {-0.01}> (s2)
      a = Conv (x, w1)
      b = HardSwish (a)
      y = Conv <group = 32, strides = [8, 8], pads = [1, 1, 1, 1]> (b, w2)
      w3 = ConstantOfShape <value = float[1] {0.02}> (s3)
      w4 = ConstantOfShape <value = float[1] {-0.2}> (s1)
      c = Conv (x, w4)
      z = Conv <pads = [1, 1, 1, 1]> (c, w3)
    }
    """

  /// Convolutions, in channel blocks and in planes, pools, means and matrix products with epilogues, and a
  /// normalisation of channels.
  private static let residual = """
    <ir_version: 10, opset_import: ["" : 21]>
    residual (float[1, 16, 6, 6] x, float[1, 16, 1, 1] s) => (float[1, 16, 6, 6] y, float[1, 5] v, float[1, 16, 6, 6] z)
    <int64[2] s4 = {16, 5}, int64[1] s5 = {16}, float half = {0.5}, int64[4] s1 = {16, 16, 1, 1}, int64[4] s2 = {16, 1, 3, 3}, int64[4] s3 = {16, 4, 1, 1}>
    {
      w1 = ConstantOfShape <value = float[1] {0.1}> (s1)
      w2 = ConstantOfShape <value = float[1] {-0.01}> (s2)
      w3 = ConstantOfShape <value = float[1] {0.2}> (s3)
      a = Conv (x, w1)
      b = HardSwish (a)
      c = Conv <group = 16, pads = [1, 1, 1, 1]> (b, w2)
      d = Mul (c, s)
      e = Conv <group = 4> (d, w3)
      f = Sub (half, e)
      g = Conv (f, w1)
      h = Add (g, b)
      y = Relu (h)
      p = AveragePool <kernel_shape = [2, 2]> (y)
      q = Mul (p, s)
      r = GlobalMaxPool (q)
      t = Sub (r, s)
      u = Flatten (t)
      w4 = ConstantOfShape <value = float[1] {0.3}> (s4)
      l = MatMul (u, w4)
      v = Gelu (l)
      w5 = ConstantOfShape <value = float[1] {0.5}> (s5)
      z0 = Transpose <perm = [0, 2, 3, 1]> (y)
      z1 = LayerNormalization (z0, w5)
      z = Transpose <perm = [0, 3, 1, 2]> (z1)
    }
    """

  /// Convolutions whose weights and biases are values of the run.
  private static let runTimeWeights = """
    <ir_version: 10, opset_import: ["" : 21]>
    weights (float[1, 16, 6, 6] x, float[16, 16, 3, 3] w, float[16] b, float[16, 1, 3, 3] d, float[16, 3, 2, 2] t, float[3] c)
    => (float[1, 3, 12, 12] y, float[1, 16, 4, 4] z)
    {
      a = Conv <pads = [1, 1, 1, 1]> (x, w, b)
      e = Relu (a)
      z = Conv (e, w)
      f = Conv <group = 16, pads = [1, 1, 1, 1]> (e, d, b)
      y = ConvTranspose <strides = [2, 2]> (f, t, c)
    }
    """

  /// Gradients of a convolution's weights and of a max-pooling's images.
  private static let gradients = """
    <ir_version: 10, opset_import: ["" : 21, "tessera" : 1]>
    gradients (float[2, 9, 6, 6] x, float[2, 17, 6, 6] d, float[2, 9, 3, 3] e, float[1, 16, 40, 40] u) => (float[17, 9, 3, 3] w, float[2, 9, 6, 6] z, float[16, 16, 3, 3] v)
    {
      w = tessera.ConvWeightGradient <kernel_shape = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1], group = 1> (x, d)
      y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)
      z = tessera.MaxPoolGradient <kernel_shape = [2, 2], strides = [2, 2]> (x, y, e)
      v = tessera.ConvWeightGradient <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (u, u)
    }
    """

  /// Shapes that are computed.
  private static let shapes = """
    <ir_version: 8, opset_import: ["" : 13]>
    shapes (float[N, 2, 6] x, float[2, 3] z) => (float[N, 12] y, float[2, 2] p, int64[?, ?] q)
    <int64[1] zero = {0}, int64[1] minus = {-1}, int64 first = {0}, int64[2] two = {2, 2}>
    {
      s = Shape (x)
      n = Gather <axis = 0> (s, first)
      u = Unsqueeze (n, zero)
      t = Concat <axis = 0> (u, minus)
      y = Reshape (x, t)
      e = ConstantOfShape <value = float[1] {1.5}> (two)
      k = Transpose <perm = [1, 0]> (z)
      p0 = MatMul (z, k)
      p = Add (p0, e)
      h = Cast <to = 10> (z)
      g = Add (h, h)
      r = Cast <to = 1> (g)
      q0 = LogSoftmax <axis = 0> (r)
      q = Cast <to = 7> (q0)
    }
    """

  /// Pieces and rims of tensors.
  private static let movement = """
    <ir_version: 9, opset_import: ["" : 18]>
    movement (float[1, 3, 7, 7] x, float[3, 1, 1] m) => (float[1, 6, 9, 4] y, float[1, 3, 1, 1] z, float[3, 2, 2] r)
    <int64[8] rim = {0, 0, 1, 1, 0, 0, 1, 1}, int64[1] start = {-1}, int64[1] end = {-99},
     int64[1] axis = {3}, int64[1] step = {-2}, float[3] scale = {1, 2, 3},
     int64[6] edge = {0, 1, 0, 0, 0, 1}, float two = {2}>
    {
      a = Pad <mode = "reflect"> (x, rim)
      b = Slice (a, start, end, axis, step)
      b1 = Sub (b, m)
      c = BatchNormalization (b1, scale, scale, scale, scale)
      d = Mul (c, m)
      e = Concat <axis = 1> (d, b)
      f = Slice (e, zero, four, axis)
      y = Identity (f)
      z0 = GlobalAveragePool (x)
      z = Div (z0, m)
      r = Pad (m, edge, two)
    }
    """.replacing(
      "int64[1] start", with: "int64[1] zero = {0}, int64[1] four = {4}, int64[1] start")

  /// Channels that are joined, split and shuffled, and images that grow.
  private static let channels = """
    <ir_version: 9, opset_import: ["" : 18]>
    channels (float[1, 4, 4, 4] x) => (float[1, 4, 8, 8] y, float[1, 2, 6, 7] z, float[1, 1, 8, 8] d)
    <float[10, 4, 1, 1] w = {\(numbers(40))}, float[10, 4, 2, 2] t = {\(numbers(160))},
     int64[2] sizes = {4, 6}, int64[5] apart = {1, 2, 5, 4, 4}, int64[4] together = {1, 10, 4, 4},
     int64[4] extents = {1, 2, 6, 7}, int64[4] ones = {1, 1, 1, 1},
     int64[2] halves = {2, 8}>
    {
      a = Conv (x, w)
      b, c = Split <axis = 1> (a, sizes)
      e = Concat <axis = 1> (c, b)
      f = Reshape (e, apart)
      g = Transpose <perm = [0, 2, 1, 3, 4]> (f)
      h = Reshape (g, together)
      y = ConvTranspose <strides = [2, 2], kernel_shape = [2, 2], group = 1> (h, t)
      p, q = Split <axis = 1> (h, halves)
      r = Resize <mode = "linear", coordinate_transformation_mode = "align_corners"> (p, , , extents)
      z = Expand (r, ones)
      s = SpaceToDepth <blocksize = 2> (x)
      u = DepthToSpace <blocksize = 4, mode = "CRD"> (s)
      d = Tile (u, ones)
    }
    """

  /// Networks of Caffe, in both forms of layers; the weights are called as in `ProtoSamples`.
  static let caffeTexts = [
    """
    name: "n" input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
    layer { name: "c" type: "Convolution" bottom: "data" top: "c"
      convolution_param { num_output: 4 kernel_size: 3 stride: [2, 1] weight_filler { std: 1e-2 } } }
    layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
    layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { pool: AVE kernel_size: 3 pad: 1 } }
    layer { name: "f" type: "InnerProduct" bottom: "p" top: "f" inner_product_param { num_output: 5 } }
    layer { name: "o" type: "Softmax" bottom: "f" top: "o" include { phase: TEST } }
    """,
    """
    name: "n" input: "data" input_shape { dim: 1 dim: 2 dim: 4 dim: 4 }
    layers { name: "f" type: INNER_PRODUCT bottom: "data" top: "f" inner_product_param { num_output: 3 } }
    layers { name: "d" type: DROPOUT bottom: "f" top: "f" dropout_param { dropout_ratio: 0.5 } }
    layers { name: "o" type: SOFTMAX bottom: "f" top: "o" }
    """,
  ]

  private static func numbers(_ count: Int) -> String {
    (0..<count).map { String(Double(($0 * 37) % 101 - 50) / 64) }.joined(separator: ", ")
  }
}
