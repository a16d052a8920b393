// The library's declarations belong to one module, whichever of the headers that include them comes first.
#pragma clang module import CProtobufC

#include "caffe.pb-c.h"
