import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { viewUrl } from '../../../lib/client/content.ts';
import { parseOnce } from '../../../lib/parser/parser.ts';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { sourceOf } from './artifact-bytes.ts';
import { MAX_DRAWING } from './parse/limits.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { TextPreview } from './text-preview.tsx';
import { useLoaded } from './use-loaded.ts';

/** Shapes that are drawn at most, those that are drawn several times as often. */
const MAX_SHAPES = 50_000;

/**
 * A drawing in a frame of the content origin: the browser gives it a process of its own, where a picture of it would be drawn by the
 * panel's. One that is too complex is shown as its text.
 */
export function DrawingPreview({ artifact }: { artifact: Artifact }) {
  const loaded = useLoaded(artifact, 'drawing', (signal) => {
    if (artifact.bytes > MAX_DRAWING) return Promise.resolve(Number.POSITIVE_INFINITY);
    const worker = new Worker(new URL('./parse/drawing.worker.ts', import.meta.url), { type: 'module' });
    return parseOnce<null, number>(worker, sourceOf(artifact), null, signal);
  });
  return (
    <PreviewState of={loaded}>
      {(weight) =>
        weight <= MAX_SHAPES ? (
          <iframe className={css.frame} title={artifact.name} src={viewUrl(artifact)} sandbox="" />
        ) : (
          <>
            <Notice tone="info">This drawing is too complex to show as a picture. This is its source.</Notice>
            <TextPreview artifact={artifact} />
          </>
        )
      }
    </PreviewState>
  );
}
