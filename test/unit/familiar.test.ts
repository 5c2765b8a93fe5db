import { describe, expect, it } from 'vitest';
import { isFamiliar } from '../../src/features/prompt/familiar';
import { PRESETS } from '../../src/features/prompt/presets';
import { PAIR_QUESTIONS } from '../../src/lessons/pairQuestions';
import { FAMILIAR, UNFAMILIAR } from '../support/prompts';

describe('what the pair knows, told by the words of a prompt', () => {
  it('takes at most one in twenty held-out prompts of its kinds for strange', () => {
    const prompts = Object.values(FAMILIAR).flat();
    expect(prompts.length).toBeGreaterThanOrEqual(80);
    const strange = prompts.filter((prompt) => !isFamiliar(prompt));
    expect(strange.length / prompts.length, strange.join('\n')).toBeLessThanOrEqual(0.05);
  });

  it('takes at most one in ten everyday prompts for something that it knows', () => {
    expect(UNFAMILIAR.length).toBeGreaterThanOrEqual(40);
    const known = UNFAMILIAR.filter(isFamiliar);
    expect(known.length / UNFAMILIAR.length, known.join('\n')).toBeLessThanOrEqual(0.1);
  });

  it('knows every example of the page, and every question that the tutor lets it answer', () => {
    for (const prompt of [...PRESETS.map((preset) => preset.prompt), ...PAIR_QUESTIONS]) expect(isFamiliar(prompt), prompt).toBe(true);
  });
});
