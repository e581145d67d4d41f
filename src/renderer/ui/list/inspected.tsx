import type { ReactNode } from 'react';
import { Split } from '../split.tsx';

/** A list, and beside it what is shown of one row. */
export function Inspected({
  name,
  wide = false,
  list,
  inspector,
}: {
  /** Under this name the width is remembered. */
  name: string;
  /** The inspector needs a little more room. */
  wide?: boolean;
  list: ReactNode;
  /** `null` while no row is shown. */
  inspector: ReactNode;
}) {
  const [size, min, max] = wide ? [420, 320, 680] : [400, 300, 640];
  return (
    <Split
      fixed="second"
      label="Width of the inspector"
      {...{ name, size, min, max }}
      first={list}
      second={inspector}
    />
  );
}
