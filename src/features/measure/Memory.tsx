import { useMemory } from '../../store/engine/memory';
import { Bars, Chart } from '../../ui/chart';
import { formatBytes, formatRate, formatShare } from '../../ui/format';
import { measure as words } from '../../ui/texts/measure';

const MEGABYTE = 1e6;

/** Memory of the pair on the graphics device, as it was allocated: the memory that is traded for latency. */
export function Memory() {
  const { memory } = useMemory();
  if (!memory) {
    return (
      <section className="measure-part" aria-labelledby="measure-memory">
        <h3 id="measure-memory">{words.memoryHeading}</h3>
        <p className="measure-missing">{words.memoryMissing}</p>
      </section>
    );
  }
  const { target, draft, working } = memory;
  const parts = [
    [words.memory.targetWeights, target.weights],
    [words.memory.targetCache, target.cache],
    [words.memory.draftWeights, draft.weights],
    [words.memory.draftCache, draft.cache],
    [words.memory.working, working],
  ] as const;
  const bands = parts.map(([name]) => name);
  const sizes = parts.map(([, bytes]) => bytes / MEGABYTE);
  const [added, alone] = [draft.weights + draft.cache, target.weights + target.cache];
  const note = words.memoryNote(formatBytes(added), formatBytes(alone), formatShare(added / alone));
  return (
    <section className="measure-part" aria-labelledby="measure-memory">
      <h3 id="measure-memory">{words.memoryHeading}</h3>
      <Chart
        title={words.memoryTitle}
        note={draft.weights === 0 ? `${words.memoryItself} ${note}` : note}
        description={note}
        x={{ label: words.bytes, unit: words.megabytes, domain: [0, Math.max(...sizes)], nice: true, format: formatRate }}
        y={{ label: '', bands }}
        table={{ columns: ['', words.bytes], rows: parts.map(([name, bytes]) => [name, formatBytes(bytes)]) }}
        labelRoom={4.6}
        aspect={0.36}
      >
        <Bars
          bands={bands}
          series={[{ name: 'target', look: 'ink', values: sizes.map((size, i) => (i < 2 ? size : null)) }]}
          label={(size) => formatBytes(size * MEGABYTE)}
        />
        <Bars
          bands={bands}
          series={[{ name: 'draft', look: 'accepted', values: sizes.map((size, i) => (i === 2 || i === 3 ? size : null)) }]}
          label={(size) => formatBytes(size * MEGABYTE)}
        />
        <Bars
          bands={bands}
          series={[{ name: 'working', look: 'soft', values: sizes.map((size, i) => (i === 4 ? size : null)) }]}
          label={(size) => formatBytes(size * MEGABYTE)}
        />
      </Chart>
    </section>
  );
}
