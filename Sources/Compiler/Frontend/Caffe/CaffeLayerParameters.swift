import CCaffeProto

/// What a layer says about its operation; Caffe's defaults where it says nothing.
struct CaffeLayerParameters {
  let concat: Caffe__ConcatParameter
  let convolution: Caffe__ConvolutionParameter
  let eltwise: Caffe__EltwiseParameter
  let flatten: Caffe__FlattenParameter
  let innerProduct: Caffe__InnerProductParameter
  let input: Caffe__InputParameter
  let lrn: Caffe__LRNParameter
  let pooling: Caffe__PoolingParameter
  let relu: Caffe__ReLUParameter
  let softmax: Caffe__SoftmaxParameter

  init(_ proto: Caffe__LayerParameter) {
    concat = content(proto.concat_param, .init(), caffe__concat_parameter__init)
    convolution = content(proto.convolution_param, .init(), caffe__convolution_parameter__init)
    eltwise = content(proto.eltwise_param, .init(), caffe__eltwise_parameter__init)
    flatten = content(proto.flatten_param, .init(), caffe__flatten_parameter__init)
    innerProduct = content(proto.inner_product_param, .init(), caffe__inner_product_parameter__init)
    input = content(proto.input_param, .init(), caffe__input_parameter__init)
    lrn = content(proto.lrn_param, .init(), caffe__lrnparameter__init)
    pooling = content(proto.pooling_param, .init(), caffe__pooling_parameter__init)
    relu = content(proto.relu_param, .init(), caffe__re_luparameter__init)
    softmax = content(proto.softmax_param, .init(), caffe__softmax_parameter__init)
  }

  init(_ proto: Caffe__V1LayerParameter) {
    concat = content(proto.concat_param, .init(), caffe__concat_parameter__init)
    convolution = content(proto.convolution_param, .init(), caffe__convolution_parameter__init)
    eltwise = content(proto.eltwise_param, .init(), caffe__eltwise_parameter__init)
    flatten = content(nil, .init(), caffe__flatten_parameter__init)
    innerProduct = content(proto.inner_product_param, .init(), caffe__inner_product_parameter__init)
    input = content(nil, .init(), caffe__input_parameter__init)
    lrn = content(proto.lrn_param, .init(), caffe__lrnparameter__init)
    pooling = content(proto.pooling_param, .init(), caffe__pooling_parameter__init)
    relu = content(proto.relu_param, .init(), caffe__re_luparameter__init)
    softmax = content(proto.softmax_param, .init(), caffe__softmax_parameter__init)
  }
}

/// The message that a field holds; the defaults that `initialize` gives `empty` where it is absent.
private func content<Message: BitwiseCopyable>(
  _ field: UnsafeMutablePointer<Message>?, _ empty: Message,
  _ initialize: (UnsafeMutablePointer<Message>) -> Void
) -> Message {
  if let field { return field.pointee }
  var message = empty
  initialize(&message)
  return message
}
