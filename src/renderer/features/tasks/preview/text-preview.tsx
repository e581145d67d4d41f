import { useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { bytes } from '../../../lib/format.ts';
import { Button } from '../../../ui/buttons.tsx';
import { focusable } from '../../../ui/focusable.ts';
import text from '../../../ui/styles/text.module.css';
import { decodeText, readBytes, TEXT_CHUNK } from './artifact-bytes.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { useLoaded } from './use-loaded.ts';

/** Text a browser lays out in a moment, bytes; more of it has to be saved. */
const MOST = 16 * TEXT_CHUNK;

/** The beginning of a text, and more of it on demand. */
export function TextPreview({ artifact }: { artifact: Artifact }) {
  const [size, setSize] = useState(TEXT_CHUNK);
  const loaded = useLoaded(artifact, `text-${size}`, async (signal) =>
    decodeText(await readBytes(artifact, 0, size, signal)),
  );
  return (
    <PreviewState of={loaded}>
      {(content) => (
        <section className={css.scroll} aria-label="Content" {...focusable}>
          <pre className={text.pre}>{content}</pre>
          {size >= artifact.bytes ? null : (
            <p className={css.more}>
              <span className={text.muted}>
                {bytes(size)} of {bytes(artifact.bytes)} shown.
              </span>
              {size >= MOST ? (
                <span className={text.muted}>Download the file to see the rest.</span>
              ) : (
                <Button small onClick={() => setSize(Math.min(MOST, size * 4))}>
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
