export { FootNotices } from './FootNotices';
