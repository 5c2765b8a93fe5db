export { convertMlc, type MlcFolder } from './convert';
export { type MlcModel, type NotOurs, readMlcModel } from './shape';
export { type MlcTensor, readTensors } from './tensors';
