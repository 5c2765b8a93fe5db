#!/usr/bin/env node
import { main } from './main';

process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // Who read the output has enough of it.
  if (code === 'EPIPE') process.exit(0);
});
const code = await main(process.argv.slice(2));
// What the device may still do is of no use to anyone.
process.stdout.write('', () => process.exit(code));
