import { useEffect, useRef } from 'react';
import { race as raceAction } from '../../actions/race';
import { dismissRaceFailure, useRace } from '../../store/modes/race';
import { showExampleRace } from '../../store/recordings/examples';
import { DismissibleFailure } from '../../ui/DismissibleFailure';
import { StopButton } from '../../ui/StopButton';
import { race as words } from '../../ui/texts/race';
import { Ask } from '../prompt';
import { ExampleNote } from '../recordings';
import { RaceSettings } from './RaceSettings';
import { RaceStatus } from './RaceStatus';
import { Tracks } from './Tracks';
import './race.css';
import { Result } from './Result';
import { Texts } from './Texts';
import { Transport } from './Transport';

/** The prompt, the track with both runs on it, their texts side by side, and what came of it. */
export function Race() {
  const failure = useRace((state) => state.failure);
  const shownRaces = useRef(useRace.getState().races);
  const board = useRef<HTMLDivElement>(null);
  const races = useRace((state) => state.races);
  // A race that begins below the fold is brought into sight, as a whole where it fits.
  useEffect(() => {
    if (races > shownRaces.current) board.current?.scrollIntoView({ block: 'nearest' });
    shownRaces.current = races;
  }, [races]);
  const example = useRace((state) => state.example);
  useEffect(() => void showExampleRace(), []);
  const empty = useRace(({ heats, activity }) => heats.length === 0 && activity === 'idle');
  return (
    <>
      <Ask action={raceAction} refused={{ failure, dismiss: dismissRaceFailure }}>
        <RaceSettings />
      </Ask>
      <DismissibleFailure failure={failure} onDismiss={dismissRaceFailure} />
      <section className="race" aria-label={words.heading}>
        <div className="race-bar">
          <RaceStatus />
          <StopButton look="small" showKeys />
        </div>
        {example ? <ExampleNote about={example} own={words.own} /> : null}
        {empty ? (
          <p className="race-intro">{words.intro}</p>
        ) : (
          <>
            <div className="race-board" ref={board}>
              <Transport />
              <Tracks />
              <Texts />
            </div>
            <Result />
          </>
        )}
      </section>
    </>
  );
}
