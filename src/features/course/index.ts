export { Course } from './Course';
