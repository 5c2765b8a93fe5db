import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { findSoftwareDriver } from '../../../src/node/vulkan';

/** WebGPU in software where a Chromium brought it, else the CPU: the suite then says so. What does not need it runs on the CPU, which is ready sooner. */
export const WEBGPU = findSoftwareDriver() === null ? 'cpu' : 'software';
if (WEBGPU === 'cpu') console.log('There is no SwiftShader here, so the command is tested on the CPU alone.');

/** Where a command keeps what it keeps: nothing of the person who tests. */
export const CACHE = fs.mkdtempSync(path.join(os.tmpdir(), 'command-'));

export interface Ended {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command, as it runs. */
export class Command {
  readonly process: ChildProcess;
  readonly #closed: Promise<unknown>;
  stdout = '';
  stderr = '';

  /** @param input of its standard input, which is then closed */
  constructor(args: readonly string[], { input = '', env = {} as Record<string, string> } = {}) {
    const own = { ...process.env, XDG_CACHE_HOME: CACHE, NO_COLOR: '', ...env };
    this.process = spawn(process.execPath, [inject('command'), ...args], { env: own });
    this.#closed = once(this.process, 'close');
    this.process.stdout?.on('data', (piece) => {
      this.stdout += piece;
    });
    this.process.stderr?.on('data', (piece) => {
      this.stderr += piece;
    });
    this.process.stdin?.end(input);
  }

  /** Waits until it has printed `wanted`. @returns what matched. @throws where it ends before */
  async printed(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = wanted.exec(this.stdout) ?? wanted.exec(this.stderr);
      if (found) return found;
      if (this.process.exitCode !== null) throw new Error(`It ended with ${this.process.exitCode} first:\n${this.stdout}\n${this.stderr}`);
      await Promise.race([
        once(this.process.stdout as NodeJS.ReadableStream, 'data'),
        once(this.process.stderr as NodeJS.ReadableStream, 'data'),
        this.#closed,
      ]);
    }
  }

  async ended(): Promise<Ended> {
    await this.#closed;
    return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#closed;
  }
}

/** Runs the command to its end. */
export function run(args: readonly string[], options: ConstructorParameters<typeof Command>[1] = {}): Promise<Ended> {
  return new Command(args, options).ended();
}

export interface RunningServer {
  readonly command: Command;
  readonly address: string;
}

/** `foretoken serve` on a free port, ready. @param options of its own, such as `--target` */
export async function startServer(
  device: typeof WEBGPU = 'cpu',
  env: Record<string, string> = {},
  options: readonly string[] = [],
): Promise<RunningServer> {
  const command = new Command(['serve', '--device', device, '--port', '0', ...options], { env });
  const [, address = ''] = await command.printed(/Foretoken is at (\S+)/);
  return { command, address };
}
