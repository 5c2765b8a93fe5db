import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/store/recordings/share';

const MACHINE = ['localhost', 'LOCALHOST', 'app.localhost', '127.0.0.1', '127.8.0.1', '[::1]', '0.0.0.0'];
const NETWORK = [
  '192.168.1.7',
  '10.0.0.3',
  '172.20.1.1',
  '169.254.3.4',
  '[fe80::1]',
  '[fd12::1]',
  'lecture.local',
  'lecture.lan',
  'lecture',
];
const ANYONE = ['example.org', 'local.example', '172.32.0.1', '11.0.0.1', '192.169.0.1', '[2001:db8::1]', 'localhost.example.org'];

describe('a link', () => {
  it.each(MACHINE)('from %s opens on this machine only', (host) => expect(reachOf(host)).toBe('machine'));
  it.each(NETWORK)('from %s opens in its network only', (host) => expect(reachOf(host)).toBe('network'));
  it.each(ANYONE)('from %s opens anywhere', (host) => expect(reachOf(host)).toBe('anyone'));
});
