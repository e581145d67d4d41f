import { useEffect, useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { JsonNode } from '../../../lib/json/json-outline.ts';
import { openParser, type Parser } from '../../../lib/parser/parser.ts';
import { JsonFrame, JsonTree, type LoadPage } from '../../../ui/display/json-tree.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { Skeleton } from '../../../ui/feedback/state-frame.tsx';
import { focusable } from '../../../ui/focusable.ts';
import { sourceOf } from './artifact-bytes.ts';
import type { JsonAnswer, JsonQuestion } from './parse/json.worker.ts';
import { MAX_JSON } from './parse/limits.ts';
import css from './preview.module.css';
import { TextPreview } from './text-preview.tsx';

type JsonParser = Parser<JsonQuestion, JsonAnswer>;

type State =
  | { t: 'loading' }
  | { t: 'failed'; reason: string }
  | { t: 'loaded'; parser: JsonParser; root: JsonNode | null };

/** The document in a worker, which ends with the preview. */
function useDocument(artifact: Artifact): State {
  const [state, setState] = useState<State>({ t: 'loading' });
  useEffect(() => {
    const worker = new Worker(new URL('./parse/json.worker.ts', import.meta.url), { type: 'module' });
    const parser: JsonParser = openParser(worker, sourceOf(artifact));
    let isOpen = true;
    parser.ask({ t: 'outline' }).then(
      (answer) => {
        if (isOpen && answer.t === 'root') setState({ t: 'loaded', parser, root: answer.root });
      },
      (error: Error) => {
        if (isOpen) setState({ t: 'failed', reason: error.message });
      },
    );
    return () => {
      isOpen = false;
      parser.close();
    };
  }, [artifact]);
  return state;
}

/** A document as a tree that folds; as text when it is too large or no JSON. */
export function JsonPreview({ artifact }: { artifact: Artifact }) {
  return artifact.bytes > MAX_JSON ? <TextPreview artifact={artifact} /> : <Tree artifact={artifact} />;
}

function Tree({ artifact }: { artifact: Artifact }) {
  const state = useDocument(artifact);
  if (state.t === 'loading') return <Skeleton rows={6} />;
  if (state.t === 'failed') return <Notice tone="bad">{state.reason}</Notice>;
  const { parser, root } = state;
  if (root === null) return <TextPreview artifact={artifact} />;
  const load: LoadPage = async (path, from) => {
    const answer = await parser.ask({ t: 'page', path, from });
    return answer.t === 'page' ? answer.page : [];
  };
  const copy = async () => {
    const answer = await parser.ask({ t: 'copy' });
    return answer.t === 'text' ? answer.text : '';
  };
  return (
    <section className={css.scroll} aria-label="Content" {...focusable}>
      <JsonFrame label="document" copy={copy}>
        <JsonTree node={root} path={[]} load={load} />
      </JsonFrame>
    </section>
  );
}
