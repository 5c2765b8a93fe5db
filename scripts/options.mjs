import { parseArgs } from 'node:util';

const DEFAULT_PORT = 4173;

/**
 * --port (or PORT; by default 4173, or the next free one) and --host (serve to other machines too;
 * browsers give WebGPU to https and localhost only).
 */
export function serverOptions() {
  const { values } = parseArgs({ options: { port: { type: 'string' }, host: { type: 'boolean', default: false } } });
  const wanted = values.port ?? process.env.PORT;
  const port = wanted === undefined ? DEFAULT_PORT : Number(wanted);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`"${wanted}" is not a port. Choose a whole number, 0 to 65535.`);
  return { port, strictPort: wanted !== undefined, host: values.host ? true : 'localhost' };
}

/** What `serve` gives; where the port that was asked for is taken, an error that says so. */
export async function onPort({ port }, serve) {
  try {
    return await serve();
  } catch (error) {
    if (!/port \d+ is already in use/i.test(error.message)) throw error;
    throw new Error(`Port ${port} is in use. Choose another one, or leave --port and PORT out: then the next free one is taken.`);
  }
}

/** The value of option --`name`, a whole number from 1 on. */
export function wholeNumber(name, value) {
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${name} is "${value}". Choose a whole number from 1 on.`);
  return Number(value);
}

/** Runs `work`; an error ends the process with its message alone, or with its stack where FORETOKEN_DEBUG is set. */
export async function failClearly(work) {
  try {
    await work();
  } catch (error) {
    console.error(`\n${process.env.FORETOKEN_DEBUG ? error.stack : error.message}`);
    process.exitCode = 1;
  }
}
