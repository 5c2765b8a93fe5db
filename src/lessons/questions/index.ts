import { CHOOSING } from './choosing';
import { METHOD } from './method';
import { NEIGHBOURS } from './neighbours';
import { OUTPUT } from './output';
import { PAGE } from './page';
import { PRACTICE } from './practice';
import type { CommonQuestion, QuestionGroup } from './question';
import { SPEED } from './speed';

export { PAGE } from './page';
export type { CommonQuestion, MeasuredFigure, QuestionGroup } from './question';

/** What people ask, in their own words, with answers; the tutor knows them too. */
export const QUESTION_GROUPS: readonly QuestionGroup[] = [METHOD, OUTPUT, SPEED, CHOOSING, PRACTICE, NEIGHBOURS, PAGE];

export const COMMON_QUESTIONS: readonly CommonQuestion[] = QUESTION_GROUPS.flatMap(({ questions }) => questions);
