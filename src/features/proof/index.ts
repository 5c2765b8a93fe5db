export { Prove } from './Proof';
