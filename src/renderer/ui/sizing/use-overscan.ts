import { useEffect, useState } from 'react';

/** Rows that a virtual list keeps beyond those in view: none in its first frame, which draws what is seen and nothing else, then `rows`. */
export function useOverscan(rows: number): number {
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    const asked = requestIdleCallback(() => setDrawn(true), { timeout: 1_000 });
    return () => cancelIdleCallback(asked);
  }, []);
  return isDrawn ? rows : 0;
}
