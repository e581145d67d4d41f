/** Where the window was: a small file beside Chromium's data, checked against the screens that are there now. */
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeOwnedFolder, replaceOwned } from '../../core/disk/owned-files.ts';
import { readOwnedNote } from '../../core/disk/owned-reads.ts';

/** Smallest window the panel is laid out for, px. */
export const MIN_SIZE = { width: 1024, height: 640 } as const;
/** Size at the first start, px. */
export const DEFAULT_SIZE = { width: 1440, height: 900 } as const;

const Rectangle = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });
/** A rectangle in screen coordinates, px. */
export type Rectangle = z.infer<typeof Rectangle>;

const ShellState = z.object({
  bounds: Rectangle.nullable().default(null),
  maximized: z.boolean().default(false),
});
/** What the shell remembers between runs. */
export type ShellState = z.infer<typeof ShellState>;

/** Reads the file; a missing or damaged one gives the defaults. */
export function loadShellState(file: string): ShellState {
  try {
    return ShellState.parse(JSON.parse(readOwnedNote(dirname(file), file)?.toString() ?? ''));
  } catch {
    return ShellState.parse({});
  }
}

/** Writes the file so that a crash leaves the old content or the new. @throws Error when the disk refuses */
export function saveShellState(file: string, state: ShellState): void {
  const root = dirname(file);
  makeOwnedFolder(root, root);
  replaceOwned(root, file, JSON.stringify(state));
}

/** How much of the title bar must be on a screen to be grabbed, px. */
const GRAB = { width: 120, height: 36 };

/**
 * The bounds to open with: those remembered, shrunk to their screen, or the default centred on the first screen when
 * the title bar would be out of reach, as after a monitor was unplugged.
 * @param workAreas areas of all screens without panels and docks, the primary one first
 */
export function fitBounds(saved: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle {
  const primary = workAreas[0] ?? { x: 0, y: 0, ...DEFAULT_SIZE };
  const home = saved === null ? undefined : workAreas.find((area) => reachable(saved, area));
  if (saved === null || home === undefined) {
    const width = Math.min(DEFAULT_SIZE.width, primary.width);
    const height = Math.min(DEFAULT_SIZE.height, primary.height);
    return {
      x: Math.round(primary.x + (primary.width - width) / 2),
      y: Math.round(primary.y + (primary.height - height) / 2),
      width,
      height,
    };
  }
  return {
    x: saved.x,
    y: saved.y,
    width: Math.max(MIN_SIZE.width, Math.min(saved.width, home.width)),
    height: Math.max(MIN_SIZE.height, Math.min(saved.height, home.height)),
  };
}

function reachable(window: Rectangle, area: Rectangle): boolean {
  const overlap = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return overlap >= GRAB.width && window.y >= area.y && window.y + GRAB.height <= area.y + area.height;
}
