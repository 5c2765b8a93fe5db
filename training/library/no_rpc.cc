// The browser runtime is built without RPC; the one symbol of it that remains referenced throws.
#include "../../src/runtime/rpc/rpc_session.h"

namespace tvm::runtime {
ffi::Module CreateRPCSessionModule(std::shared_ptr<RPCSession>) {
  TVM_FFI_THROW(RuntimeError) << "RPC is not built in";
  __builtin_unreachable();
}
}  // namespace tvm::runtime
