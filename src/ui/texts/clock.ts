/** What stands in place of a figure that the clock of a browser cannot give. */
export const clock = {
  costs:
    'Too coarse to tell what this pair costs here: the clock of this browser moves in long steps, as it does under protection against fingerprinting. Draft lengths adapt by typical costs.',
  rate: 'tokens per second: too coarse to tell by this browser’s clock',
  speed: 'Too coarse to tell which was faster: the steps of the browser’s clock are too long compared with these runs.',
};
