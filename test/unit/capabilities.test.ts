import { describe, expect, it } from 'vitest';
import { adapterName, isSoftware } from '../../src/gpu/adapter';
import { capabilitiesOf } from '../../src/gpu/capabilities';
import { capabilityWords } from '../../src/ui/texts/capabilities';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';
const NAMELESS = { vendor: '', architecture: '', device: '', description: '' };

describe('the name of an adapter', () => {
  it('is its own where it tells one', () => {
    expect(adapterName({ ...NAMELESS, vendor: 'google', architecture: 'swiftshader' }, CHROME)).toBe('google swiftshader');
  });

  it('is otherwise what is known of it', () => {
    expect(adapterName({ ...NAMELESS, isFallbackAdapter: true }, FIREFOX)).toBe('Firefox, software');
    expect(adapterName(NAMELESS, FIREFOX)).toBe('Firefox, an adapter without a name');
    expect(adapterName({}, SAFARI)).toBe('Safari, an adapter without a name');
    expect(adapterName({}, CHROME)).toBe('Chrome, an adapter without a name');
    expect(adapterName({}, `${CHROME} Edg/156.0`)).toBe('Edge, an adapter without a name');
    expect(adapterName({}, '')).toBe('this browser, an adapter without a name');
  });

  it('tells software from a graphics card where that is known', () => {
    expect(isSoftware({ ...NAMELESS, description: 'llvmpipe (LLVM 15.0.6, 256 bits)' })).toBe(true);
    expect(isSoftware({ ...NAMELESS, vendor: 'nvidia', architecture: 'hopper' })).toBe(false);
    expect(isSoftware({})).toBe(false);
  });
});

describe('the report of what a browser offers', () => {
  const adapter = {
    features: new Set(['timestamp-query', 'shader-f16']) as unknown as GPUSupportedFeatures,
    info: { ...NAMELESS, isFallbackAdapter: true } as GPUAdapterInfo,
    limits: { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 27, maxComputeWorkgroupStorageSize: 2 ** 15 } as GPUSupportedLimits,
  };
  const scope = { navigator: { userAgent: FIREFOX, hardwareConcurrency: 2 }, crossOriginIsolated: false };
  const costs = { rows: [1], contexts: [0], verifyMs: [[8]], draftMs: [1], readbackMs: 100, plainFixedMs: 100, roundFixedMs: 100 };

  it('says what it has, what it lacks, and what follows', () => {
    const lines = capabilityWords.report(capabilitiesOf(adapter, scope), costs, 16);
    expect(lines).toContain(`Browser: ${FIREFOX}`);
    const text = lines.join('\n');
    expect(text).toMatch(/Adapter: Firefox, software\. It computes on the CPU/);
    expect(text).toMatch(/shader-f16: yes;/);
    expect(text).toMatch(/subgroups: no; kernels without it run instead/);
    expect(text).toMatch(/timestamp-query: yes;/);
    expect(text).toMatch(/maxStorageBufferBindingSize: 134\.2 MB;/);
    expect(text).toMatch(/A readback takes 100\.00 ms: plain decoding reads up to 16 tokens back together/);
    expect(text).toMatch(/Isolated from other sites: no/);
    expect(text).toMatch(/Threads of the CPU: 2\./);
  });

  it('says that the CPU reads nothing back', () => {
    expect(capabilityWords.report(capabilitiesOf(adapter, scope), { ...costs, readbackMs: 0 }, 1)).toContain(
      'The models run on the CPU, where nothing is read back.',
    );
  });

  it('says that models run on the CPU where there is no adapter', () => {
    const text = capabilityWords.report(capabilitiesOf(null, {}), null, 1).join('\n');
    expect(text).toMatch(/Models run on the CPU\./);
    expect(text).toMatch(/A readback was not measured yet\./);
  });
});
