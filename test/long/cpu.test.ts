import { describe } from 'vitest';
import { testCpuIds } from '../gpu/support/cpuIds';
import { promptsOfEveryKind } from '../support/benchPrompts';

describe('the pair on the CPU, of every kind of prompt three', () => testCpuIds(promptsOfEveryKind(3)));
