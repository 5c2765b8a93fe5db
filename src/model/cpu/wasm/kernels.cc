// The parts of a forward in WebAssembly with SIMD: `npm run kernels` compiles them, kernels.ts loads them, forward.ts calls them.
//
// One order of summation: a number is computed by the same operations in the same order for any number of rows and any share of the columns, so rows
// are bit-equal however a forward was cut. Float32 throughout; with relaxed SIMD a product and its sum are one operation where the machine has one.
// The formats are int8 and grouped weights of 4 and 8 bits.
#include <stdint.h>
#include <wasm_simd128.h>

typedef v128_t floats;  // four
typedef v128_t words;   // four uint32

#define KERNEL extern "C" __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))

INLINE floats times_plus(floats a, floats b, floats sum) {
#ifdef __wasm_relaxed_simd__
  return floats(__builtin_wasm_relaxed_madd_f32x4(__f32x4(a), __f32x4(b), __f32x4(sum)));
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), sum);
#endif
}

// The products of other sums stay behind this one. A compiler would bring together those of one sum, which takes more vectors than there are registers. Engines
// that know relaxed SIMD keep to the order that they are given; older ones choose their own, and do better without.
INLINE void settle([[maybe_unused]] floats& sum) {
#ifdef __wasm_relaxed_simd__
  asm volatile("" : "+r"(sum));
#endif
}

INLINE floats four(const float* from) { return wasm_v128_load(from); }
INLINE floats all(const float* from) { return wasm_v128_load32_splat(from); }

INLINE float total(floats x) {
  return (wasm_f32x4_extract_lane(x, 0) + wasm_f32x4_extract_lane(x, 1)) + (wasm_f32x4_extract_lane(x, 2) + wasm_f32x4_extract_lane(x, 3));
}

// e^x within 2 units in the last place: x = n ln 2 + r, and a polynomial for e^r (Cephes, expf).
INLINE floats exponential(floats x) {
  x = wasm_f32x4_max(wasm_f32x4_min(x, wasm_f32x4_splat(88.0f)), wasm_f32x4_splat(-87.0f));
  const floats n = wasm_f32x4_nearest(wasm_f32x4_mul(x, wasm_f32x4_splat(1.44269504f)));
  floats r = wasm_f32x4_sub(x, wasm_f32x4_mul(n, wasm_f32x4_splat(0.693359375f)));
  r = wasm_f32x4_sub(r, wasm_f32x4_mul(n, wasm_f32x4_splat(-2.12194440e-4f)));
  floats e = wasm_f32x4_splat(1.9875691500e-4f);
  e = times_plus(e, r, wasm_f32x4_splat(1.3981999507e-3f));
  e = times_plus(e, r, wasm_f32x4_splat(8.3334519073e-3f));
  e = times_plus(e, r, wasm_f32x4_splat(4.1665795894e-2f));
  e = times_plus(e, r, wasm_f32x4_splat(1.6666665459e-1f));
  e = times_plus(e, r, wasm_f32x4_splat(5.0000001201e-1f));
  e = times_plus(e, wasm_f32x4_mul(r, r), wasm_f32x4_add(r, wasm_f32x4_splat(1.0f)));
  const words power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return wasm_f32x4_mul(e, power);
}

// ---- Packed matrices, as weights.ts lays them out: a header, then panels of sixteen columns. A panel has for each group of weights its words, sixteen side
// by side (of every column `32 / bits` rows, as in the file), and the scaling of the group. So a product reads memory from its beginning to its end.

struct Header {
  uint32_t bits, group, form;
  float factor;
  uint32_t inner, columns, unused[10];
};
// HALVES, SCALES and FLOATS: as training/library/grouped.py has them. STEPS: int8 as layout.py has it, in one group; a scale is float32.
enum Form { HALVES, SCALES, FLOATS, STEPS };
constexpr int PANEL = 16;

INLINE int words_of_group(const Header& matrix) { return matrix.group * matrix.bits / 32; }
INLINE int scaling_words(const Header& matrix) { return matrix.form == FLOATS ? 2 : 1; }

INLINE const uint32_t* panel_of(const Header& matrix, int panel) {
  const int words = matrix.inner / matrix.group * (words_of_group(matrix) + scaling_words(matrix)) * PANEL;
  return reinterpret_cast<const uint32_t*>(&matrix + 1) + panel * words;
}

// Four float16, zero or normal, in the low halves of words.
INLINE floats widen(words halves) {
  const words sign = wasm_i32x4_shl(wasm_v128_and(halves, wasm_i32x4_splat(0x8000)), 16);
  const words size = wasm_i32x4_shl(wasm_v128_and(halves, wasm_i32x4_splat(0x7fff)), 13);
  // The exponent's bias is 112 more.
  return wasm_v128_or(sign, wasm_f32x4_mul(size, wasm_f32x4_splat(0x1p112f)));
}

struct Scaling {
  floats scales, offsets;
};

// Of four columns, the first of them `column` of a panel; `at`: behind the words of the group.
INLINE Scaling scaling_of(const Header& matrix, const uint32_t* at, int column) {
  const floats first = wasm_v128_load(at + column * scaling_words(matrix));
  if (matrix.form == HALVES) return {widen(first), widen(wasm_u32x4_shr(first, 16))};
  if (matrix.form == SCALES) return {first, wasm_f32x4_mul(first, all(&matrix.factor))};
  if (matrix.form == FLOATS) return {first, wasm_v128_load(at + 2 * column + 4)};
  return {first, wasm_f32x4_splat(0)};
}

// How weights of a word, of each of four columns, become numbers: four at a time, HALVES times; and what x is multiplied with for each of them, by its row.

// The word with the wanted byte as its highest; the bytes below stay in as a fraction of a step.
struct Steps {
  static constexpr int HALVES = 1;
  template <int BYTE>
  INLINE floats weights(words packed, int) {
    return wasm_f32x4_convert_i32x4(wasm_i32x4_shl(packed, 24 - 8 * BYTE));
  }
  INLINE float factor(int) { return 1; }
};

// Of each byte of a word, or of its halves. Not constant: an engine would make a constant again at every use.
uint32_t byte_masks[] = {0xff, 0xff00, 0xff0000, 0xff}, half_masks[] = {0xf, 0xf00, 0xf0000, 0xf, 0xf0, 0xf000, 0xf00000, 0xf0};

// Codes stay where they lie in the word, too large by their place, except in the highest byte, whose sign they would change; x is made smaller by as much,
// which is exact.
template <int BITS>
struct Codes {
  static constexpr int HALVES = 8 / BITS;
  template <int BYTE>
  INLINE floats weights(words packed, int half) {
    if (BYTE == 3) packed = wasm_u32x4_shr(packed, 24);
    if (BITS == 8 && BYTE == 3) return wasm_f32x4_convert_i32x4(packed);
    return wasm_f32x4_convert_i32x4(wasm_v128_and(packed, wasm_v128_load32_splat((BITS == 8 ? byte_masks : half_masks + 4 * half) + BYTE)));
  }
  INLINE float factor(int row) { return 1.0f / (1 << (row % 4 * 8 % 24 + row / 4 % HALVES * 4)); }
};

// ---- Products: rows [rows, inner] times a packed matrix [inner, columns]

// Most rows of a tile. Engines have fifteen registers for vectors: ten sums, two vectors of weights, a number of x, and what becomes of them.
constexpr int MOST_ROWS = 5;

// Four weights of each of `4 * WIDE` columns times ROWS rows of x, where the rows of a tile lie side by side: [inner, ROWS].
template <class Format, int ROWS, int WIDE, int BYTE = 0>
INLINE void add_four(const uint32_t* packed, int half, const float* x, floats (&sums)[ROWS][WIDE]) {
  if constexpr (BYTE < 4) {
    floats weights[WIDE];
#pragma unroll
    for (int v = 0; v < WIDE; v++) weights[v] = Format::template weights<BYTE>(wasm_v128_load(packed + 4 * v), half);
#pragma unroll
    for (int row = 0; row < ROWS; row++) {
      const floats each = all(x + BYTE * ROWS + row);
#pragma unroll
      for (int v = 0; v < WIDE; v++) {
        sums[row][v] = times_plus(each, weights[v], sums[row][v]);
        settle(sums[row][v]);
      }
    }
    add_four<Format, ROWS, WIDE, BYTE + 1>(packed, half, x, sums);
  }
}

// `4 * WIDE` columns of a panel, from its `column` on, for ROWS rows. A group is summed up first; groups follow one another in one chain.
template <class Format, int ROWS, int WIDE>
__attribute__((noinline)) void tile(const Header& matrix, const uint32_t* panel, int column, const float* x, const float* group_sums, float* out, int stride) {
  const int groups = matrix.inner / matrix.group, count = words_of_group(matrix);
  for (int group = 0; group < groups; group++, group_sums += ROWS) {
    floats sums[ROWS][WIDE];
#pragma unroll
    for (int row = 0; row < ROWS; row++)
#pragma unroll
      for (int v = 0; v < WIDE; v++) sums[row][v] = wasm_f32x4_splat(0);
#pragma clang loop unroll(disable)
    for (int word = 0; word < count; word++, panel += PANEL)
#pragma clang loop unroll(disable)
      for (int half = 0; half < Format::HALVES; half++, x += 4 * ROWS) add_four<Format, ROWS, WIDE>(panel + column, half, x, sums);
#pragma unroll
    for (int v = 0; v < WIDE; v++) {
      const Scaling scaling = scaling_of(matrix, panel, column + 4 * v);
#pragma unroll
      for (int row = 0; row < ROWS; row++) {
        float* to = out + row * stride + column + 4 * v;
        const floats before = group == 0 ? wasm_f32x4_splat(0) : four(to);
        const floats scaled = times_plus(sums[row][v], scaling.scales, before);
        wasm_v128_store(to, times_plus(all(group_sums + row), scaling.offsets, scaled));
      }
    }
    panel += scaling_words(matrix) * PANEL;
  }
}

template <class Format, int ROWS>
INLINE void panel_tile(const Header& matrix, const uint32_t* panel, const float* x, const float* group_sums, float* out, int stride) {
  // Few rows need fewer registers, and more chains of sums to keep the machine busy.
  constexpr int WIDE = ROWS <= 2 ? PANEL / 4 : 2;
  for (int column = 0; column < PANEL; column += 4 * WIDE) tile<Format, ROWS, WIDE>(matrix, panel, column, x, group_sums, out, stride);
}

// The rows of x, those of a tile side by side and made ready for `Format`; behind them the sums of their groups, alike.
template <class Format>
INLINE void interleave(const Header& matrix, const float* x, int rows, float* to, float* sums) {
  for (int row = 0; row < rows; row++) {
    float *own = to + row, *own_sum = sums + row;
    for (uint32_t group = 0; group < matrix.inner; group += matrix.group, own_sum += rows) {
      floats sum = wasm_f32x4_splat(0);
      for (uint32_t i = 0; i < matrix.group; i += 4, x += 4) {
        sum = wasm_f32x4_add(sum, four(x));
        for (int each = 0; each < 4; each++, own += rows) *own = x[each] * Format::factor(i + each);
      }
      *own_sum = total(sum);
    }
  }
}

// Rows are cut into tiles of as equal a number as there can be.
struct Tiles {
  int rows;
  int count() const { return (rows + MOST_ROWS - 1) / MOST_ROWS; }
  int first(int tile) const { return rows * tile / count(); }
};

struct Product {
  const Header* matrix;
  int rows;
  const float *ready, *sums;
  float* out;
  // From a row of `out` to the next one.
  int stride;

  int panels() const { return matrix->columns / PANEL; }
};

// All tiles read a panel while it is near.
template <class Format>
INLINE void panels_of(const Product& product, int panel, int last) {
  const Header& matrix = *product.matrix;
  const int groups = matrix.inner / matrix.group;
  const Tiles tiles{product.rows};
  for (; panel < last; panel++) {
    const uint32_t* from = panel_of(matrix, panel);
    for (int tile = 0; tile < tiles.count(); tile++) {
      const int row = tiles.first(tile), count = tiles.first(tile + 1) - row;
      const float *x = product.ready + row * matrix.inner, *sums = product.sums + row * groups;
      float* to = product.out + row * product.stride + panel * PANEL;
      if (count == 1) panel_tile<Format, 1>(matrix, from, x, sums, to, product.stride);
      if (count == 2) panel_tile<Format, 2>(matrix, from, x, sums, to, product.stride);
      if (count == 3) panel_tile<Format, 3>(matrix, from, x, sums, to, product.stride);
      if (count == 4) panel_tile<Format, 4>(matrix, from, x, sums, to, product.stride);
      if (count == 5) panel_tile<Format, 5>(matrix, from, x, sums, to, product.stride);
    }
  }
}

template <class Format>
INLINE void make_ready(const Header& matrix, const float* x, int rows, float* ready, float* sums) {
  const Tiles tiles{rows};
  for (int tile = 0; tile < tiles.count(); tile++) {
    const int row = tiles.first(tile);
    interleave<Format>(matrix, x + row * matrix.inner, tiles.first(tile + 1) - row, ready + row * matrix.inner, sums + row * matrix.inner / matrix.group);
  }
}

// Calls `use` with the format of `matrix`.
template <class Use>
INLINE void with_format(const Header& matrix, Use use) {
  if (matrix.form == STEPS) use(Steps{});
  else if (matrix.bits == 8) use(Codes<8>{});
  else use(Codes<4>{});
}

// Column `column` of a packed matrix, such as a token's embedding -> float32 [inner].
KERNEL void column(const Header& matrix, int column, float* out) {
  const int per = 32 / matrix.bits, within = column % PANEL;
  const uint32_t* at = panel_of(matrix, column / PANEL);
  for (uint32_t group = 0; group < matrix.inner; group += matrix.group) {
    const uint32_t* codes = at;
    at += words_of_group(matrix) * PANEL;
    // Of the four columns with this one.
    const Scaling scaling = scaling_of(matrix, at, within / 4 * 4);
    float scales[4], offsets[4];
    wasm_v128_store(scales, scaling.scales);
    wasm_v128_store(offsets, scaling.offsets);
    at += scaling_words(matrix) * PANEL;
    for (uint32_t i = 0; i < matrix.group; i++) {
      const uint32_t word = codes[i / per * PANEL + within];
      const int byte = 8 * (i % 4), lowest = byte + 4 * (i % per / 4);
      const float weight = matrix.form == STEPS ? float(int32_t(word << (24 - byte))) : float(word >> lowest & ((1 << matrix.bits) - 1));
      out[group + i] = scales[within % 4] * weight + offsets[within % 4];
    }
  }
}

// ---- What stands between the products. Rows `rows` of `width` numbers, a multiple of four

// Each row over the root of its mean square, times `gains` [width], unless that is null.
KERNEL void normalise(const float* x, int rows, int width, float epsilon, const float* gains, float* out) {
  for (int row = 0; row < rows; row++, x += width, out += width) {
    floats squares = wasm_f32x4_splat(0);
    for (int i = 0; i < width; i += 4) squares = times_plus(four(x + i), four(x + i), squares);
    const floats scale = wasm_f32x4_splat(1 / __builtin_sqrtf(total(squares) / width + epsilon));
    for (int i = 0; i < width; i += 4) {
      const floats scaled = wasm_f32x4_mul(four(x + i), scale);
      wasm_v128_store(out + i, gains ? wasm_f32x4_mul(scaled, four(gains + i)) : scaled);
    }
  }
}

KERNEL void add(float* x, const float* y, int count) {
  for (int i = 0; i < count; i += 4) wasm_v128_store(x + i, wasm_f32x4_add(four(x + i), four(y + i)));
}

// silu(gate) * up, where four columns of the gate and the same four of up take turns: [count] of each -> [count]
KERNEL void gate(const float* both, int count, float* out) {
  for (int i = 0; i < count; i += 4, both += 8) {
    const floats value = four(both);
    const floats one = wasm_f32x4_splat(1);
    const floats silu = wasm_f32x4_div(value, wasm_f32x4_add(one, exponential(wasm_f32x4_neg(value))));
    wasm_v128_store(out + i, wasm_f32x4_mul(silu, four(both + 4)));
  }
}

// Rotates q and k of rows [q heads, k heads, v heads], whose neighbouring numbers rotate together, from position `start` on, and appends k and v to the
// cache: keys and values [kv heads, context, dim] each. `angles`: [context, dim / 2, 2], cosine and sine.
KERNEL void rotate_append(float* qkv, int rows, int heads, int kv_heads, int dim, int context, int start, const float* angles, float* keys, float* values) {
  for (int row = 0; row < rows; row++, qkv += (heads + 2 * kv_heads) * dim) {
    const int position = start + row;
    const float* turn = angles + position * dim;
    for (int i = 0; i < (heads + kv_heads) * dim; i += 4) {
      const floats own = four(qkv + i), pairs = four(turn + i % dim);
      const floats cosines = wasm_i32x4_shuffle(pairs, pairs, 0, 0, 2, 2), sines = wasm_i32x4_shuffle(pairs, pairs, 1, 1, 3, 3);
      const floats signs = wasm_i32x4_make(0x80000000, 0, 0x80000000, 0);
      const floats swapped = wasm_v128_xor(wasm_i32x4_shuffle(own, own, 1, 0, 3, 2), signs);
      wasm_v128_store(qkv + i, times_plus(swapped, sines, wasm_f32x4_mul(own, cosines)));
    }
    for (int head = 0; head < kv_heads; head++) {
      const int to = (head * context + position) * dim;
      for (int i = 0; i < dim; i += 4) {
        wasm_v128_store(keys + to + i, four(qkv + (heads + head) * dim + i));
        wasm_v128_store(values + to + i, four(qkv + (heads + kv_heads + head) * dim + i));
      }
    }
  }
}

struct Attention {
  const float* qkv;
  int rows, heads, kv_heads, dim, context, start;
  const float *keys, *values;
  // A number for each position, and three more, for each thread.
  float *scores, *out;
};

// One head: one query after another over the keys up to its own position.
static void attend_head(const Attention& of, int head, float* scores) {
  const int dim = of.dim, heads = of.heads, group = head * of.kv_heads / heads * of.context * dim;
  const float scale = 1 / __builtin_sqrtf(dim);
  for (int row = 0; row < of.rows; row++) {
    const int count = of.start + row + 1;
    const float* query = of.qkv + (row * (heads + 2 * of.kv_heads) + head) * dim;
    float largest = -__builtin_inff();
    for (int at = 0; at < count; at++) {
      const float* key = of.keys + group + at * dim;
      floats sums[2] = {wasm_f32x4_splat(0), wasm_f32x4_splat(0)};
      for (int i = 0; i < dim; i += 8)
        for (int half = 0; half < 2; half++) sums[half] = times_plus(four(query + i + 4 * half), four(key + i + 4 * half), sums[half]);
      scores[at] = total(wasm_f32x4_add(sums[0], sums[1])) * scale;
      largest = scores[at] > largest ? scores[at] : largest;
    }
    for (int at = count; at % 4; at++) scores[at] = -__builtin_inff();
    floats exponentials = wasm_f32x4_splat(0);
    for (int at = 0; at < count; at += 4) {
      const floats e = exponential(wasm_f32x4_sub(four(scores + at), wasm_f32x4_splat(largest)));
      // What is past the last position counts for nothing.
      const floats counted = wasm_v128_and(e, wasm_i32x4_gt(wasm_i32x4_splat(count - at), wasm_i32x4_make(0, 1, 2, 3)));
      wasm_v128_store(scores + at, counted);
      exponentials = wasm_f32x4_add(exponentials, counted);
    }
    const floats share = wasm_f32x4_splat(1 / total(exponentials));
    float* to = of.out + (row * heads + head) * dim;
    for (int i = 0; i < dim; i += 16) {
      floats sums[4];
      for (int v = 0; v < 4; v++) sums[v] = wasm_f32x4_splat(0);
      for (int at = 0; at < count; at++) {
        const floats weight = all(scores + at);
        const float* value = of.values + group + at * dim + i;
        for (int v = 0; v < 4; v++) sums[v] = times_plus(weight, four(value + 4 * v), sums[v]);
      }
      for (int v = 0; v < 4; v++) wasm_v128_store(to + i + 4 * v, wasm_f32x4_mul(sums[v], share));
    }
  }
}

// ---- Threads of one memory. The leader makes a task, and all take parts of it until none is left: whichever thread computes a part, its bits are the same,
// and a thread that comes late, or never, keeps nobody waiting.

static struct {
  enum { PRODUCT, ATTENTION } kind;
  int parts;
  Product product;
  Attention attention;
} task;

static int threads = 1;
// Parts that nobody has taken, parts that are done, and who sleeps; each in a line of the cache of its own.
alignas(64) static int left;
alignas(64) static int done;
alignas(64) static int sleepers;
static int leader_sleeps;
// Whether a thread ended within a part.
static int failed;

// Multiplications of a part: one of fewer is not worth its taking, and one of more keeps others waiting at the end.
constexpr int LEAST = 1 << 15, MOST = 1 << 18;
// Looks at what another thread writes before this one sleeps: longer than a part takes, and than the leader takes between two tasks of a forward.
constexpr int LOOKS = 1 << 16;
// How often the leader had to sleep since `set_threads`, as the system had other work for the core of a thread within a part, and the multiplications since. With
// FIRST_SLEEPS, and one more for each EACH multiplications, it goes on alone.
static int sleeps;
static int64_t work_so_far;
constexpr int FIRST_SLEEPS = 8;
constexpr int64_t EACH = 1 << 24;

template <class Number>
INLINE Number read(const Number& shared) { return __atomic_load_n(&shared, __ATOMIC_SEQ_CST); }
template <class Number>
INLINE void write(Number& shared, Number value) { __atomic_store_n(&shared, value, __ATOMIC_SEQ_CST); }
// A function of its own: in V8's first tier of code (Node 20) what a function keeps in a local is lost while it sleeps.
static __attribute__((noinline)) void sleep_while(int& shared, int value) { __builtin_wasm_memory_atomic_wait32(&shared, value, -1); }
INLINE void wake(int& shared) { __builtin_wasm_memory_atomic_notify(&shared, -1); }

static void do_part(int part, int thread) {
  if (task.kind == task.ATTENTION) {
    const Attention& of = task.attention;
    for (int head = of.heads * part / task.parts; head < of.heads * (part + 1) / task.parts; head++)
      attend_head(of, head, of.scores + thread * (of.context + 3));
  } else {
    const Product& of = task.product;
    const int first = of.panels() * part / task.parts, last = of.panels() * (part + 1) / task.parts;
    with_format(*of.matrix, [&](auto format) { panels_of<decltype(format)>(of, first, last); });
  }
}

static void take_parts(int thread) {
  for (int seen = read(left); seen > 0;) {
    if (!__atomic_compare_exchange_n(&left, &seen, seen - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
    // The task cannot change before this part is done.
    do_part(task.parts - seen, thread);
    __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
    if (thread > 0 && read(leader_sleeps)) wake(done);
    seen = read(left);
  }
}

// @param most parts that the task can have @param work its multiplications
static void together(int most, int64_t work) {
  const int64_t even = 8 * threads, wanted = work / MOST > even ? work / MOST : even, worth = work / LEAST;
  int parts = wanted < worth ? wanted : worth;
  if (parts > most) parts = most;
  work_so_far += work;
  if (threads == 1 || sleeps >= FIRST_SLEEPS + work_so_far / EACH || parts < 2) parts = 1;
  task.parts = parts;
  if (parts == 1) return do_part(0, 0);
  write(done, 0);
  write(left, parts);
  if (read(sleepers)) wake(left);
  take_parts(0);
  for (int look = 0; look < LOOKS && read(done) < parts; look++) {}
  if (read(done) < parts) {
    sleeps++;
    write(leader_sleeps, 1);
    for (int now = read(done); now < parts; now = read(done)) sleep_while(done, now);
    write(leader_sleeps, 0);
  }
  if (!read(failed)) return;
  // It is not known which part. A second time, each has the same bits.
  write(failed, 0);
  task.parts = 1;
  do_part(0, 0);
}

// How many threads compute the next tasks, the leader with them.
KERNEL void set_threads(int count) {
  threads = count;
  sleeps = 0;
  work_so_far = 0;
}

// What another thread does, from 1 on; it never returns.
KERNEL void help(int thread) {
  for (;;) {
    for (int look = 0; look < LOOKS && read(left) == 0; look++) {}
    if (read(left) == 0) {
      __atomic_add_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
      sleep_while(left, 0);
      __atomic_sub_fetch(&sleepers, 1, __ATOMIC_SEQ_CST);
    }
    take_parts(thread);
  }
}

// What a thread says that ended within a part: it counts as done, so that the leader wakes and does the task alone.
KERNEL void fail() {
  write(failed, 1);
  __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
  wake(done);
}

// `x` times `matrix` -> `out`, float32 [rows, columns], a row of it `stride` numbers behind the one before. `scratch`: room for x and a number for each group of it.
KERNEL void product(const float* x, int rows, const Header& matrix, float* scratch, float* out, int stride) {
  float* sums = scratch + rows * matrix.inner;
  with_format(matrix, [&](auto format) { make_ready<decltype(format)>(matrix, x, rows, scratch, sums); });
  task.kind = task.PRODUCT;
  task.product = {&matrix, rows, scratch, sums, out, stride};
  together(task.product.panels(), int64_t(rows) * matrix.inner * matrix.columns);
}

// softmax(q . k / sqrt(dim)) . v -> [rows, heads, dim]. `scores`: room for a number for each position, and three more, for each thread.
KERNEL void attend(const float* qkv, int rows, int heads, int kv_heads, int dim, int context, int start, const float* keys, const float* values, float* scores,
                   float* out) {
  task.kind = task.ATTENTION;
  task.attention = {qkv, rows, heads, kv_heads, dim, context, start, keys, values, scores, out};
  together(heads, int64_t(2) * rows * heads * dim * (start + rows));
}
