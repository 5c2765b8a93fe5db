import { expect, it } from 'vitest';
import { inParts } from '../../scripts/suites.mjs';

it('a suite of parts runs as so many, each with a report of its own, in the place of the suite', () => {
  const suites = inParts([{ name: 'a' }, { name: 'b', title: 'Many', parts: 2, minutes: 3 }, { name: 'c' }]);
  expect(suites.map(({ name }) => name)).toEqual(['a', 'b-1', 'b-2', 'c']);
  expect(suites[2]).toMatchObject({ title: 'Many, part 2 of 2', project: 'b', part: 2, parts: 2, minutes: 3 });
});
