// A KV state of one sequence in plain tensors [2, kv heads, context / 4, 4 * dim], one a layer (attention.py), driven by web-llm through
// vm.builtin.kv_state_*. Appending happens in a kernel and popping is a subtraction, so that a verification of several rows
// needs one attention pass and a rollback costs nothing.
#include <tvm/ffi/function.h>
#include <tvm/ffi/reflection/registry.h>
#include <tvm/runtime/tensor.h>

#include <cmath>

#include "src/runtime/vm/kv_state.h"

namespace tvm {
namespace runtime {
namespace vm {

class FlatKVObj : public KVStateObj {
 public:
  int64_t context = 0;
  // Tokens cached, and how many there were before the forward that is under way.
  int64_t length = 0, start = 0;
  bool open = false;
  ffi::Array<Tensor> layers;
  ffi::Optional<Tensor> rope;
  // The last hidden state of each token; made where a library asks for it.
  ffi::Optional<Tensor> states;

  void Clear() final {
    start = length = 0;
    open = false;
  }
  void AddSequence(int64_t id) final {
    TVM_FFI_ICHECK(id == 0 && !open) << "FlatKV holds the one sequence 0, got " << id;
    open = true;
    start = length = 0;
  }
  void RemoveSequence(int64_t id) final {
    CheckSequence(id);
    Clear();
  }
  void ForkSequence(int64_t, int64_t, int64_t) final { TVM_FFI_THROW(ValueError) << "FlatKV cannot fork"; }
  void PopN(int64_t id, int32_t n) final {
    CheckSequence(id);
    TVM_FFI_ICHECK(n >= 0 && n <= length) << "FlatKV: cannot pop " << n << " of " << length;
    length -= n;
    start = length;
  }
  void BeginForward(const ffi::Shape& ids, const ffi::Shape& lengths, const ffi::Optional<ffi::Shape>& tree) final {
    TVM_FFI_ICHECK(ids.size() == 1 && lengths.size() == 1 && !tree.has_value()) << "FlatKV: one chain only";
    CheckSequence(ids[0]);
    TVM_FFI_ICHECK(lengths[0] > 0 && length + lengths[0] <= context)
        << "FlatKV: " << length << " tokens and " << lengths[0] << " more exceed the context of " << context;
    start = length;
    length += lengths[0];
  }
  void EndForward() final {}

  TVM_FFI_DECLARE_OBJECT_INFO_FINAL("foretoken.FlatKV", FlatKVObj, KVStateObj);

 private:
  void CheckSequence(int64_t id) {
    TVM_FFI_ICHECK(id == 0 && open) << "FlatKV holds the one sequence 0, got " << id;
  }
};

class FlatKV : public KVState {
 public:
  TVM_FFI_DEFINE_OBJECT_REF_METHODS_NULLABLE(FlatKV, KVState, FlatKVObj);
};

// Rotary angles as cos, sin pairs: [context, dim].
Tensor RotaryTable(int64_t context, int64_t dim, double theta, Tensor like) {
  // Tensor::CopyFromBytes would wait for the device, which C++ cannot do in a page: fill a CPU tensor and copy it.
  Tensor host = Tensor::Empty({context, dim}, like->dtype, DLDevice{kDLCPU, 0});
  float* out = static_cast<float*>(host->data);
  for (int64_t position = 0; position < context; ++position) {
    for (int64_t pair = 0; pair < dim / 2; ++pair) {
      double angle = position * std::pow(theta, -2.0 * pair / dim);
      *out++ = static_cast<float>(std::cos(angle));
      *out++ = static_cast<float>(std::sin(angle));
    }
  }
  Tensor table = Tensor::Empty({context, dim}, like->dtype, like->device);
  table.CopyFrom(host);
  return table;
}

TVM_FFI_STATIC_INIT_BLOCK() {
  namespace refl = tvm::ffi::reflection;
  refl::GlobalDef()
      // sizes: layers, kv heads, context, head dim, rope theta; like: any tensor on the device
      .def("flatkv.create",
           [](ffi::Shape sizes, Tensor like) -> FlatKV {
             auto cache = ffi::make_object<FlatKVObj>();
             cache->context = sizes[2];
             for (int64_t layer = 0; layer < sizes[0]; ++layer) {
               cache->layers.push_back(Tensor::Empty({2, sizes[1], sizes[2] / 4, 4 * sizes[3]}, like->dtype, like->device));
             }
             cache->rope = RotaryTable(sizes[2], sizes[3], static_cast<double>(sizes[4]), like);
             return FlatKV(cache);
           })
      .def("flatkv.layer", [](FlatKV cache, int64_t layer) -> Tensor { return cache->layers[layer]; })
      .def("flatkv.rope", [](FlatKV cache) -> Tensor { return cache->rope.value(); })
      .def("flatkv.states",
           [](FlatKV cache, int64_t hidden) -> Tensor {
             if (!cache->states.has_value()) {
               cache->states = Tensor::Empty({cache->context, hidden}, cache->rope.value()->dtype, cache->rope.value()->device);
             }
             return cache->states.value();
           })
      // A view whose length says where the new tokens start: its one symbolic dimension becomes a kernel's argument.
      .def("flatkv.start", [](FlatKV cache) -> Tensor {
        return cache->rope.value().CreateView({cache->start + 1}, cache->rope.value()->dtype);
      });
}

}  // namespace vm
}  // namespace runtime
}  // namespace tvm
