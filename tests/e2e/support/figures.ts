/** Figures that a spec measures: printed in the run and kept in its report. */
import type { TestInfo } from '@playwright/test';

/** Prints a figure with what it stands for. */
export function tell(info: TestInfo, name: string, figure: string): void {
  info.annotations.push({ type: name, description: figure });
  process.stdout.write(`    ${name}: ${figure}\n`);
}

/** The value in the middle. NaN for none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
