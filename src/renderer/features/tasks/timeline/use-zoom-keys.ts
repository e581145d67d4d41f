import { useActions } from '../../../lib/keys/use-actions.ts';
import type { Move } from './timeline-range.ts';

const ZOOM = 1.6;
const PAN = 0.25;

/**
 * The keys that change the range of the timeline.
 * @param zoomed whether a part of the task is shown
 * @param middle the moment around which the keys zoom, unix ms
 */
export function useZoomKeys(zoomed: boolean, move: (move: Move) => void, middle: () => number): void {
  const action = (id: string, title: string, keys: readonly string[], run: () => void) =>
    ({ id: `timeline.${id}`, title, group: 'Timeline', layer: 'detail', keys, run }) as const;
  const fit = () => move({ type: 'fit' });
  useActions([
    action('in', 'Zoom in', ['+', '='], () => move({ type: 'zoom', factor: 1 / ZOOM, at: middle() })),
    action('out', 'Zoom out', ['-'], () => move({ type: 'zoom', factor: ZOOM, at: middle() })),
    action('earlier', 'Pan to earlier', ['Shift+ArrowLeft'], () => move({ type: 'pan', share: -PAN })),
    action('later', 'Pan to later', ['Shift+ArrowRight'], () => move({ type: 'pan', share: PAN })),
    action('fit', 'Show the whole task', ['0'], fit),
    // Escape leaves the zoom before it leaves the task.
    ...(zoomed ? [{ ...action('back', 'Reset zoom', ['Escape'], fit), layer: 'editor', hidden: true } as const] : []),
  ]);
}
