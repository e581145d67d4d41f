import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { focusable } from '../../../ui/focusable.ts';
import { decodeText, MAX_JSON, readBytes } from './artifact-bytes.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { TextPreview } from './text-preview.tsx';
import { useLoaded } from './use-loaded.ts';

/** Deepest value that is drawn as a tree; a deeper one is shown as text. */
const MAX_DEPTH = 100;

/** Counts brackets, because a recursive look at a value that is too deep is what has to be avoided. */
function isTooDeep(source: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      if (++depth > MAX_DEPTH) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

function parsed(source: string): { json: Json } | null {
  if (isTooDeep(source)) return null;
  try {
    return { json: JSON.parse(source) as Json };
  } catch {
    return null;
  }
}

/** A document as a tree that folds; as text when it is too large, too deep or no JSON. */
export function JsonPreview({ artifact }: { artifact: Artifact }) {
  return artifact.bytes > MAX_JSON ? <TextPreview artifact={artifact} /> : <Tree artifact={artifact} />;
}

function Tree({ artifact }: { artifact: Artifact }) {
  const loaded = useLoaded(artifact, 'json', async (signal) =>
    parsed(decodeText(await readBytes(artifact, 0, MAX_JSON, signal))),
  );
  if (loaded.data === null) return <TextPreview artifact={artifact} />;
  return (
    <PreviewState of={loaded}>
      {(data) => (
        <section className={css.scroll} aria-label="Content" {...focusable}>
          {data === null ? null : <JsonView value={data.json} label="document" />}
        </section>
      )}
    </PreviewState>
  );
}
