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
  return wasm_f32x4_relaxed_madd(a, b, sum);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), sum);
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

// How the weights of a word, `PER` of each of four columns, become numbers, and by how much x is divided for each of them.

// The word with the wanted byte as its highest; the bytes below stay in as a fraction of a step.
struct Steps {
  static constexpr int PER = 4;
  template <int PLACE>
  INLINE floats weights(words packed) {
    return wasm_f32x4_convert_i32x4(wasm_i32x4_shl(packed, 24 - 8 * PLACE));
  }
  INLINE float divisor(int) { return 1; }
};

// Of each byte of a word, and of its half. Not constant: an engine would make a constant again at every use.
uint32_t byte_masks[] = {0xff, 0xff00, 0xff0000, 0xff000000}, half_masks[] = {0xf, 0xf00, 0xf0000, 0xf000000};

// Codes stay where they lie in the word, 256 times too large for each byte below; x is divided by as much, which is exact.
template <int BITS>
struct Codes {
  static constexpr int PER = 32 / BITS;
  template <int PLACE>
  INLINE floats weights(words packed) {
    constexpr int byte = PLACE % 4;
    if (PLACE >= 4) packed = wasm_u32x4_shr(packed, 4);
    if (BITS == 8 && byte == 3) return wasm_f32x4_convert_i32x4(wasm_u32x4_shr(packed, 24));
    return wasm_f32x4_convert_i32x4(wasm_v128_and(packed, wasm_v128_load32_splat((BITS == 8 ? byte_masks : half_masks) + byte)));
  }
  INLINE float divisor(int row) {
    const int byte = row % 4;
    return BITS == 8 && byte == 3 ? 1 : float(1 << 8 * byte);
  }
};

// ---- Products: rows [rows, inner] times a packed matrix [inner, columns]

// Most rows of a tile, and vectors of columns: what fits into sixteen registers.
constexpr int MOST_ROWS = 5, VECTORS = 2;

template <class Format, int ROWS, int WIDE, int PLACE = 0>
INLINE void add_word(const words (&packed)[WIDE], const float* x, int inner, floats (&sums)[ROWS][WIDE]) {
  if constexpr (PLACE < Format::PER) {
    floats weights[WIDE];
    for (int v = 0; v < WIDE; v++) weights[v] = Format::template weights<PLACE>(packed[v]);
    for (int row = 0; row < ROWS; row++) {
      const floats each = all(x + row * inner + PLACE);
      for (int v = 0; v < WIDE; v++) sums[row][v] = times_plus(each, weights[v], sums[row][v]);
    }
    add_word<Format, ROWS, WIDE, PLACE + 1>(packed, x, inner, sums);
  }
}

// `4 * WIDE` columns of a panel, from its `column` on, for ROWS rows. A group is summed up first; groups follow one another in one chain.
template <class Format, int ROWS, int WIDE>
INLINE void tile(const Header& matrix, const uint32_t* panel, int column, const float* x, const float* group_sums, float* out) {
  const int inner = matrix.inner, columns = matrix.columns, groups = inner / matrix.group, count = words_of_group(matrix);
  for (int group = 0; group < groups; group++) {
    floats sums[ROWS][WIDE];
    for (int row = 0; row < ROWS; row++)
      for (int v = 0; v < WIDE; v++) sums[row][v] = wasm_f32x4_splat(0);
#pragma clang loop unroll(disable)
    for (int word = 0; word < count; word++, panel += PANEL, x += Format::PER) {
      words packed[WIDE];
      for (int v = 0; v < WIDE; v++) packed[v] = wasm_v128_load(panel + column + 4 * v);
      add_word<Format, ROWS, WIDE>(packed, x, inner, sums);
    }
    for (int v = 0; v < WIDE; v++) {
      const Scaling scaling = scaling_of(matrix, panel, column + 4 * v);
      for (int row = 0; row < ROWS; row++) {
        float* to = out + row * columns + column + 4 * v;
        const floats before = group == 0 ? wasm_f32x4_splat(0) : four(to);
        const floats scaled = times_plus(sums[row][v], scaling.scales, before);
        wasm_v128_store(to, times_plus(all(group_sums + row * groups + group), scaling.offsets, scaled));
      }
    }
    panel += scaling_words(matrix) * PANEL;
  }
}

template <class Format, int ROWS>
INLINE void panel_tile(const Header& matrix, const uint32_t* panel, const float* x, const float* group_sums, float* out) {
  // One row needs fewer registers, and more chains of sums to keep the machine busy.
  constexpr int WIDE = ROWS == 1 ? PANEL / 4 : VECTORS;
  for (int column = 0; column < PANEL; column += 4 * WIDE) tile<Format, ROWS, WIDE>(matrix, panel, column, x, group_sums, out);
}

template <class Format>
INLINE void product_of(const Header& matrix, const float* x, int rows, int first, int last, float* divided, float* out) {
  const int inner = matrix.inner, groups = inner / matrix.group;
  float* sums = divided + rows * inner;
  for (int at = 0; at < rows * groups; at++) {
    floats sum = wasm_f32x4_splat(0);
    const floats divisors = wasm_f32x4_make(Format::divisor(0), Format::divisor(1), Format::divisor(2), Format::divisor(3));
    for (int i = at * matrix.group; i < int((at + 1) * matrix.group); i += 4) {
      sum = wasm_f32x4_add(sum, four(x + i));
      wasm_v128_store(divided + i, wasm_f32x4_div(four(x + i), divisors));
    }
    sums[at] = total(sum);
  }
  // Tiles of as equal a number of rows as there can be; all read a panel while it is near.
  const int tiles = (rows + MOST_ROWS - 1) / MOST_ROWS;
  for (int panel = first / PANEL; panel < last / PANEL; panel++) {
    const uint32_t* from = panel_of(matrix, panel);
    for (int tile = 0; tile < tiles; tile++) {
      const int row = rows * tile / tiles, count = rows * (tile + 1) / tiles - row;
      const float* own = divided + row * inner;
      const float* own_sums = sums + row * groups;
      float* to = out + row * matrix.columns + panel * PANEL;
      if (count == 1) panel_tile<Format, 1>(matrix, from, own, own_sums, to);
      if (count == 2) panel_tile<Format, 2>(matrix, from, own, own_sums, to);
      if (count == 3) panel_tile<Format, 3>(matrix, from, own, own_sums, to);
      if (count == 4) panel_tile<Format, 4>(matrix, from, own, own_sums, to);
      if (count == 5) panel_tile<Format, 5>(matrix, from, own, own_sums, to);
    }
  }
}

// Writes columns `first` to `last`, multiples of 16, of `out`, float32 [rows, columns]. `scratch`: room for x and a number for each group of it.
KERNEL void product(const float* x, int rows, const Header& matrix, int first, int last, float* scratch, float* out) {
  if (matrix.form == STEPS) product_of<Steps>(matrix, x, rows, first, last, scratch, out);
  else if (matrix.bits == 8) product_of<Codes<8>>(matrix, x, rows, first, last, scratch, out);
  else product_of<Codes<4>>(matrix, x, rows, first, last, scratch, out);
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

// One query after another over the keys up to its own position: softmax(q . k / sqrt(dim)) . v -> [rows, heads, dim]. `scores`: room for a number for each
// position, and three more. `first` and `last`: of the heads.
KERNEL void attend(const float* qkv, int rows, int heads, int kv_heads, int dim, int context, int start, const float* keys, const float* values, int first,
                   int last, float* scores, float* out) {
  const float scale = 1 / __builtin_sqrtf(dim);
  for (int row = 0; row < rows; row++) {
    const int count = start + row + 1;
    for (int head = first; head < last; head++) {
      const float* query = qkv + (row * (heads + 2 * kv_heads) + head) * dim;
      const int group = head * kv_heads / heads * context * dim;
      float largest = -__builtin_inff();
      for (int at = 0; at < count; at++) {
        const float* key = keys + group + at * dim;
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
      float* to = out + (row * heads + head) * dim;
      for (int i = 0; i < dim; i += 16) {
        floats sums[4];
        for (int v = 0; v < 4; v++) sums[v] = wasm_f32x4_splat(0);
        for (int at = 0; at < count; at++) {
          const floats weight = all(scores + at);
          const float* value = values + group + at * dim + i;
          for (int v = 0; v < 4; v++) sums[v] = times_plus(weight, four(value + 4 * v), sums[v]);
        }
        for (int v = 0; v < 4; v++) wasm_v128_store(to + i + 4 * v, wasm_f32x4_mul(sums[v], share));
      }
    }
  }
}
