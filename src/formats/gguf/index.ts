export { type ConversionProgress, convertGguf } from './convert';
export { LARGEST_BINDING } from './grouped';
export { identityOf } from './identity';
export { type GgufSizes, type OpenedGguf, openGguf } from './open';
export type { ConvertedFile } from './packing';
export { naming } from './refusals';
export { fitLibrary, type Shape, type ShapeLibrary, shapeKey } from './shape';
export { arraySource, type ByteSource, blobSource } from './source';
export { requireSameVocabulary } from './tokenizer';
