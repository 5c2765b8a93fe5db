/** Packages that the engine's worker imports: where Vite finds one only while a page runs, it loads the page again. */
export const ENGINE_DEPENDENCIES = [
  ...['@mlc-ai/web-llm', '@mlc-ai/web-xgrammar', '@huggingface/jinja', '@huggingface/tokenizers', 'valibot'],
  ...['@noble/hashes/legacy.js', '@noble/hashes/sha2.js', '@noble/hashes/utils.js'],
];
