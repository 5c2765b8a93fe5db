// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 3.3.
// philox.ts is the same in TypeScript, and says which stream is for what.

// One per stream; philox.ts names them.
override DRAFT: u32;
override ACCEPTANCE: u32;
override RESIDUAL: u32;
override NOISE: u32;

// High and low word of a 32 x 32 bit product: WGSL has no 64-bit integers.
fn product(a: u32, b: u32) -> vec2<u32> {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let low = a0 * b0;
  let middle = a1 * b0 + (low >> 16u);
  let cross = a0 * b1 + (middle & 0xffffu);
  return vec2(a1 * b1 + (middle >> 16u) + (cross >> 16u), a * b);
}

fn philox(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = seed;
  for (var i = 0u; i < 10u; i++) {
    let x = product(0xd2511f53u, c.x);
    let z = product(0xcd9e8d57u, c.z);
    c = vec4(z.x ^ c.y ^ k.x, z.y, x.x ^ c.w ^ k.y, x.y);
    k += vec2(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}

// In [0, 1), 24 bits.
fn uniformAt(seed: vec2<u32>, position: u32, purpose: u32) -> f32 {
  return f32(philox(vec4(position, purpose, 0u, 0u), seed).x >> 8u) * 0x1p-24;
}

// Exponential deviate, -log(1 - v) with v = (word + 1/2) / 2^32. Small ones, which decide a race among many tokens, keep
// their relative precision: below 1/16 by the series, as 1 - v would round it away.
fn exponential(word: u32) -> f32 {
  let v = (f32(word) + 0.5) * 0x1p-32;
  if (v < 0.0625) {
    return v * (1.0 + v * (1.0 / 2.0 + v * (1.0 / 3.0 + v * (1.0 / 4.0 + v * (1.0 / 5.0 + v / 6.0)))));
  }
  return -log((f32(~word) + 0.5) * 0x1p-32);
}
