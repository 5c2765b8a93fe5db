export { BeTheDraft } from './BeTheDraft';
