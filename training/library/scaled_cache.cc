// cache.cc, and a cache whose rotary angles are scaled as those of Llama 3 (modeling_rope_utils of Hugging Face transformers, "llama3"): for contexts
// that are longer than what the model was first trained on. Linked into libraries of models that have it.
#include "cache.cc"

namespace tvm {
namespace runtime {
namespace vm {

// Divides the angles of long wavelengths by `factor`, keeps those of short ones, and mixes both between.
double Scaled(double frequency, double factor, double low, double high, double original) {
  double turns = original * frequency / (2 * M_PI);
  if (turns < low) return frequency / factor;
  if (turns > high) return frequency;
  double kept = (turns - low) / (high - low);
  return (1 - kept) * frequency / factor + kept * frequency;
}

Tensor ScaledRotaryTable(const ffi::Shape& sizes, Tensor like) {
  int64_t context = sizes[2], dim = sizes[3];
  double theta = static_cast<double>(sizes[4]);
  Tensor host = Tensor::Empty({context, dim}, like->dtype, DLDevice{kDLCPU, 0});
  float* out = static_cast<float*>(host->data);
  for (int64_t position = 0; position < context; ++position) {
    for (int64_t pair = 0; pair < dim / 2; ++pair) {
      double frequency = std::pow(theta, -2.0 * pair / dim);
      double angle = position * Scaled(frequency, sizes[5], sizes[6], sizes[7], sizes[8]);
      *out++ = static_cast<float>(std::cos(angle));
      *out++ = static_cast<float>(std::sin(angle));
    }
  }
  Tensor table = Tensor::Empty({context, dim}, like->dtype, like->device);
  table.CopyFrom(host);
  return table;
}

TVM_FFI_STATIC_INIT_BLOCK() {
  // sizes: as of flatkv.create, then factor, low, high and the first context.
  tvm::ffi::reflection::GlobalDef().def("flatkv.create_scaled", [](ffi::Shape sizes, Tensor like) -> FlatKV {
    auto cache = ffi::make_object<FlatKVObj>();
    cache->context = sizes[2];
    for (int64_t layer = 0; layer < sizes[0]; ++layer) {
      cache->layers.push_back(Tensor::Empty({2, sizes[1], sizes[2] / 4, 4 * sizes[3]}, like->dtype, like->device));
    }
    cache->rope = ScaledRotaryTable(sizes, like);
    return FlatKV(cache);
  });
}

}  // namespace vm
}  // namespace runtime
}  // namespace tvm
