import { useEffect, useState } from 'react';

const SHOWN_MS = 4000;

/** Does something at a press and says for a while whether it worked. @returns the answer, empty at first, and what does it */
export function useAnswer(done: string, failed: string): readonly [answer: string, attempt: (work: () => unknown) => Promise<void>] {
  const [answer, setAnswer] = useState('');
  useEffect(() => {
    if (answer === '') return;
    const timer = setTimeout(() => setAnswer(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [answer]);
  const attempt = async (work: () => unknown) => {
    try {
      await work();
      setAnswer(done);
    } catch {
      setAnswer(failed);
    }
  };
  return [answer, attempt];
}
