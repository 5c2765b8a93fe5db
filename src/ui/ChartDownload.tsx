import { type ReactNode, useRef, useState } from 'react';
import { saveFile } from '../store/recordings/saveFile';
import { Button } from './Button';
import { chartPng, chartSvg } from './chart';
import { exports as words } from './texts/exports';

interface ChartDownloadProps {
  /** Of the file, without its ending. */
  readonly name: string;
  /** Below the figure: what was measured and where, a string a line. */
  readonly caption: readonly string[];
  /** A `Chart`. */
  readonly children: ReactNode;
}

/** A chart with buttons that take it along as a figure for slides. */
export function ChartDownload({ name, caption, children }: ChartDownloadProps) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const svg = () => (place.current ? chartSvg(place.current, { caption }) : '');
  const savePng = () =>
    chartPng(svg()).then(
      (png) => {
        setFailed(false);
        saveFile(`${name}.png`, png);
      },
      () => setFailed(true),
    );
  return (
    <div className="chart-download" ref={place}>
      {children}
      <div className="chart-downloads">
        <Button look="quiet" onPress={() => saveFile(`${name}.svg`, svg(), 'image/svg+xml')}>
          {words.svg}
        </Button>
        <Button look="quiet" onPress={() => void savePng()}>
          {words.png}
        </Button>
        {failed ? <p role="alert">{words.failed}</p> : null}
      </div>
    </div>
  );
}
