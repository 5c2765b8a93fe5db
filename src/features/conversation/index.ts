export { Converse } from './Conversation';
