import { BrowserReport } from './BrowserReport';
import { Curves } from './Curves';
import { DeviceCosts } from './DeviceCosts';
import { Memory } from './Memory';
import './measure.css';
import { RunCharts } from './RunCharts';
import { SpeedVerdict } from './SpeedVerdict';
import { useMeasured } from './useMeasured';
import { WhatIf } from './WhatIf';

/** What speculation costs on this device, whether it pays for the run on the page, and what would have to be otherwise. */
export function Measure() {
  const measured = useMeasured();
  return (
    <div className="measure">
      <SpeedVerdict measured={measured} />
      <RunCharts measured={measured} />
      <Curves measured={measured} />
      <div className="measure-columns">
        <DeviceCosts measured={measured} />
        <Memory />
      </div>
      <WhatIf measured={measured} />
      <BrowserReport measured={measured} />
    </div>
  );
}
