/** Tokens that end a turn, by the names that models give them (llama.cpp's src/llama-vocab.cpp, `special_eog_ids`). */
export const END_MARKS: ReadonlySet<string> = new Set([
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|endoftext|>',
  '</s>',
  '<|eom_id|>',
  '<|end_of_text|>',
  '<end_of_turn>',
  '<｜end▁of▁sentence｜>',
]);
