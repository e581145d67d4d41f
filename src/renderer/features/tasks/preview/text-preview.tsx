import { useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { bytes } from '../../../lib/format.ts';
import { parseOnce } from '../../../lib/parser/parser.ts';
import type { TextBlock } from '../../../lib/text/blocks.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Blocks } from '../../../ui/display/text-blocks.tsx';
import { focusable } from '../../../ui/focusable.ts';
import text from '../../../ui/styles/text.module.css';
import { sourceOf } from './artifact-bytes.ts';
import { MAX_TEXT, TEXT_CHUNK } from './parse/limits.ts';
import type { TextQuestion } from './parse/text-blocks.worker.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { useLoaded } from './use-loaded.ts';

/** The beginning of a text, and more of it on demand. */
export function TextPreview({ artifact }: { artifact: Artifact }) {
  const [size, setSize] = useState(TEXT_CHUNK);
  const loaded = useLoaded(artifact, `text-${size}`, (signal) => {
    const worker = new Worker(new URL('./parse/text-blocks.worker.ts', import.meta.url), { type: 'module' });
    return parseOnce<TextQuestion, TextBlock[]>(worker, sourceOf(artifact), { length: size }, signal);
  });
  return (
    <PreviewState of={loaded}>
      {(blocks) => (
        <section className={css.scroll} aria-label="Content" {...focusable}>
          <div className={text.pre}>
            <Blocks blocks={blocks} />
          </div>
          {size >= artifact.bytes ? null : (
            <p className={css.more}>
              <span className={text.muted}>
                {bytes(size)} of {bytes(artifact.bytes)} shown.
              </span>
              {size >= MAX_TEXT ? (
                <span className={text.muted}>Download the file to see the rest.</span>
              ) : (
                <Button small onClick={() => setSize(Math.min(MAX_TEXT, size * 4))}>
                  Show more
                </Button>
              )}
            </p>
          )}
        </section>
      )}
    </PreviewState>
  );
}
