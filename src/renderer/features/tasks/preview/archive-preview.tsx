import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { bytes, plural } from '../../../lib/format.ts';
import { parseOnce } from '../../../lib/parser/parser.ts';
import { Tag } from '../../../ui/display/badge.tsx';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { sourceOf } from './artifact-bytes.ts';
import type { Archive } from './parse/list-archive.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { useLoaded } from './use-loaded.ts';

const COLUMNS = [
  { title: 'Name' },
  { title: 'Size', width: 110, numeric: true },
  { title: 'Compressed', width: 110, numeric: true },
];

/** The files in a zip archive. */
export function ArchivePreview({ artifact }: { artifact: Artifact }) {
  const loaded = useLoaded(artifact, 'archive', (signal) => {
    const worker = new Worker(new URL('./parse/archive.worker.ts', import.meta.url), { type: 'module' });
    return parseOnce<null, Archive>(worker, sourceOf(artifact), null, signal);
  });
  return (
    <PreviewState of={loaded}>
      {({ entries, cut }) => (
        <>
          <p className={`${text.muted} ${text.small}`}>
            {cut ? `The first ${plural(entries.length, 'file')}` : plural(entries.length, 'file')}
          </p>
          <div className={css.table}>
            <PlainTable
              label="Content"
              columns={COLUMNS}
              count={entries.length}
              row={(index) => {
                const entry = entries[index];
                return entry === undefined ? null : (
                  <tr key={index} aria-rowindex={index + 2}>
                    <td className={text.mono} title={entry.name}>
                      {entry.name} {entry.encrypted ? <Tag>encrypted</Tag> : null}
                    </td>
                    <td className={text.num}>{entry.isFolder ? '' : bytes(entry.bytes)}</td>
                    <td className={text.num}>{entry.isFolder ? '' : bytes(entry.packed)}</td>
                  </tr>
                );
              }}
            />
          </div>
        </>
      )}
    </PreviewState>
  );
}
