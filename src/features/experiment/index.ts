export { Experiment } from './Experiment';
export { useVariantName } from './variantName';
