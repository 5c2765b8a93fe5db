export { Proof } from './Proof';
